"""Figures of a hive: each is its records, and opens them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import figures
from essaim.exchange.models import AskState, HelpState, NeedState
from essaim.hubs.models import Hub
from essaim.people.models import Affiliation, Person
from tests.factories import (
    make_ask,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_venture,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def measured(code: str, host: Person, hub: Hub | None) -> float | None:
    scope = figures.Scope(host, hub.pk if hub else None, since=days_ago(30))
    return figures.measure(figures.FIGURES[code], scope)


def confirmed(giver: Person, receiver: Person, hub: Hub, days: float = 1) -> None:
    make_exchange(
        giver,
        receiver,
        hub,
        state=HelpState.CONFIRMED,
        minutes=60,
        confirmed_at=days_ago(days),
        created_at=days_ago(days),
    )


def test_needs_told_are_those_of_the_hive_and_the_period(hub: Hub, host: Person) -> None:
    author, other = make_resident(hub), make_hub()
    make_need(author, hub)
    make_need(author, hub, published_at=days_ago(31))
    make_need(author, hub, state=NeedState.DRAFT, published_at=None)
    make_need(make_resident(other), other)
    assert measured("needs_told", host, hub) == 1
    assert measured("needs_told", make_director(), None) == 2


def test_the_first_answer_counts_a_no_and_takes_the_median(hub: Hub, host: Person) -> None:
    author = make_resident(hub)
    for hours in (1, 4, 20):
        need = make_need(author, hub, published_at=days_ago(2))
        for extra in (0, 3):
            make_ask(
                need,
                make_resident(hub),
                state=AskState.DECLINED,
                answered_at=days_ago(2) + timedelta(hours=hours + extra),
            )
    make_ask(make_need(author, hub), make_resident(hub), state=AskState.EXPIRED)
    assert measured("first_answer", host, hub) == pytest.approx(4, abs=0.01)
    assert measured("unanswered", host, hub) == 1


def test_no_answer_at_all_has_no_median(hub: Hub, host: Person) -> None:
    assert measured("first_answer", host, hub) is None
    assert measured("resolution", host, hub) is None
    assert measured("reciprocity", host, hub) is None


def test_only_needs_that_had_their_chance_count_as_met_or_not(hub: Hub, host: Person) -> None:
    author, old = make_resident(hub), {"published_at": days_ago(20)}
    make_need(author, hub, state=NeedState.MET, **old)
    make_need(author, hub, state=NeedState.CLOSED_UNMET, **old)
    make_need(author, hub, state=NeedState.OPEN, **old)
    make_need(author, hub, state=NeedState.WITHDRAWN, **old)
    make_need(author, hub, state=NeedState.MET, published_at=days_ago(3))
    assert measured("resolution", host, hub) == pytest.approx(100 / 3)


def test_a_tie_is_new_once_whoever_gives(hub: Hub, host: Person) -> None:
    lea, omar, pia = (make_resident(hub) for _ in range(3))
    confirmed(lea, omar, hub, days=60)
    confirmed(omar, lea, hub, days=2)
    confirmed(lea, pia, hub, days=3)
    confirmed(pia, lea, hub, days=1)
    assert measured("new_ties", host, hub) == 1


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("forth", [False, True])
def test_a_tie_is_not_improbable_when_somebody_helped_or_was_helped_by_both(
    hub: Hub, host: Person, forth: bool, back: bool
) -> None:
    lea, omar, pia = (make_resident(hub) for _ in range(3))
    helped(lea, omar, hub, days=40, other_way=forth)
    helped(omar, pia, hub, days=35, other_way=back)
    confirmed(lea, pia, hub, days=5)
    assert measured("new_ties", host, hub) == 1
    assert measured("improbable_ties", host, hub) == 0


def helped(giver: Person, receiver: Person, hub: Hub, days: float, *, other_way: bool) -> None:
    one, other = (receiver, giver) if other_way else (giver, receiver)
    confirmed(one, other, hub, days=days)


def test_a_link_that_came_after_leaves_the_tie_improbable(hub: Hub, host: Person) -> None:
    lea, omar, pia = (make_resident(hub) for _ in range(3))
    confirmed(lea, pia, hub, days=20)
    confirmed(lea, omar, hub, days=45)
    confirmed(omar, pia, hub, days=10)
    assert measured("new_ties", host, hub) == 2
    assert measured("improbable_ties", host, hub) == 1


@pytest.mark.parametrize(
    ("family", "trade", "improbable"),
    [("equality", "Cuisine", 0), ("living", "Cuisine", 1), ("equality", "Menuiserie", 1)],
)
def test_people_of_one_family_and_one_trade_are_likely_to_meet(
    hub: Hub, host: Person, family: str, trade: str, improbable: int
) -> None:
    lea, omar = make_resident(hub), make_resident(hub)
    make_venture("Les Bocaux", lea, family="equality", trade="Cuisine")
    make_venture("La Table", omar, family=family, trade=trade)
    Affiliation.objects.update(since_on=timezone.localdate() - timedelta(days=90))
    confirmed(lea, omar, hub)
    assert measured("improbable_ties", host, hub) == improbable


@pytest.mark.parametrize(("met", "gave", "share"), [(3, True, 100), (2, True, 0), (3, False, 0)])
def test_a_newcomer_is_well_begun_with_three_people_and_one_help(
    hub: Hub, host: Person, met: int, gave: bool, share: int
) -> None:
    lea = make_resident(hub)
    came = timezone.localdate() - timedelta(days=40)
    lea.residencies.update(since_on=came)
    for _number in range(met):
        other = make_person()
        one, two = (lea, other) if gave else (other, lea)
        confirmed(one, two, hub, days=20)
    confirmed(lea, make_person(), hub, days=5)  # after the first thirty days
    scope = figures.Scope(host, hub.pk, since=days_ago(60))
    assert figures.measure(figures.FIGURES["first30"], scope) == share


def test_both_ways_is_the_share_who_gave_and_received(hub: Hub, host: Person) -> None:
    lea, omar, pia = (make_resident(hub) for _ in range(3))
    make_resident(hub)
    confirmed(lea, omar, hub)
    confirmed(omar, pia, hub)
    assert measured("reciprocity", host, hub) == pytest.approx(100 / 3)


def test_active_members_did_something(hub: Hub, host: Person) -> None:
    author, mute, lively = (make_resident(hub) for _ in range(3))
    need = make_need(author, hub)
    make_ask(need, mute, state=AskState.EXPIRED, sent_at=days_ago(1))
    make_ask(need, lively, state=AskState.DECLINED, answered_at=days_ago(1))
    assert measured("active_members", host, hub) == 2


CODES = (
    "active_members",
    "needs_told",
    "first_answer",
    "unanswered",
    "resolution",
    "new_ties",
    "reciprocity",
)


@pytest.mark.parametrize("code", CODES)
def test_each_figure_opens_its_records_for_hosts_of_the_hive_only(
    client: Client, hub: Hub, host: Person, code: str
) -> None:
    lea, omar = make_resident(hub), make_resident(hub)
    confirmed(lea, omar, hub)
    confirmed(omar, lea, hub)
    need = make_need(lea, hub, published_at=days_ago(20))
    make_ask(need, omar, state=AskState.DECLINED, answered_at=days_ago(19))
    make_need(lea, hub)
    path = f"/chiffres/{code}/?hub={hub.pk}"
    client.force_login(host)
    assert "<li>" in client.get(path).content.decode()
    assert client.get(f"/chiffres/{code}/").status_code == 404
    for person in (lea, make_host(make_hub())):
        client.force_login(person)
        assert client.get(path).status_code == 404
