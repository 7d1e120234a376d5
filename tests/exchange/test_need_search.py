"""Needs found by a sentence: who may see them, what leaves the index, and why they are shown."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from essaim.exchange import found, index
from essaim.exchange.actions import needs as actions
from essaim.exchange.models import Need, NeedAudience, NeedState
from essaim.home.actions.leaving import erase_person
from essaim.hubs.models import Hub
from essaim.matching import Reasons
from essaim.people.models import Person
from tests.exchange.reading import text_of
from tests.factories import make_hub, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db
PLAN = {
    "title": "Relire mon plan de financement",
    "text": "Relire mon plan de financement. La banque le veut lundi.",
}


def searched(page: Client, words: str, **more: str) -> list[dict[str, Any]]:
    url = reverse("exchange:needs")
    lines: list[dict[str, Any]] = page.get(url, {"in": "network", "q": words, **more}).context[
        "lines"
    ]
    return lines


def titles(page: Client, words: str, **more: str) -> list[str]:
    return [line["sentence"] for line in searched(page, words, **more)]


@pytest.fixture
def other(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia")


@pytest.mark.parametrize(
    "words",
    ["plan de financement", "plan de financment", "PLANS FINANCEMENTS", "review my funding plan"],
)
def test_a_need_is_found_by_words_slips_and_meaning(
    words: str, page: Client, other: Person, hub: Hub
) -> None:
    make_need(other, hub, **PLAN)
    make_need(other, hub, title="Porter des étagères", text="Porter des étagères samedi.")

    assert titles(page, words) == [PLAN["title"]]


def test_what_begins_a_word_still_finds(page: Client, other: Person, hub: Hub) -> None:
    make_need(other, hub, **PLAN)
    assert titles(page, "financ") == [PLAN["title"]]


def test_the_best_come_first_unless_an_order_is_asked(
    page: Client, other: Person, hub: Hub
) -> None:
    make_need(other, hub, **PLAN)
    make_need(other, hub, title="Un plan du quartier", text="Un plan du quartier.")

    assert titles(page, "plan de financement")[0] == PLAN["title"]
    assert titles(page, "plan de financement", sort="new")[0] == "Un plan du quartier"
    assert titles(page, "plan de financement", sort="old")[0] == PLAN["title"]


def test_whoever_may_not_see_a_need_never_finds_it(page: Client) -> None:
    elsewhere = make_hub("Ailleurs")
    stranger = make_resident(elsewhere)
    make_need(stranger, elsewhere, audience=NeedAudience.HUB, **PLAN)
    make_need(stranger, elsewhere, state=NeedState.DRAFT, published_at=None, **PLAN)

    for where in ("mine", "hive", "network"):
        assert titles(page, "plan de financement", **{"in": where}, state="all") == []


def test_a_need_that_is_closed_leaves_the_list_and_is_found_on_request(
    page: Client, other: Person, hub: Hub
) -> None:
    need = make_need(other, hub, **PLAN)
    assert titles(page, "plan de financement") == [PLAN["title"]]

    actions.meet_need(need=need, by=other)

    assert titles(page, "plan de financement") == []
    assert titles(page, "plan de financement", state="met") == [PLAN["title"]]


def indexed() -> set[str]:
    index.search_needs("plan", k=1, among=[])
    return set(index._index(index.NEEDS).versions())


def test_a_need_comes_when_it_is_told_and_leaves_when_it_is_withdrawn(
    author: Person, hub: Hub
) -> None:
    need = actions.draft_need(by=author, text=PLAN["text"])
    assert indexed() == set()

    actions.publish_need(need=need, by=author)
    assert indexed() == {str(need.pk)}

    actions.withdraw_need(need=need, by=author)
    assert indexed() == set()


def test_erasure_takes_the_words_out_at_the_next_search(author: Person, hub: Hub) -> None:
    make_need(author, hub, state=NeedState.MET, **PLAN)
    assert len(indexed()) == 1

    erase_person(person=author, by=author)

    assert indexed() == set()


def test_what_was_deleted_is_forgotten_by_the_hourly_comparison(author: Person, hub: Hub) -> None:
    need = make_need(author, hub, **PLAN)
    assert indexed() == {str(need.pk)}

    need.delete()
    index.compare_everything(timezone.now())

    assert indexed() == set()


def test_a_result_says_why_and_which_slip_was_understood(
    page: Client, other: Person, hub: Hub
) -> None:
    make_need(other, hub, title="Un coup d’œil", text="Relire notre plan de financement.")
    url = reverse("exchange:needs")

    shown = text_of(page.get(url, {"in": "network", "q": "plan de financment"}))

    assert "«\u202ffinancment\u202f» lu comme «\u202ffinancement\u202f»" in shown
    assert (
        "Parle de «\u202fplan\u202f», «\u202ffinancment\u202f»\u00a0: «\u202fRelire notre plan de "
        "financement\u202f»" in shown
    )


def test_a_skill_that_would_help_finds_a_need(page: Client, other: Person, hub: Hub) -> None:
    need = make_need(other, hub, title="Les papiers", text="Les papiers de la rentrée.")
    need.skills.add(make_skill("Comptabilité", label_en="Bookkeeping"))
    Need.objects.filter(pk=need.pk).update(matched_at=timezone.now())

    assert titles(page, "bookkeeping") == ["Les papiers"]


@pytest.mark.parametrize("words", ["du %", "🐝", "\x00", "'; DROP TABLE need; --", "a" * 5_000])
def test_nonsense_is_searched_without_harm(
    words: str, page: Client, other: Person, hub: Hub
) -> None:
    make_need(other, hub, **PLAN)
    assert isinstance(titles(page, words), list)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_the_same_however_long(
    rows: int,
    page: Client,
    other: Person,
    hub: Hub,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(rows):
        make_need(other, hub, **PLAN)
    searched(page, "plan")
    with django_assert_num_queries(SEARCH_QUERIES):
        searched(page, "plan")


SEARCH_QUERIES = 11


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("matched", [(), ("plan", "financment")])
@pytest.mark.parametrize("quote", ["", "Relire"])
def test_every_reason_makes_a_sentence(language: str, matched: tuple[str, ...], quote: str) -> None:
    with translation.override(language):
        told = found.why(Reasons(matched, (), quote or None), quote=quote)
    assert told
    assert "%" not in told
    assert quote in told
    assert all(word in told for word in matched)


def test_words_are_read_of_what_changed_alone(author: Person, hub: Hub) -> None:
    make_need(author, hub, **PLAN)
    make_need(author, hub, state=NeedState.DRAFT, published_at=None, title="Idée", text="Idée.")
    index.refresh(index.NEEDS, whole=True)

    with CaptureQueriesContext(connection) as asked:
        assert index.refresh(index.NEEDS, whole=True) == 0

    assert len(asked) == 1
    assert '"exchange_need"."text"' not in asked[0]["sql"]
