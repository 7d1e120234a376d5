"""How much each person may still be asked this month, and why not: values, then the few queries.

Guards of fairness: so many asks in seven days, so many things at once, nothing past the pledge of
the month, pauses, a rest after a no, nothing after some asks without an answer, nothing by the
machine to who gave no sign of life for long. The hours of quiet are a matter of sending.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from essaim.core.prepared import Prepared
from essaim.exchange import signs
from essaim.exchange.guards import Guards
from essaim.exchange.models import (
    GUARDS,
    Ask,
    AskGuards,
    AskState,
    HelpExchange,
    HelpState,
    Pause,
    Pledge,
    Silence,
    SilenceCause,
)
from essaim.hubs.models import Residency
from essaim.people.models import Person

WEEK = timedelta(days=7)
# The longest that a network may choose: what is older weighs on nobody.
LONGEST_REST = timedelta(hours=GUARDS["rest_hours"].most)
QUARTER = 15
USUAL = Guards()
DONE = (HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CONFIRMED)


class Obstacle(models.TextChoices):
    """Why someone may not be asked, or may not accept."""

    PAUSED = "paused", _("on a pause")
    NO_PLEDGE = "no_pledge", _("has not pledged time")
    PLEDGE_USED = "pledge_used", _("has no time left this month")
    HANDS_FULL = "hands_full", _("already helps elsewhere")
    WEEK_FULL = "week_full", _("was asked enough this week")
    RESTING = "resting", _("rests after a no")
    UNANSWERING = "unanswering", _("has not answered the last asks")
    QUIET = "quiet", _("has not been around for a while")


class AskedBy(Enum):
    """Who picks the person. The machine is held by every guard; people reach further by name."""

    MACHINE = ()
    # An author who knows the person's name: that they are seldom here is for them to weigh.
    SOMEBODY = (Obstacle.QUIET,)
    # A host, once: somebody who was silent is not lost to the hive.
    HOST = (Obstacle.QUIET, Obstacle.UNANSWERING)


@dataclass(frozen=True)
class Load:
    """What weighs on one person at a moment. Minutes are those of the month of their hive."""

    person_id: UUID
    pledged: int = 0
    agreed: int = 0
    open_asks: int = 0
    underway: int = 0
    asks_this_week: int = 0
    max_parallel: int = GUARDS["at_once"].usual
    max_asks_per_week: int = GUARDS["asks_per_week"].usual
    # Asked all the same when the month is full, as the person wishes.
    beyond: bool = False
    paused: bool = False
    paused_until: date | None = None
    resting_until: datetime | None = None
    # The first of the asks of these seven days.
    week_began_at: datetime | None = None
    unanswering_since: datetime | None = None
    presence: signs.Presence = signs.Presence.ACTIVE

    @property
    def free_minutes(self) -> int:
        return max(0, self.pledged - self.agreed)

    @property
    def used(self) -> float:
        """Share of the pledge that is taken, from 0 to 1; 1 without a pledge."""
        return min(1.0, self.agreed / self.pledged) if self.pledged else 1.0

    @property
    def in_hand(self) -> int:
        """What waits for an answer and what is agreed: all that one has to think of."""
        return self.open_asks + self.underway

    def lacks(self, minutes: int) -> bool:
        return self.pledged > 0 and not self.beyond and self.free_minutes < minutes

    def may_be_asked(
        self, now: datetime, minutes: int = QUARTER, by: AskedBy = AskedBy.MACHINE
    ) -> bool:
        return not self.why_not_ask(now, minutes, by)

    def why_not_ask(
        self, now: datetime, minutes: int = QUARTER, by: AskedBy = AskedBy.MACHINE
    ) -> tuple[Obstacle, ...]:
        resting = self.resting_until is not None and now < self.resting_until
        obstacles = (
            (Obstacle.PAUSED, self.paused),
            (Obstacle.NO_PLEDGE, not self.pledged),
            (Obstacle.PLEDGE_USED, self.lacks(minutes)),
            (Obstacle.HANDS_FULL, self.in_hand >= self.max_parallel),
            (Obstacle.WEEK_FULL, self.asks_this_week >= self.max_asks_per_week),
            (Obstacle.RESTING, resting),
            (Obstacle.UNANSWERING, self.unanswering_since is not None),
            (Obstacle.QUIET, self.presence != signs.Presence.ACTIVE),
        )
        return tuple(
            obstacle for obstacle, stands in obstacles if stands and obstacle not in by.value
        )

    def why_not_accept(self, minutes: int) -> tuple[Obstacle, ...]:
        """A yes is the person's own will: only what they hold already and their pledge bound it."""
        obstacles = (
            (Obstacle.NO_PLEDGE, not self.pledged),
            (Obstacle.PLEDGE_USED, self.lacks(minutes)),
            (Obstacle.HANDS_FULL, self.underway >= self.max_parallel),
        )
        return tuple(obstacle for obstacle, stands in obstacles if stands)


