from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from essaim.exchange.capacity import Load, Obstacle, load_of, loads_of, lock_capacity
from essaim.exchange.models import AskState, HelpState, Pause, Pledge
from tests.factories import (
    make_ask,
    make_exchange,
    make_hub,
    make_need,
    make_person,
    make_resident,
)

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


def load(**values: Any) -> Load:
    return Load(person_id=uuid4(), **{"pledged": 240} | values)


def test_pledge_of_the_month_leaves_free_minutes() -> None:
    assert load(agreed=90).free_minutes == 150
    assert load(agreed=300).free_minutes == 0


@pytest.mark.parametrize(
    ("values", "obstacle"),
    [
        ({"paused": True}, Obstacle.PAUSED),
        ({"pledged": 0}, Obstacle.NO_PLEDGE),
        ({"agreed": 240}, Obstacle.PLEDGE_USED),
        ({"open_asks": 1, "underway": 1}, Obstacle.HANDS_FULL),
        ({"asks_this_week": 2}, Obstacle.WEEK_FULL),
        ({"resting_until": NOW + timedelta(hours=1)}, Obstacle.RESTING),
    ],
)
def test_each_guard_keeps_from_asking(values: dict[str, Any], obstacle: Obstacle) -> None:
    assert load(**values).why_not_ask(NOW) == (obstacle,)
    assert not load(**values).may_be_asked(NOW)


def test_rested_person_may_be_asked_again() -> None:
    assert load(resting_until=NOW).may_be_asked(NOW)


def test_need_longer_than_what_is_left_is_not_asked() -> None:
    assert load(agreed=210).may_be_asked(NOW, minutes=30)
    assert load(agreed=225).why_not_ask(NOW, minutes=30) == (Obstacle.PLEDGE_USED,)


def test_paused_or_resting_person_may_still_say_yes() -> None:
    willing = load(paused=True, resting_until=NOW + timedelta(hours=1), asks_this_week=9)

    assert willing.why_not_accept(30) == ()


def test_waiting_asks_do_not_keep_from_saying_yes_but_help_underway_does() -> None:
    assert load(open_asks=5, underway=1).why_not_accept(30) == ()
    assert load(underway=2).why_not_accept(30) == (Obstacle.HANDS_FULL,)


@pytest.mark.django_db
def test_load_counts_asks_help_pauses_and_rest() -> None:
    hub = make_hub()
    helper, author = make_resident(hub), make_resident(hub)
    now = timezone.now()
    ask = make_ask(make_need(author, hub), helper)
    make_ask(
        make_need(author, hub),
        helper,
        state=AskState.DECLINED,
        answered_at=now - timedelta(hours=2),
    )
    make_ask(make_need(author, hub), helper, state=AskState.EXPIRED, sent_at=now - timedelta(8))
    make_exchange(helper, author, hub, planned_minutes=45)
    Pause.objects.create(person=helper, to_on=timezone.localdate() + timedelta(days=3))

    found = load_of(helper, now=now)

    assert ask.state == AskState.SENT
    assert (found.open_asks, found.asks_this_week, found.underway) == (1, 2, 1)
    assert (found.agreed, found.free_minutes) == (45, 195)
    assert (found.paused, found.paused_until) == (True, timezone.localdate() + timedelta(days=3))
    assert found.resting_until is not None
    assert timedelta(hours=45) < found.resting_until - now < timedelta(hours=47)


@pytest.mark.django_db
def test_help_done_last_month_no_longer_weighs() -> None:
    hub = make_hub()
    helper, author = make_resident(hub), make_resident(hub)
    done = {"state": HelpState.CONFIRMED, "minutes": 60}
    make_exchange(helper, author, hub, **done, happened_on=NOW.date())
    make_exchange(helper, author, hub, **done, happened_on=NOW.date() - timedelta(days=30))
    make_exchange(helper, author, hub, state=HelpState.CANCELLED)

    assert load_of(helper, now=NOW).agreed == 60


@pytest.mark.django_db
def test_month_begins_at_midnight_of_the_home_hive() -> None:
    hub = make_hub(time_zone="Indian/Reunion")
    helper, author = make_resident(hub), make_resident(hub)
    make_exchange(
        helper,
        author,
        hub,
        state=HelpState.CONFIRMED,
        minutes=60,
        happened_on=datetime(2026, 10, 31).date(),
    )
    # Still October in Paris, already November on the island.
    evening = datetime(2026, 10, 31, 20, 30, tzinfo=UTC)

    assert load_of(helper, now=evening).agreed == 0
    assert load_of(helper, now=evening - timedelta(hours=2)).agreed == 60


@pytest.mark.django_db
def test_being_asked_directly_weighs_like_an_ask_and_an_offer_does_not() -> None:
    hub = make_hub()
    helper, other = make_resident(hub), make_resident(hub)
    make_exchange(helper, other, hub, state=HelpState.PROPOSED, proposed_by=other)
    make_exchange(helper, other, hub, state=HelpState.PROPOSED, proposed_by=helper)

    found = load_of(helper, now=timezone.now())

    assert (found.open_asks, found.asks_this_week, found.agreed) == (1, 1, 0)


@pytest.mark.django_db
def test_person_without_pledge_has_an_empty_load() -> None:
    person = make_person()
    Pledge.objects.create(person=person, valid_to=timezone.localdate())

    assert load_of(person, now=NOW).why_not_ask(NOW) == (Obstacle.NO_PLEDGE,)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_loads_take_four_queries_for_any_number(count: int) -> None:
    hub = make_hub()
    people = [make_resident(hub) for _ in range(count)]
    for person in people:
        make_exchange(person, make_resident(hub), hub)

    with CaptureQueriesContext(connection) as queries:
        found = loads_of([person.pk for person in people], now=timezone.now())

    assert len(queries) == 4
    assert [found[person.pk].underway for person in people] == [1] * count


@pytest.mark.django_db
def test_capacity_is_locked_without_a_row_changing() -> None:
    person = make_resident()
    lock_capacity(person)
    before = person.matched_at

    person.refresh_from_db()

    assert person.matched_at == before
