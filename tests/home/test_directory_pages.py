from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.exchange import index, taxonomy
from essaim.exchange.models import HelpState, NeedAudience
from essaim.matching.bridge import schemes
from essaim.people.models import Audience, Person, PersonState, SkillState
from tests.factories import (
    lend,
    make_exchange,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_skill,
    make_venture,
)
from tests.matching import taxonomy_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_index() -> None:
    index.close()
    cache.clear()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def names(client: Client, **said: str) -> list[str]:
    response = client.get(reverse("home:directory"), said)
    assert response.status_code == 200
    return [line.name for line in response.context["lines"]]


def test_my_hive_comes_first_and_the_network_on_request() -> None:
    here, there = make_hub("La Halle"), make_hub("Le Quai")
    lea = make_resident(here, given_name="Léa", family_name="Adam")
    make_resident(there, given_name="Zoé", family_name="Zed")

    client = signed_in(lea)

    assert names(client) == ["Léa Adam"]
    assert names(client, ou="reseau") == ["Léa Adam", "Zoé Zed"]
    assert names(client, ou=there.slug) == ["Zoé Zed"]


def test_forged_parameters_count_as_not_said() -> None:
    lea = make_resident(make_hub(), given_name="Léa", family_name="Adam")

    client = signed_in(lea)

    assert names(client, ou="x' OR 1=1", tri="--", competence="nope", page="-3") == ["Léa Adam"]
    assert names(client, q="\x00\u202e") == ["Léa Adam"]


@pytest.mark.parametrize("typed", ["fontaine", "FONT", "lea font", "fontane", "Léa Fontaîne"])
def test_names_are_found_without_accents_and_with_typos(typed: str) -> None:
    hub = make_hub()
    make_resident(hub, given_name="Léa", family_name="Fontaine")
    client = signed_in(make_resident(hub, given_name="Karim", family_name="Haddad"))

    assert names(client, q=typed) == ["Léa Fontaine"]


@pytest.mark.parametrize("typed", ["compta", "comptabilite", "comptabilté", "bilan"])
def test_people_are_found_by_what_they_lend(typed: str) -> None:
    hub = make_hub()
    lea = make_resident(hub, given_name="Léa", family_name="Fontaine")
    lend(lea, make_skill("Comptabilité", also_fr="compta"), "bilan d’association")
    client = signed_in(make_resident(hub))

    assert names(client, q=typed) == ["Léa Fontaine"]


def test_people_are_found_by_their_venture_and_its_trade() -> None:
    hub = make_hub()
    lea = make_resident(hub, given_name="Léa", family_name="Fontaine")
    make_venture("Les Bocaux", lea, trade="Conserverie")
    client = signed_in(make_resident(hub))

    assert names(client, q="bocaux") == names(client, q="conserverie") == ["Léa Fontaine"]


def test_names_come_before_skills() -> None:
    hub = make_hub()
    make_resident(hub, given_name="Marchand", family_name="Abel")
    zoe = make_resident(hub, given_name="Zoé", family_name="Aubin")
    lend(zoe, make_skill("Marchand de journaux"))
    client = signed_in(make_resident(hub))

    assert names(client, q="marchand") == ["Marchand Abel", "Zoé Aubin"]


def test_skill_is_browsed_down_to_the_people_who_lend_it() -> None:
    hub = make_hub()
    family = make_skill("Finances")
    skill = make_skill("Comptabilité", parent=family, level=2)
    lea = make_resident(hub, given_name="Léa", family_name="Adam")
    lend(lea, skill)
    lend(lea, family)
    client = signed_in(make_resident(hub))

    families = client.get(reverse("home:skills")).context["families"]
    branch = client.get(reverse("home:skill_family", args=[family.code])).context["branch"]

    assert [(b.skill, b.people) for b in families] == [(family, 1)]
    assert [(b.skill, b.people) for b in branch.children] == [(skill, 1)]
    assert names(client, competence=family.code) == ["Léa Adam"]


def test_merged_skill_is_no_longer_browsed() -> None:
    target = make_skill("Neuve")
    old = make_skill("Ancienne", state=SkillState.MERGED, merged_into=target)
    client = signed_in(make_person())

    assert client.get(reverse("home:skill_family", args=[old.code])).status_code == 404


