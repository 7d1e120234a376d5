"""People that a list brought are taken back, unless something was built on them."""

from typing import Any

import pytest

from essaim.core.imports import undoing
from essaim.core.models import ImportState, Outcome
from essaim.exchange.imports import people
from essaim.hubs.models import Hub, Residency
from essaim.people.models import (
    Affiliation,
    Person,
    PersonSkill,
    PersonState,
    Skill,
    Venture,
)
from tests.core.importing import bring, line, said, take_back, write
from tests.factories import (
    make_host,
    make_hub,
    make_resident,
    make_venture,
)

pytestmark = pytest.mark.django_db

HEADERS = 'Prénom;Nom de famille;Courriel;Tél.;Structure;"Compétences (séparées par ;)";Formule\n'


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_undoing_leaves_everything_as_before(hub: Hub, host: Person) -> None:
    known = make_resident(hub, email="ana@example.org", phone="")
    before = {model: model.objects.count() for model in counted()}
    text = (
        HEADERS + "Zoé;Martin;zoe@example.org;;Nouvelle;Apiculture;Resident\n"
        "Ana;Bel;ana@example.org;0612345678;;;\n"
    )
    run = write(bring("people", text, by=host, hub_id=hub.pk))

    take_back(run)

    known.refresh_from_db()
    assert run.state == ImportState.UNDONE
    assert known.phone == ""
    assert {model: model.objects.count() for model in counted()} == before


def counted() -> tuple[Any, ...]:
    return (Person, Residency, Venture, Affiliation, Skill, PersonSkill)


def test_undoing_keeps_who_has_joined_and_says_so(hub: Hub, host: Person) -> None:
    text = HEADERS + "Zoé;M;zoe@example.org;;;;\nAna;B;ana@example.org;;;;\n"
    run = write(bring("people", text, by=host, hub_id=hub.pk))
    Person.objects.filter(email="zoe@example.org").update(state=PersonState.ACTIVE)

    take_back(run)

    assert line(run, 2).outcome == Outcome.KEPT
    assert said(run, 2) == [people.HAS_JOINED]
    assert Residency.objects.filter(person__email="zoe@example.org").exists()
    assert not Person.objects.filter(email="ana@example.org").exists()


def test_undoing_keeps_what_others_lean_on(hub: Hub, host: Person) -> None:
    run = write(bring("people", HEADERS + "Zoé;M;zoe@example.org;;;;\n", by=host, hub_id=hub.pk))
    make_venture("Depuis", Person.objects.get(email="zoe@example.org"))

    take_back(run)

    assert said(run, 2) == [undoing.USED]
    assert Person.objects.filter(email="zoe@example.org").exists()


def test_undoing_does_not_overwrite_what_changed_since(hub: Hub, host: Person) -> None:
    person = make_resident(hub, email="zoe@example.org", phone="")
    text = HEADERS + "Zoé;M;zoe@example.org;0612345678;;;\n"
    run = write(bring("people", text, by=host, hub_id=hub.pk))
    Person.objects.filter(pk=person.pk).update(phone="0700000000")

    take_back(run)

    person.refresh_from_db()
    assert person.phone == "0700000000"
    assert said(run, 2) == [undoing.CHANGED]
