"""Weeks that are over: which are counted, when again, and that they say what their lists hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from essaim.core.figures import FIGURES, measure
from essaim.core.scopes import midnight
from essaim.exchange.actions import help as help_actions
from essaim.exchange.actions import ledger
from essaim.exchange.models import HelpExchange, Transfer
from essaim.home import week_counts
from essaim.home.models import FigureWeek
from essaim.home.week_counts import Week, count_due, count_week, due_weeks, forget_old_weeks
from essaim.home.weeks import mondays, scope_of
from essaim.hubs.models import Hub
from tests.factories import (
    make_administrator,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db
PARIS = "Europe/Paris"
# A Wednesday, in winter.
NOW = datetime(2027, 1, 20, 10, tzinfo=UTC)
MONDAY = date(2027, 1, 11)


@pytest.fixture
def hub() -> Hub:
    return make_hub(opened_on=date(2026, 12, 14))


def value(code: str, hub: Hub | None, monday: date) -> float | None:
    return FigureWeek.objects.get(code=code, hub=hub, monday=monday).value


def of(hub: Hub | None, monday: date = MONDAY) -> Week:
    return Week(hub.pk if hub else None, monday, hub.time_zone if hub else PARIS)


def test_weeks_are_those_that_are_over_since_the_hive_opened(hub: Hub) -> None:
    due = [(week.owner, week.monday) for week in due_weeks(NOW)]

    opened = [date(2027, 1, 11) - timedelta(weeks=back) for back in range(5)]
    assert due == [(owner, monday) for monday in opened for owner in (None, hub.pk)]


def test_a_closed_hive_is_not_counted_any_more(hub: Hub) -> None:
    Hub.objects.update(closed_on=date(2027, 1, 1))

    assert due_weeks(NOW) == []


def test_the_week_is_over_when_the_clock_of_the_hive_says_so() -> None:
    """On Sunday at 21 h in Paris it is Monday on La Réunion; in Cayenne it is Sunday afternoon."""
    opened = date(2027, 1, 4)
    east = make_hub(time_zone="Indian/Reunion", opened_on=opened)
    west = make_hub(time_zone="America/Cayenne", opened_on=opened)

    due = {week.owner: week.monday for week in due_weeks(datetime(2027, 1, 10, 20, 30, tzinfo=UTC))}
    later = {week.owner for week in due_weeks(datetime(2027, 1, 11, 3, 30, tzinfo=UTC))}

    assert due == {east.pk: opened}
    assert later == {east.pk, west.pk, None}


@pytest.mark.parametrize(("monday", "hours"), [(date(2026, 10, 19), 169), (date(2027, 3, 22), 167)])
def test_the_hour_that_the_clock_takes_or_gives_is_in_its_week(
    hub: Hub, monday: date, hours: int
) -> None:
    author = make_resident(hub, minutes=0)
    start = midnight(monday, PARIS).astimezone(UTC)
    for moment in (0, hours - 0.02):
        make_need(author, hub, published_at=start + timedelta(hours=moment))
    for outside in (-0.02, hours):
        make_need(author, hub, published_at=start + timedelta(hours=outside))

    count_week(of(hub, monday), NOW)

    assert value("needs_told", hub, monday) == 2


def test_what_is_counted_is_what_the_list_behind_holds(hub: Hub) -> None:
    author = make_resident(hub)
    for day in range(5):
        make_need(author, hub, published_at=midnight(MONDAY, PARIS) + timedelta(days=day))

    count_week(of(hub), NOW)
    count_week(of(None), NOW)

    host = make_host(hub)
    for owner in (hub, None):
        scope = scope_of(
            FIGURES["needs_told"], owner.pk if owner else None, MONDAY, viewer=host, zone=PARIS
        )
        assert value("needs_told", owner, MONDAY) == measure(FIGURES["needs_told"], scope) == 5


def test_a_week_counted_again_gives_way_to_what_is_known_since(hub: Hub) -> None:
    count_week(of(hub), NOW)
    make_need(make_resident(hub), hub, published_at=midnight(MONDAY, PARIS))

    count_week(of(hub), NOW)

    assert value("needs_told", hub, MONDAY) == 1
    assert FigureWeek.objects.filter(hub=hub).count() == len(week_counts.FIGURES)


def test_each_night_the_weeks_that_may_still_move_are_counted_again(hub: Hub) -> None:
    Hub.objects.update(opened_on=date(2026, 1, 5))
    while count_due(NOW, for_seconds=60):
        pass

    soon = due_weeks(NOW + timedelta(hours=19))
    tomorrow = due_weeks(NOW + timedelta(hours=21))

    assert soon == []
    assert {week.owner for week in tomorrow} == {hub.pk, None}
    assert min(week.monday for week in tomorrow) > date(2026, 10, 1)


def test_help_that_is_taken_back_recounts_the_weeks_of_its_hives(hub: Hub) -> None:
    """However old: what was reversed is in no figure."""
    Hub.objects.update(opened_on=date(2026, 1, 5))
    hub.refresh_from_db()
    row = confirmed_help(hub)
    elsewhere = make_hub(opened_on=hub.opened_on)
    monday = mondays(timezone.localdate(), 1)[0]
    HelpExchange.objects.update(confirmed_at=midnight(monday, PARIS))
    now = timezone.now()
    for one in (hub, elsewhere, None):
        count_week(of(one, monday), now)
    before = value("brain_hours", hub, monday)

    ledger.reverse(transfer=row, by=make_administrator(), reason=ledger.Reason.NEVER)

    owners = {week.owner for week in due_weeks(timezone.now()) if week.monday == monday}
    assert before == 60
    assert owners == {hub.pk, None}
    count_week(of(hub, monday), timezone.now())
    assert value("brain_hours", hub, monday) == 0
    assert value("new_ties", hub, monday) == 0


def confirmed_help(hub: Hub) -> Transfer:
    exchange = make_exchange(make_resident(hub), make_resident(hub), hub)
    help_actions.claim_minutes(exchange=exchange, minutes=60, by=exchange.giver)
    help_actions.confirm_help(exchange=exchange, by=exchange.receiver)
    return Transfer.objects.get(exchange=exchange)


def test_a_new_figure_is_counted_for_the_weeks_that_lack_it(hub: Hub) -> None:
    count_week(of(hub), NOW)
    FigureWeek.objects.filter(code="needs_told").delete()

    assert of(hub) in due_weeks(NOW)


def test_a_duty_stops_in_time_and_goes_on_the_next(hub: Hub) -> None:
    total = len(due_weeks(NOW))

    assert count_due(NOW, for_seconds=0) == 1
    assert len(due_weeks(NOW)) == total - 1


def test_weeks_of_more_than_a_year_ago_are_forgotten(hub: Hub) -> None:
    count_week(of(hub, date(2025, 6, 2)), NOW)
    count_week(of(hub), NOW)

    forget_old_weeks(NOW)

    assert set(FigureWeek.objects.values_list("monday", flat=True)) == {MONDAY}


@pytest.mark.parametrize("of_network", [True, False])
def test_a_figure_has_one_value_a_week(hub: Hub, of_network: bool) -> None:
    fields: dict[str, Any] = {
        "hub": None if of_network else hub,
        "monday": MONDAY,
        "code": "needs_told",
        "n": 0,
        "counted_at": NOW,
    }
    FigureWeek.objects.create(**fields)

    with pytest.raises(IntegrityError), transaction.atomic():
        FigureWeek.objects.create(**fields)