def load_of(person: Person, *, now: datetime) -> Load:
    return loads_of([person.pk], now=now)[person.pk]


def loads_of(person_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Load]:
    """The load of each, in four queries however many they are."""
    ids = list(person_ids)
    pledges = _pledges(ids, now)
    days = {pk: _today(pledge.zone, now) for pk, pledge in pledges.items()}
    asks = _asks(ids, now)
    helps = _helps(ids, days, now)
    pauses = _pauses(ids, days, now)
    return {
        pk: _load(
            pk,
            pledges.get(pk, _Pledge()),
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
    """The promise of a person, with what the same query tells of them and of the network."""

    minutes: int = 0
    max_parallel: int | None = None
    max_asks_per_week: int | None = None
    beyond: bool = False
    zone: str | None = None
    unanswering_since: datetime | None = None
    presence: signs.Presence = signs.Presence.ACTIVE
    guards: Guards = USUAL


@dataclass(frozen=True)
class _Asks:
    waiting: int = 0
    week: int = 0
    week_began_at: datetime | None = None
    refused_at: datetime | None = None


@dataclass
class _Helps:
    underway: int = 0
    minutes: int = 0
    proposed: int = 0
    proposed_this_week: int = 0
    week_began_at: datetime | None = None


def _load(
    pk: UUID,
    pledge: _Pledge,
    asks: _Asks,
    helps: _Helps,
    pause: tuple[date | None] | None,
) -> Load:
    guards, refused = pledge.guards, asks.refused_at
    began = (at for at in (asks.week_began_at, helps.week_began_at) if at is not None)
    return Load(
        person_id=pk,
        pledged=pledge.minutes,
        agreed=helps.minutes,
        open_asks=asks.waiting + helps.proposed,
        underway=helps.underway,
        asks_this_week=asks.week + helps.proposed_this_week,
        max_parallel=pledge.max_parallel or guards.at_once,
        max_asks_per_week=pledge.max_asks_per_week or guards.asks_per_week,
        beyond=pledge.beyond,
        paused=pause is not None,
        paused_until=pause[0] if pause else None,
        resting_until=refused + guards.rest if refused else None,
        week_began_at=min(began, default=None),
        unanswering_since=pledge.unanswering_since,
        presence=pledge.presence,
    )


def _pledges(ids: list[UUID], now: datetime) -> dict[UUID, _Pledge]:
    return {pk: _pledge(row, now) for pk, *row in _pledges_of(ids=ids)}


def _pledge(row: list[Any], now: datetime) -> _Pledge:
    minutes, parallel, weekly, beyond, zone, unanswering, last_sign = row[:-SET]
    network = dict(zip(GUARDS_HERE, row[-SET:], strict=True))
    guards = Guards(**network) if network["at_once"] else USUAL
    presence = signs.presence(last_sign, now, guards)
    return _Pledge(minutes, parallel, weekly, beyond, zone, unanswering, presence, guards)


def _today(zone: str | None, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone or settings.TIME_ZONE)).date()


PLEDGED = ("minutes_per_month", "max_parallel", "max_asks_per_week", "beyond")
GUARDS_HERE = ("asks_per_week", "at_once", "rest_hours", "quiet_after", "dormant_after")
SET = len(GUARDS_HERE)


def _pledges_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    """Guards of the network come along: one row, read once whatever the number of people."""
    me = OuterRef("person_id")
    home = Residency.objects.current().filter(person_id=me).order_by("since_on", "id")
    silence = Silence.objects.open().filter(person_id=me, cause=SilenceCause.UNANSWERED)
    rows: QuerySet[Any, Any] = Pledge.objects.filter(person__among=ids, valid_to__isnull=True)
    more = {
        "zone": Subquery(home.values("hub__time_zone")[:1]),
        "unanswering": Subquery(silence.values("since_at")[:1]),
        "last_sign": signs.last_sign("person_id", "person__"),
        **{f"set_{name}": Subquery(AskGuards.objects.values(name)[:1]) for name in GUARDS_HERE},
    }
    told: QuerySet[Any, Any] = rows.annotate(**more).values_list("person_id", *PLEDGED, *more)
    return told


_pledges_of = Prepared(_pledges_query, ids=list)


def _asks(ids: list[UUID], now: datetime) -> dict[UUID, _Asks]:
    rows = _asks_of(ids=ids, week=now - WEEK, rest=now - LONGEST_REST)
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
            began_at=Min("sent_at", filter=this_week),
            refused_at=Max("answered_at", filter=refused),
        )
        .values_list("helper_id", "waiting", "week", "began_at", "refused_at")
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
            if help_.created_at > week:
                helps.proposed_this_week += 1
                helps.week_began_at = min(help_.created_at, helps.week_began_at or help_.created_at)
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
