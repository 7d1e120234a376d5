"""How much each person may still be asked this month, and why not: values, then the few queries.

Guards of fairness: so many asks in seven days, so many things at once, nothing past the pledge of
the month, pauses, two days of rest after a no. The hours of quiet are a matter of sending.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from essaim.core.prepared import Prepared
from essaim.exchange.models import Ask, AskState, HelpExchange, HelpState, Pause, Pledge
from essaim.hubs.models import Residency
from essaim.people.models import Person

WEEK = timedelta(days=7)
REST_AFTER_NO = timedelta(hours=48)
QUARTER = 15
DONE = (HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CONFIRMED)


class Obstacle(models.TextChoices):
    """Why someone may not be asked, or may not accept."""

    PAUSED = "paused", _("on a pause")
    NO_PLEDGE = "no_pledge", _("has not pledged time")
    PLEDGE_USED = "pledge_used", _("has no time left this month")
    HANDS_FULL = "hands_full", _("already helps elsewhere")
    WEEK_FULL = "week_full", _("was asked enough this week")
    RESTING = "resting", _("rests after a no")


@dataclass(frozen=True)
class Load:
    """What weighs on one person at a moment. Minutes are those of the month of their hive."""

    person_id: UUID
    pledged: int = 0
    agreed: int = 0
    open_asks: int = 0
    underway: int = 0
    asks_this_week: int = 0
    max_parallel: int = 2
    max_asks_per_week: int = 2
    paused: bool = False
    paused_until: date | None = None
    resting_until: datetime | None = None

    @property
    def free_minutes(self) -> int:
        return max(0, self.pledged - self.agreed)

    @property
    def used(self) -> float:
        """Share of the pledge that is taken, from 0 to 1; 1 without a pledge."""
        return min(1.0, self.agreed / self.pledged) if self.pledged else 1.0

    def may_be_asked(self, now: datetime, minutes: int = QUARTER) -> bool:
        return not self.why_not_ask(now, minutes)

    def why_not_ask(self, now: datetime, minutes: int = QUARTER) -> tuple[Obstacle, ...]:
        resting = self.resting_until is not None and now < self.resting_until
        obstacles = (
            (Obstacle.PAUSED, self.paused),
            (Obstacle.NO_PLEDGE, not self.pledged),
            (Obstacle.PLEDGE_USED, self.pledged > 0 and self.free_minutes < minutes),
            (Obstacle.HANDS_FULL, self.open_asks + self.underway >= self.max_parallel),
            (Obstacle.WEEK_FULL, self.asks_this_week >= self.max_asks_per_week),
            (Obstacle.RESTING, resting),
        )
        return tuple(obstacle for obstacle, stands in obstacles if stands)

    def why_not_accept(self, minutes: int) -> tuple[Obstacle, ...]:
        """A yes is the person's own will: only what they hold already and their pledge bound it."""
        obstacles = (
            (Obstacle.NO_PLEDGE, not self.pledged),
            (Obstacle.PLEDGE_USED, self.pledged > 0 and self.free_minutes < minutes),
            (Obstacle.HANDS_FULL, self.underway >= self.max_parallel),
        )
        return tuple(obstacle for obstacle, stands in obstacles if stands)


def load_of(person: Person, *, now: datetime) -> Load:
    return loads_of([person.pk], now=now)[person.pk]


def loads_of(person_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Load]:
    """The load of each, in four queries however many they are."""
    ids = list(person_ids)
    pledges = _pledges(ids)
    days = {pk: now.astimezone(pledges[pk].zone).date() for pk in pledges}
    asks = _asks(ids, now)
    helps = _helps(ids, days, now)
    pauses = _pauses(ids, days, now)
    return {
        pk: _load(
            pk,
            pledges.get(pk),
            asks.get(pk, _Asks()),
            helps.get(pk, _Helps()),
            pauses.get(pk),
        )
        for pk in ids
    }


def lock_capacity(*people: Person) -> None:
    """Within a transaction: two yeses of one person wait for each other.

    SQLite transactions are immediate already; on PostgreSQL the row is locked without keeping
    others from pointing to it. In the order of ids, so that nobody waits in a circle.
    """
    ids = [person.pk for person in people]
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class _Pledge:
    minutes: int
    max_parallel: int
    max_asks_per_week: int
    zone: ZoneInfo


@dataclass(frozen=True)
class _Asks:
    waiting: int = 0
    week: int = 0
    refused_at: datetime | None = None


@dataclass
class _Helps:
    underway: int = 0
    minutes: int = 0
    proposed: int = 0
    proposed_this_week: int = 0