def test_who_left_or_was_erased_is_not_listed() -> None:
    hub = make_hub()
    for state in (PersonState.LEFT, PersonState.ERASED):
        make_resident(hub, given_name="Parti", family_name=state, state=state)
    client = signed_in(make_resident(hub, given_name="Léa", family_name="Adam"))

    assert names(client) == ["Léa Adam"]
    assert names(client, q="parti") == []


def test_directory_shows_no_address() -> None:
    hub = make_hub()
    make_resident(hub, email="secret@example.org", email_audience=Audience.NETWORK)
    client = signed_in(make_resident(hub))

    assert "secret@" not in client.get(reverse("home:directory")).content.decode()


def test_visitors_are_asked_to_sign_in() -> None:
    for name in ("directory", "ventures", "skills", "hubs"):
        assert Client().get(reverse(f"home:{name}")).status_code == 302


def test_while_typing_only_the_list_comes() -> None:
    client = signed_in(make_resident(make_hub()))

    response = client.get(reverse("home:directory"), headers={"HX-Request": "true"})

    body = response.content.decode()
    assert body.strip().startswith('<div id="found"')
    assert "<html" not in body


def test_newest_first() -> None:
    hub = make_hub()
    make_resident(hub, given_name="Abel", family_name="A")
    client = signed_in(make_resident(hub, given_name="Zoé", family_name="Z"))

    assert names(client) == ["Abel A", "Zoé Z"]
    assert names(client, tri="newest") == ["Zoé Z", "Abel A"]


def test_empty_network_invites_to_act() -> None:
    client = signed_in(make_person())

    for name in ("directory", "ventures", "skills", "hubs"):
        assert client.get(reverse(f"home:{name}")).status_code == 200


@pytest.mark.parametrize("size", [1, 3])
def test_directory_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    skill = make_skill()
    for _ in range(size):
        person = make_resident(hub)
        make_venture("Les Bocaux", person)
        lend(person, skill)
    client = signed_in(make_resident(hub))

    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(reverse("home:directory"), {"ou": "reseau"})


@pytest.mark.parametrize("size", [1, 3])
def test_search_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    skill = make_skill("Comptabilité")
    for _ in range(size):
        lend(make_resident(hub, given_name="Compta"), skill)
    client = signed_in(make_resident(hub))
    client.get(reverse("home:directory"), {"q": "compta"})

    with django_assert_num_queries(12):  # type: ignore[operator]
        client.get(reverse("home:directory"), {"q": "compta", "competence": skill.code})


@pytest.mark.parametrize("size", [1, 3])
def test_list_of_ventures_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    for _ in range(size):
        make_venture("Les Bocaux", make_resident(hub))
    client = signed_in(make_resident(hub))

    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(reverse("home:ventures"))


@pytest.mark.parametrize("typed", ["bocaux", "BOCAUX", "conserverie", "bocuax", "gaspill"])
def test_ventures_are_found_by_name_trade_and_challenge(typed: str) -> None:
    hub = make_hub()
    lea = make_resident(hub)
    venture = make_venture(
        "Les Bocaux", lea, trade="Conserverie", challenge="Gaspillage alimentaire"
    )
    make_venture("Vélos", lea)

    response = signed_in(lea).get(reverse("home:ventures"), {"q": typed})

    assert list(response.context["page"]) == [venture]


