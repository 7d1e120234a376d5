"""Lists of needs: whose, where, narrowed and sorted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from essaim.exchange.models import Need, NeedAudience, NeedState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.reading import text_of
from tests.factories import make_host, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db


def titles(response: Any) -> list[str]:
    return [line["sentence"] for line in response.context["lines"]]


@pytest.fixture
def three(author: Person, hub: Hub) -> list[Need]:
    """One of each place: mine, of my hive, of the network."""
    elsewhere = make_hub("Ailleurs")
    return [
        make_need(author, hub, title="Le mien", audience=NeedAudience.HUB),
        make_need(make_resident(hub), hub, title="De ma ruche", audience=NeedAudience.HUB),
        make_need(make_resident(elsewhere), elsewhere, title="Du réseau"),
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("mine", ["Le mien"]),
        ("hive", ["De ma ruche", "Le mien"]),
        ("network", ["Du réseau"]),
        ("nonsense", ["Le mien"]),
    ],
)
def test_needs_are_listed_by_place(
    where: str, expected: list[str], page: Client, three: list[Need]
) -> None:
    assert titles(page.get(reverse("exchange:needs"), {"in": where})) == expected


def test_a_search_forgives_case_and_accents(page: Client, three: list[Need]) -> None:
    found = page.get(reverse("exchange:needs"), {"in": "network", "q": "DU RESEAU"})
    assert titles(found) == ["Du réseau"]
    assert titles(page.get(reverse("exchange:needs"), {"in": "network", "q": "du %"})) != []
    assert titles(page.get(reverse("exchange:needs"), {"in": "network", "q": "absent"})) == []


def test_needs_are_narrowed_and_sorted(page: Client, author: Person, hub: Hub) -> None:
    now = timezone.now()
    for title, urgency, state, days in (
        ("vieux", Urgency.WEEK, NeedState.OPEN, 3),
        ("pressé", Urgency.NOW, NeedState.OPEN, 2),
        ("fini", Urgency.MONTH, NeedState.MET, 1),
    ):
        published = now - timedelta(days=days)
        make_need(author, hub, title=title, urgency=urgency, state=state, published_at=published)
    url = reverse("exchange:needs")
    assert titles(page.get(url)) == ["pressé", "vieux"]
    assert titles(page.get(url, {"sort": "old"})) == ["vieux", "pressé"]
    assert titles(page.get(url, {"sort": "urgent", "state": "all"})) == ["pressé", "vieux", "fini"]
    assert titles(page.get(url, {"state": "met"})) == ["fini"]
    assert titles(page.get(url, {"urgency": "now"})) == ["pressé"]
    assert titles(page.get(url, {"urgency": "x", "state": "x", "sort": "x", "page": "x"})) == [
        "pressé",
        "vieux",
    ]


def test_a_long_list_has_pages(page: Client, author: Person, hub: Hub) -> None:
    for number in range(21):
        make_need(author, hub, title=f"Besoin {number}")
    assert len(titles(page.get(reverse("exchange:needs")))) == 20
    assert len(titles(page.get(reverse("exchange:needs"), {"page": "2"}))) == 1


@pytest.mark.parametrize("where", ["mine", "hive", "network"])
def test_an_empty_list_says_what_to_do(where: str, page: Client) -> None:
    shown = text_of(page.get(reverse("exchange:needs"), {"in": where}))
    assert reverse("exchange:need_new") in shown
    assert 'class="empty"' in shown


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("where", ["mine", "hive", "network"])
def test_the_list_costs_the_same_however_long(
    where: str,
    rows: int,
    page: Client,
    author: Person,
    hub: Hub,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(rows):
        make_need(author, hub)
    with django_assert_num_queries(LIST_QUERIES[where]):
        page.get(reverse("exchange:needs"), {"in": where})


LIST_QUERIES = {"mine": 8, "hive": 7, "network": 7}


def test_hosts_take_away_the_needs_of_their_hives(
    client: Client, three: list[Need], hub: Hub
) -> None:
    Need.objects.filter(pk=three[1].pk).update(title="=1+1")
    client.force_login(make_host(hub))
    response = client.get(reverse("exchange:needs_export"))
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "Du réseau" not in "\n".join(lines)
    assert ";=1+1;" not in "\n".join(lines)


def test_members_take_nothing_away(page: Client) -> None:
    assert page.get(reverse("exchange:needs_export")).status_code == 404
