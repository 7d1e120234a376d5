"""Of which hive, from when to when, a figure is asked: days by the clock of the hive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

# What began later has not had its chance yet.
CHANCE = timedelta(days=14)
RIPE = timedelta(hours=48)
MONTH = timedelta(days=30)

Clock = Callable[[UUID], str]
_clocks: list[Clock] = []


def keep_clock(clock: Clock) -> Clock:
    """Says the time zone of a hive, by its id; of an unknown one nothing."""
    _clocks.append(clock)
    return clock


def zone_of(hub_id: UUID | None) -> str:
    """Of the hive; of the network the server's."""
    found = [zone for clock in _clocks if hub_id and (zone := clock(hub_id))]
    return found[0] if found else timezone.get_default_timezone_name()


def midnight(day: date, zone: str = "") -> datetime:
    moment = datetime.combine(day, time.min)
    return timezone.make_aware(moment, ZoneInfo(zone) if zone else None)


def localday(moment: datetime, zone: str = "") -> date:
    return timezone.localdate(moment, ZoneInfo(zone) if zone else None)


_UNSAID = date.min
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Scope:
    """Which hub (None: the network), from when to when (the end is not in it), seen by whom.

    What follows from these is said here and not where records are looked for: a query that was
    written once (`essaim.core.prepared`) is given every moment and day that it compares with.
    """

    viewer: Any
    hub_id: UUID | None = None
    since: datetime = field(default_factory=lambda: timezone.now() - MONTH)
    until: datetime = field(default_factory=timezone.now)
    grown_at: datetime = field(default_factory=lambda: timezone.now() - CHANCE)
    # Needs told before have had two days.
    ripe_at: datetime = field(default_factory=lambda: timezone.now() - RIPE)
    # The month before the end of the period.
    recent_at: datetime = _NEVER
    first_day: date = _UNSAID
    last_day: date = _UNSAID
    # Who came until then has been here for thirty days.
    settled_on: date = _UNSAID
    # Between two hives: the other one.
    other_id: UUID | None = None
    zone: str = ""

    def __post_init__(self) -> None:
        last = localday(self.until - timedelta(microseconds=1), self.zone)
        defaults: dict[str, Any] = {
            "first_day": localday(self.since, self.zone),
            "last_day": last,
            "settled_on": timezone.localdate() - MONTH,
            "recent_at": self.until - MONTH,
        }
        for name, value in defaults.items():
            if getattr(self, name) in (_UNSAID, _NEVER):
                object.__setattr__(self, name, value)

    def given(self) -> dict[str, Any]:
        """By name, what a written query is given."""
        ids = {"hub_id": self.hub_id, "other_id": self.other_id}
        return {name: getattr(self, name) for name in KINDS} | {
            name: pk for name, pk in ids.items() if pk
        }


# Days of a moment, and moments, that records may be compared with.
KINDS: dict[str, type] = {
    "since": datetime,
    "until": datetime,
    "grown_at": datetime,
    "ripe_at": datetime,
    "recent_at": datetime,
    "first_day": date,
    "last_day": date,
    "settled_on": date,
}


def scope_of_days(
    viewer: Any, hub_id: UUID | None, first: date, last: date, *, zone: str = "", **more: Any
) -> Scope:
    """Whole days by the clock of the hive, both in the period: of 23 or 25 hours when it moves."""
    after = last + timedelta(days=1)
    return Scope(
        viewer,
        hub_id,
        midnight(first, zone),
        midnight(after, zone),
        first_day=first,
        last_day=last,
        recent_at=midnight(after - MONTH, zone),
        zone=zone,
        **more,
    )
