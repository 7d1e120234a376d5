import pytest

from essaim.core.imports import undoing
from essaim.core.models import Decision
from essaim.exchange.imports import venture_columns, ventures
from essaim.hubs.models import Hub
from essaim.people.models import Affiliation, AffiliationRole, LegalForm, Person, Stage, Venture
from tests.core.importing import bring, line, receive, said, take_back, write
from tests.factories import make_host, make_hub, make_resident, make_venture

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"
HEADERS = "Structure;Raison d’être;Statut juridique;SIRET;RNA;Site;Équipe\n"


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_venture_arrives_with_its_numbers_and_its_team(hub: Hub, host: Person) -> None:
    lea = make_resident(hub, email="lea@example.org")
    text = HEADERS + (
        "Les Bocaux;Sauver des légumes;SAS;732 829 320 00074;W751000001;bocaux.org;"
        '"lea@example.org (fondatrice, 2024-01-15)"\n'
    )

    write(bring("ventures", text, by=host, hub_id=hub.pk))

    venture = Venture.objects.get(name="Les Bocaux")
    assert (venture.siret, venture.rna) == (SIRET, "W751000001")
    assert venture.legal_form == LegalForm.COMPANY
    assert venture.website == "https://bocaux.org"
    joined = Affiliation.objects.get(venture=venture)
    assert (joined.person, joined.role) == (lea, AffiliationRole.FOUNDER)
    assert joined.since_on.isoformat() == "2024-01-15"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("12345678901234", venture_columns.BAD_SIRET),
        ("732829320", venture_columns.SIREN_ONLY),
        ("7,32829E+13", venture_columns.SHORTENED),
    ],
)
def test_wrong_siret_says_what_is_wrong(hub: Hub, host: Person, cell: str, reason: str) -> None:
    run = bring("ventures", HEADERS + f"A;;;{cell};;;\n", by=host, hub_id=hub.pk)

    assert said(run, 2) == [reason]


def test_siret_gets_back_the_zero_that_the_spreadsheet_dropped(hub: Hub, host: Person) -> None:
    full = "01234560900015"
    run = bring("ventures", HEADERS + f"A;;;{full[1:]};;;\n", by=host, hub_id=hub.pk)

    assert line(run, 2).values["siret"] == full
    assert line(run, 2).remarks[0]["text"] == venture_columns.SIRET_ZERO


def test_rna_is_w_and_nine_digits(hub: Hub, host: Person) -> None:
    run = bring("ventures", HEADERS + "A;;;;W12345;;\n", by=host, hub_id=hub.pk)

    assert said(run, 2) == [venture_columns.BAD_RNA]


def test_same_siret_is_surely_the_same_venture(hub: Hub, host: Person) -> None:
    venture = make_venture("Autre nom", make_resident(hub), siret=SIRET, trade="")
    text = "Structure;SIRET;Métier\nLes Bocaux;" + SIRET + ";Conserverie\n"

    run = bring("ventures", text, by=host, hub_id=hub.pk)
    first = line(run, 2)
    write(run)

    venture.refresh_from_db()
    assert (first.duplicate_id, first.sure) == (venture.pk, True)
    assert (venture.name, venture.trade) == ("Autre nom", "Conserverie")


def test_same_siret_twice_in_the_file_is_told(hub: Hub, host: Person) -> None:
    text = f"Structure;SIRET\nA;{SIRET}\nB;{SIRET}\n"

    run = bring("ventures", text, by=host, hub_id=hub.pk)

    assert said(run, 3) == [ventures.SIRET_TWICE]


def test_close_name_waits_for_a_decision(hub: Hub, host: Person) -> None:
    venture = make_venture("Les Bocaux de Léa", make_resident(hub))

    run = bring("ventures", "Structure\nBocaux de Lea\n", by=host, hub_id=hub.pk)

    assert (line(run, 2).duplicate_id, line(run, 2).decision) == (venture.pk, "")


def test_venture_at_home_elsewhere_is_left_as_it_is(hub: Hub, host: Person) -> None:
    venture = make_venture("Bocaux", make_resident(make_hub("Ailleurs")), siret=SIRET, trade="")
    text = f"Structure;SIRET;Métier\nBocaux;{SIRET};Conserverie\n"

    run = write(bring("ventures", text, by=host, hub_id=hub.pk))

    venture.refresh_from_db()
    assert venture.trade == ""
    assert said(run, 2) == [ventures.ELSEWHERE]


def test_team_mate_of_another_hub_is_not_drawn_in(hub: Hub, host: Person) -> None:
    make_resident(make_hub("Ailleurs"), email="far@example.org")

    run = write(bring("ventures", "Structure;Équipe\nA;far@example.org\n", by=host, hub_id=hub.pk))

    assert line(run, 2).remarks[0]["text"] == ventures.TEAM_UNKNOWN
    assert not Affiliation.objects.exists()


def test_venture_that_has_a_team_since_is_not_taken_back(hub: Hub, host: Person) -> None:
    run = write(bring("ventures", "Structure\nA\nB\n", by=host, hub_id=hub.pk))
    Affiliation.objects.create(person=make_resident(hub), venture=Venture.objects.get(name="A"))

    take_back(run)

    assert said(run, 2) == [undoing.USED]
    assert list(Venture.objects.values_list("name", flat=True)) == ["A"]


def test_replacing_and_taking_back_gives_the_old_words_again(hub: Hub, host: Person) -> None:
    from essaim.core.imports import actions

    venture = make_venture("Bocaux", make_resident(hub), siret=SIRET, trade="Vieux")
    text = f"Structure;SIRET;Métier\nBocaux;{SIRET};Neuf\n"
    run = bring("ventures", text, by=host, hub_id=hub.pk)
    actions.decide(run=run, number=2, decision=Decision.REPLACE, by=host)
    write(run)

    take_back(run)

    venture.refresh_from_db()
    assert venture.trade == "Vieux"


def test_headers_of_a_hive_are_recognised(hub: Hub, host: Person) -> None:
    run = receive("ventures", HEADERS + "A;;;;;;\n", by=host, hub_id=hub.pk)

    assert run.mapping == ["name", "purpose", "legal_form", "siret", "rna", "website", "team"]


def test_what_people_brought_as_a_name_takes_all_that_the_list_says(hub: Hub, host: Person) -> None:
    text = "Prénom;Mail;Structure\nZoé;zoe@example.org;Les Bocaux\n"
    write(bring("people", text, by=host, hub_id=hub.pk))

    write(
        bring("ventures", "Structure;Étape\nLes Bocaux;premiers usagers\n", by=host, hub_id=hub.pk)
    )

    assert Venture.objects.get().stage == Stage.TEST


def test_stage_that_was_said_here_is_not_replaced_without_a_word(hub: Hub, host: Person) -> None:
    make_venture("Les Bocaux", make_resident(hub), siret="", stage=Stage.TEST)

    run = bring("ventures", "Structure;Étape\nLes Bocaux;une idée\n", by=host, hub_id=hub.pk)

    assert line(run, 2).decision == Decision.FILL
