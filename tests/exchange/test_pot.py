"""Hours for the pot of the hive, from the page of brain-time."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from essaim.core.ids import uuid7
from essaim.exchange.actions import help as actions
from essaim.exchange.models import Transfer, TransferKind
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import make_exchange, make_resident

pytestmark = pytest.mark.django_db

PAGE = reverse("exchange:brain_time")
POT = reverse("exchange:give_to_pot")


def give(person: Person, hub: Hub, hours: int) -> None:
    other = make_resident(hub)
    exchange = make_exchange(person, other, hub)
    actions.claim_minutes(exchange=exchange, minutes=hours * 60, by=person)
    actions.confirm_help(exchange=exchange, by=other)


@pytest.fixture
def giver(client: Client, hub: Hub) -> Person:
    """Who gave 21 hours and received none."""
    person = make_resident(hub)
    client.force_login(person)
    give(person, hub, 21)
    return person


def put(client: Client, **sent: Any) -> Any:
    return client.post(POT, {"minutes": "600", "key": str(uuid7())} | sent)


def in_the_pot() -> list[int]:
    rows = Transfer.objects.filter(kind=TransferKind.POOL)
    return list(rows.values_list("minutes", flat=True))


def test_who_gave_far_more_puts_hours_into_the_pot(client: Client, giver: Person) -> None:
    assert POT in client.get(PAGE).content.decode()

    answer = put(client)

    assert (answer.status_code, in_the_pot()) == (302, [600])


def test_the_offer_costs_one_query_more(
    client: Client, giver: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(12):
        assert POT in client.get(PAGE).content.decode()


def test_the_same_form_twice_gives_once(client: Client, giver: Person) -> None:
    key = str(uuid7())

    for _ in range(2):
        put(client, key=key)

    assert in_the_pot() == [600]


def test_no_more_than_what_was_given_goes_into_the_pot(client: Client, giver: Person) -> None:
    answers = [put(client) for _ in range(3)]

    assert [one.status_code for one in answers] == [302, 302, 422]
    assert "seulement ce que tu as donn" in answers[2].content.decode()
    assert in_the_pot() == [600, 600]


def test_the_pot_is_offered_to_nobody_who_gave_little(client: Client, hub: Hub) -> None:
    person = make_resident(hub)
    client.force_login(person)
    give(person, hub, 20)

    assert POT not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("sent", [{"minutes": "7"}, {"minutes": ""}, {"key": "\x00"}])
def test_a_forged_pot_is_refused(client: Client, giver: Person, sent: dict[str, str]) -> None:
    answer = put(client, **sent)

    assert (answer.status_code, in_the_pot()) == (422, [])