@pytest.mark.parametrize("typed", ["comptabilté", "bookkeeping", "compta", "teneur de comptes"])
def test_skills_are_found_by_names_slips_and_meaning(typed: str) -> None:
    skill = make_skill("Comptabilité", label_en="Bookkeeping", also_fr="tenue de comptes")
    make_skill("Menuiserie", label_en="Joinery")
    hub = make_hub()
    lend(make_resident(hub), skill)
    client = signed_in(make_resident(hub))

    [(found, people, why)] = client.get(reverse("home:skills"), {"q": typed}).context["lines"]

    assert (found, people) == (skill, 1)
    assert "%" not in why
    part = client.get(reverse("home:skills"), {"q": typed}, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="found"')


def test_a_skill_that_is_not_there_is_told() -> None:
    make_skill("Comptabilité")
    client = signed_in(make_resident(make_hub()))

    shown = client.get(reverse("home:skills"), {"q": "xyz\x00"}).content.decode()

    assert "Aucune compétence de ce nom" in shown


@pytest.mark.parametrize("size", [1, 3])
def test_a_search_of_skills_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    for number in range(size):
        make_skill(f"Comptabilité {number}")
    client = signed_in(make_resident(make_hub()))
    client.get(reverse("home:skills"), {"q": "comptabilite"})

    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(reverse("home:skills"), {"q": "comptabilite"})


@pytest.mark.parametrize("typed", ["food waste", "conservrie"])
def test_ventures_are_found_by_meaning(typed: str) -> None:
    hub = make_hub()
    lea = make_resident(hub)
    make_venture("Les Bocaux", lea, trade="Conserverie", challenge="Gaspillage alimentaire")
    make_venture("Vélos", lea)

    response = signed_in(lea).get(reverse("home:ventures"), {"q": typed})

    assert [venture.name for venture in response.context["page"]] == ["Les Bocaux"]


def test_a_venture_that_changes_is_found_by_its_new_words_and_says_why() -> None:
    hub = make_hub()
    lea = make_resident(hub)
    venture = make_venture("Les Bocaux", lea)
    client = signed_in(lea)
    assert list(client.get(reverse("home:ventures"), {"q": "menuiserie"}).context["page"]) == []

    venture.purpose = "Réparer des meubles. Une menuiserie ouverte à tous."
    venture.save(update_fields=["purpose"])

    [(found, why)] = client.get(reverse("home:ventures"), {"q": "menuiseire"}).context["lines"]
    assert found == venture
    assert why == "Parle de «\u202fmenuiseire\u202f»"


def test_ventures_elsewhere_stay_elsewhere() -> None:
    here, there = make_hub(), make_hub("Ailleurs")
    make_venture("Les Bocaux", make_resident(there), trade="Conserverie")
    client = signed_in(make_resident(here))

    assert list(client.get(reverse("home:ventures"), {"q": "conserverie"}).context["page"]) == []


def notes(client: Client, **said: str) -> list[str]:
    response = client.get(reverse("home:directory"), said)
    return [line.note for line in response.context["lines"]]


def test_a_result_says_why_and_which_slip_was_understood() -> None:
    hub = make_hub()
    lea = make_resident(hub, given_name="Léa", family_name="Adam")
    lend(lea, make_skill("Plan de financement"), "J’en ai relu dix")
    client = signed_in(make_resident(hub))

    [note] = notes(client, q="plan de financment")
    assert note.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Parle de « plan », « financment » : « J’en ai relu dix ». Prête : Plan de financement"
    )
    shown = client.get(reverse("home:directory"), {"q": "plan de financment"}).content.decode()
    assert "«\u202ffinancment\u202f» lu comme «\u202ffinancement\u202f»" in shown


def test_words_that_a_reader_may_not_see_are_not_quoted() -> None:
    hub, elsewhere = make_hub(), make_hub("Ailleurs")
    author, zoe = make_resident(elsewhere), make_resident(elsewhere, given_name="Zoé")
    need = make_need(author, elsewhere, title="Dette cachée", audience=NeedAudience.HUB)
    met = {"state": HelpState.CONFIRMED, "confirmed_at": timezone.now(), "minutes": 30}
    make_exchange(zoe, author, elsewhere, need=need, **met)
    client = signed_in(make_resident(hub))

    [note] = notes(client, q="dette", ou="reseau")

    assert note == "Proche par le sens."


def test_a_path_through_a_trade_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "GRACE_SECONDS", 0.0)
    taxonomy.import_from(taxonomy_files.write(tmp_path), lambda share: None)
    hub = make_hub()
    lea = make_resident(hub, given_name="Léa", family_name="Adam")
    lend(lea, make_skill("Plan comptable général"))
    client = signed_in(make_resident(hub))

    [note] = notes(client, q="teneuse de livres")
    assert note.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Déclare « Plan comptable général », du métier « Comptable » (ROME). "
        "Prête : Plan comptable général"
    )
    taxonomy.remove()