def _load(
    pk: UUID, pledge: _Pledge | None, asks: _Asks, helps: _Helps, pause: tuple[date | None] | None
) -> Load:
    pledge = pledge or _Pledge(0, 2, 2, ZoneInfo(settings.TIME_ZONE))
    return Load(
        person_id=pk,
        pledged=pledge.minutes,
        agreed=helps.minutes,
        open_asks=asks.waiting + helps.proposed,
        underway=helps.underway,
        asks_this_week=asks.week + helps.proposed_this_week,
        max_parallel=pledge.max_parallel,
        max_asks_per_week=pledge.max_asks_per_week,
        paused=pause is not None,
        paused_until=pause[0] if pause else None,
        resting_until=asks.refused_at + REST_AFTER_NO if asks.refused_at else None,
    )


def _pledges(ids: list[UUID]) -> dict[UUID, _Pledge]:
    return {
        pk: _Pledge(minutes, parallel, weekly, ZoneInfo(zone or settings.TIME_ZONE))
        for pk, minutes, parallel, weekly, zone in _pledges_of(ids=ids)
    }


def _pledges_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    home = Residency.objects.current().filter(person_id=OuterRef("person_id"))
    zone = home.order_by("since_on", "id").values("hub__time_zone")[:1]
    return Pledge.objects.filter(person__among=ids, valid_to__isnull=True).values_list(
        "person_id", "minutes_per_month", "max_parallel", "max_asks_per_week", Subquery(zone)
    )


_pledges_of = Prepared(_pledges_query, ids=list)


def _asks(ids: list[UUID], now: datetime) -> dict[UUID, _Asks]:
    rows = _asks_of(ids=ids, week=now - WEEK, rest=now - REST_AFTER_NO)
    return {pk: _Asks(*counts) for pk, *counts in rows}


def _asks_query(ids: list[UUID], week: datetime, rest: datetime) -> QuerySet[Any, Any]:
    waiting = Q(state__in=(AskState.SENT, AskState.LATER))
    this_week = Q(sent_at__gt=week)
    refused = Q(state=AskState.DECLINED, answered_at__gt=rest)
    return (
        Ask.objects.filter(waiting | this_week | refused, helper__among=ids)
        .values("helper_id")
        .annotate(
            waiting=Count("state", filter=waiting),
            week=Count("state", filter=this_week),
            refused_at=Max("answered_at", filter=refused),
        )
        .values_list("helper_id", "waiting", "week", "refused_at")
    )


_asks_of = Prepared(_asks_query, ids=list, week=datetime, rest=datetime)


class _Help(NamedTuple):
    giver_id: UUID
    proposed_by_id: UUID | None
    state: str
    happened_on: date
    created_at: datetime
    weight: int


def _helps(ids: list[UUID], days: dict[UUID, date], now: datetime) -> dict[UUID, _Helps]:
    """What is agreed weighs on the month at hand; what is done, on the month when it was done."""
    first = min(days.values(), default=now.date()).replace(day=1)
    found: dict[UUID, _Helps] = {}
    for help_ in map(_Help._make, _helps_of(ids=ids, first=first)):
        helps = found.setdefault(help_.giver_id, _Helps())
        _weigh(helps, help_, days.get(help_.giver_id, first).replace(day=1), now - WEEK)
    return found


def _helps_query(ids: list[UUID], first: date) -> QuerySet[Any, Any]:
    to_come = Q(state__in=(HelpState.PROPOSED, HelpState.AGREED))
    rows: QuerySet[Any, Any] = HelpExchange.objects.filter(
        to_come | Q(state__in=DONE, happened_on__gte=first), giver__among=ids
    ).annotate(weight=Coalesce("minutes", "claimed_minutes", "planned_minutes"))
    return rows.values_list(*_Help._fields)


_helps_of = Prepared(_helps_query, ids=list, first=date)


def _weigh(helps: _Helps, help_: _Help, month: date, week: datetime) -> None:
    if help_.state == HelpState.PROPOSED:
        # To be asked directly by somebody weighs like an ask; one's own offer does not.
        if help_.proposed_by_id != help_.giver_id:
            helps.proposed += 1
            helps.proposed_this_week += help_.created_at > week
    elif help_.state == HelpState.AGREED:
        helps.underway += 1
        helps.minutes += help_.weight
    elif help_.happened_on >= month:
        helps.minutes += help_.weight


def _pauses(
    ids: list[UUID], days: dict[UUID, date], now: datetime
) -> dict[UUID, tuple[date | None]]:
    near = [now.date() - timedelta(days=1), now.date() + timedelta(days=1)]
    found: dict[UUID, tuple[date | None]] = {}
    for person, from_on, to_on in _pauses_of(ids=ids, first=near[0], last=near[1]):
        day = days.get(person, now.date())
        if from_on <= day and (to_on is None or to_on >= day):
            known = found.get(person, (day,))[0]
            found[person] = (max(known, to_on) if known and to_on else None,)
    return found


def _pauses_query(ids: list[UUID], first: date, last: date) -> QuerySet[Any, Any]:
    return Pause.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=first), person__among=ids, from_on__lte=last
    ).values_list("person_id", "from_on", "to_on")


_pauses_of = Prepared(_pauses_query, ids=list, first=date, last=date)
