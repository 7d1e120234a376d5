import pytest

from essaim.core.imports import kinds
from essaim.exchange.imports import callers, needs
from essaim.exchange.models import Need, NeedSource, NeedState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.core.importing import bring, line, said, take_back, write
from tests.factories import make_ask, make_host, make_hub, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db

HEADERS = "Qui;Besoin;Durée;Quand;Compétences;État;Date\n"


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


@pytest.fixture
def author(hub: Hub) -> Person:
    return make_resident(hub, email="lea@example.org")


def test_need_arrives_under_the_name_of_its_author(hub: Hub, host: Person, author: Person) -> None:
    skill = make_skill("Comptabilité")
    text = HEADERS + "LEA@example.org;Relire mon bilan;1 h 20;urgent;comptabilite;résolu;3/2/2026\n"

    run = write(bring("needs", text, by=host, hub_id=hub.pk))

    need = Need.objects.get()
    assert (need.author, need.hub, need.title) == (author, hub, "Relire mon bilan")
    assert (need.minutes, need.urgency) == (90, Urgency.NOW)
    assert (need.state, need.source) == (NeedState.MET, NeedSource.IMPORT)
    assert list(need.skills.all()) == [skill]
    assert need.published_at is not None
    assert need.published_at.date().isoformat() == "2026-02-03"
    assert line(run, 2).remarks[0]["text"] == needs.ROUNDED


def test_nobody_is_asked_and_no_clock_runs(hub: Hub, host: Person, author: Person) -> None:
    text = HEADERS + "lea@example.org;Relire mon bilan;;;;;\n"

    write(bring("needs", text, by=host, hub_id=hub.pk))

    need = Need.objects.get()
    assert need.state == NeedState.OPEN
    assert need.next_step_at is None
    assert not need.asks.exists()


def test_need_without_author_or_time_is_told(hub: Hub, host: Person, author: Person) -> None:
    make_resident(make_hub("Ailleurs"), email="far@example.org")
    text = HEADERS + (
        ";Relire;;;;;\nfar@example.org;Relire;;;;;\nlea@example.org;Relire;bientôt;;;;\n"
        "lea@example.org;Relire;600;;;;\nlea@example.org;;30;;;;\n"
    )

    run = bring("needs", text, by=host, hub_id=hub.pk)

    reasons = [said(run, number) for number in range(2, 7)]
    assert reasons == [
        [kinds.MISSING],
        [callers.NOT_OURS],
        [needs.NO_TIME],
        [needs.NO_TIME],
        [kinds.MISSING],
    ]


def test_long_need_gets_a_title_and_stands_in_full(hub: Hub, host: Person, author: Person) -> None:
    sentence = "Je cherche " + "vraiment " * 20 + "de l’aide"

    write(bring("needs", HEADERS + f"lea@example.org;{sentence};;;;;\n", by=host, hub_id=hub.pk))

    need = Need.objects.get()
    assert len(need.title) == 120
    assert need.text == sentence


def test_same_words_of_the_same_author_wait_for_a_decision(
    hub: Hub, host: Person, author: Person
) -> None:
    need = make_need(author, hub, title="Relire mon bilan")
    text = HEADERS + "lea@example.org;Relire mon bilan;;;;;2020-01-01\n"

    run = bring("needs", text, by=host, hub_id=hub.pk)

    assert (line(run, 2).duplicate_id, line(run, 2).decision) == (need.pk, "")


def test_need_about_which_someone_was_asked_is_not_taken_back(
    hub: Hub, host: Person, author: Person
) -> None:
    text = HEADERS + "lea@example.org;Relire;;;Soudure;;\nlea@example.org;Coudre;;;;;\n"
    run = write(bring("needs", text, by=host, hub_id=hub.pk))
    make_ask(Need.objects.get(title="Relire"), make_resident(hub))

    take_back(run)

    assert list(Need.objects.values_list("title", flat=True)) == ["Relire"]
    assert said(run, 2) == [needs.UNDER_WAY]


def test_author_may_be_called_by_a_name_that_only_one_bears(hub: Hub, host: Person) -> None:
    lea = make_resident(hub, given_name="Léa", family_name="Martin")
    for _ in range(2):
        make_resident(hub, given_name="Zoé", family_name="Petit")
    make_resident(make_hub("Ailleurs"), given_name="Ana", family_name="Bel")
    text = HEADERS + "MARTIN Lea;Relire;;;;;\nZoé Petit;Relire;;;;;\nAna Bel;Relire;;;;;\n"

    run = write(bring("needs", text, by=host, hub_id=hub.pk))

    assert Need.objects.get().author == lea
    assert [said(run, 3), said(run, 4)] == [[callers.WHICH], [callers.WHICH]]
