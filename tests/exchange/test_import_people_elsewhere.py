"""What the list of one hive may do to people of another."""

import pytest

from essaim.core.imports import actions
from essaim.core.models import Decision, Notice
from essaim.core.refusals import NotAllowed
from essaim.exchange.contact import Contact, contact_of
from essaim.exchange.imports import people, people_writing
from essaim.hubs.models import Hub, Residency
from essaim.people.models import (
    Person,
    PersonSkill,
)
from tests.core.importing import bring, line, receive, said, write
from tests.factories import (
    make_director,
    make_host,
    make_hub,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db

HEADERS = 'Prénom;Nom de famille;Courriel;Tél.;Structure;"Compétences (séparées par ;)";Formule\n'


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_close_name_in_another_hub_is_somebody_else(hub: Hub, host: Person) -> None:
    make_resident(make_hub("Ailleurs"), given_name="Élodie", family_name="Lefèvre")
    text = HEADERS + "Elodie;Lefebvre;other@example.org;;;;\n"

    run = bring("people", text, by=host, hub_id=hub.pk)

    assert (line(run, 2).duplicate_id, line(run, 2).decision) == (None, Decision.CREATE)


def test_host_does_not_rewrite_people_of_another_hub(hub: Hub, host: Person) -> None:
    person = make_resident(make_hub("Ailleurs"), email="zoe@example.org", phone="")
    skill = make_skill("Couture")
    text = HEADERS + "Nouveau;Nom;zoe@example.org;0612345678;;Couture;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)
    actions.decide(run=run, number=2, decision=Decision.REPLACE, by=host)

    write(run)

    person.refresh_from_db()
    assert (person.given_name, person.phone) == ("Léa", "")
    assert not PersonSkill.objects.filter(skill=skill).exists()
    assert Residency.objects.filter(person=person, hub=hub).exists()


def test_network_file_places_people_by_the_name_of_their_hub(hub: Hub) -> None:
    other, director = make_hub("Le Port"), make_director()
    text = (
        "Prénom;Mail;Ruche\nZoé;z@example.org;la halle\nZoé;z@example.org;Le Port\n"
        "Ana;a@example.org;Nulle part\n"
    )

    run = write(bring("people", text, by=director))

    homes = Residency.objects.filter(person__email="z@example.org")
    assert set(homes.values_list("hub", flat=True)) == {hub.pk, other.pk}
    assert said(run, 4) == [people.UNKNOWN_HUB]


def test_host_of_another_hub_may_not_import_here(hub: Hub) -> None:
    stranger = make_host(make_hub("Ailleurs"))

    with pytest.raises(NotAllowed):
        receive("people", HEADERS + "Z;M;z@example.org;;;;\n", by=stranger, hub_id=hub.pk)


@pytest.mark.parametrize("decision", [Decision.FILL, Decision.REPLACE])
def test_name_alone_brings_nobody_of_another_hive(hub: Hub, host: Person, decision: str) -> None:
    camille = make_resident(
        make_hub("Ailleurs"), given_name="Camille", family_name="Durand", phone="0601020304"
    )
    text = HEADERS + "Camille;Durand;x@evil.example;0699999999;;;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)
    actions.decide(run=run, number=2, decision=decision, by=host)

    write(run)

    camille.refresh_from_db()
    assert said(run, 2) == [people_writing.OF_ANOTHER_HIVE]
    assert camille.phone == "0601020304"
    assert not Residency.objects.filter(hub=hub).exists()
    assert contact_of(camille, host) == Contact()


def test_member_of_another_hive_who_is_brought_by_address_is_told(hub: Hub, host: Person) -> None:
    zoe = make_resident(make_hub("Ailleurs"), email="zoe@example.org")

    write(bring("people", HEADERS + "Z;M;zoe@example.org;;;;\n", by=host, hub_id=hub.pk))

    assert Residency.objects.filter(person=zoe, hub=hub).exists()
    assert list(Notice.objects.filter(recipient=zoe).values_list("code", flat=True)) == [
        "one_more_hub"
    ]


def test_second_import_rewrites_nobody_whom_the_first_brought(hub: Hub, host: Person) -> None:
    zoe = make_resident(make_hub("Ailleurs"), email="zoe@example.org", phone="0601020304")
    text = "Prénom;Courriel;Tél.;Depuis\nAutre;zoe@example.org;0699999999;1999-01-01\n"

    for _ in range(2):
        run = bring("people", text, by=host, hub_id=hub.pk)
        actions.decide(run=run, number=2, decision=Decision.REPLACE, by=host)
        write(run)

    zoe.refresh_from_db()
    assert (zoe.given_name, zoe.phone) == ("Léa", "0601020304")
    assert contact_of(zoe, host).phone == ""
