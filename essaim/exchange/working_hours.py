"""The clock that runs only while the hub is at work: hours of the day, working days, its time zone.

Pure: moments in, moments out. Moments are aware; results are in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class WorkingDay:
    """From when to when a hub works, on days that are neither week-end nor public holiday."""

    zone: str = "Europe/Paris"
    opens: time = time(9)
    closes: time = time(18)

    @property
    def length(self) -> timedelta:
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)


def after_working_time(start: datetime, span: timedelta, day: WorkingDay) -> datetime:
    """The moment at which `span` of working time has passed since `start`.

    Counted on the hub's wall clock, so that a change to summer time neither adds nor takes an hour.
    """
    zone = ZoneInfo(day.zone)
    now = _into_working_time(start.astimezone(zone).replace(tzinfo=None), day)
    while span > (left := datetime.combine(now.date(), day.closes) - now):
        span -= left
        now = _opening(now.date() + timedelta(days=1), day)
    return (now + span).replace(tzinfo=zone).astimezone(UTC)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays(day.year)


def _into_working_time(moment: datetime, day: WorkingDay) -> datetime:
    if not is_working_day(moment.date()) or moment.time() >= day.closes:
        return _opening(moment.date() + timedelta(days=1), day)
    return max(moment, datetime.combine(moment.date(), day.opens))


def _opening(first: date, day: WorkingDay) -> datetime:
    while not is_working_day(first):
        first += timedelta(days=1)
    return datetime.combine(first, day.opens)


@lru_cache(maxsize=32)
def public_holidays(year: int) -> frozenset[date]:
    """The eleven holidays of the whole of France (Code du travail, L3133-1)."""
    easter = easter_sunday(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
    return frozenset(
        [date(year, month, day) for month, day in fixed]
        + [easter + timedelta(days=days) for days in moving]
    )


def easter_sunday(year: int) -> date:
    """The rule of Meeus, Jones and Butcher (J. Meeus, Astronomical Algorithms, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def next_civil_hour(
    moment: datetime, zone: str, *, first: time = time(8), last: time = time(22)
) -> datetime:
    """`moment`, or the next morning if it falls in the quiet hours of the zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if first <= local.time() < last:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= last else local.date()
    return datetime.combine(day, first, ZoneInfo(zone)).astimezone(UTC)
