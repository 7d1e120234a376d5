"""Three moments to meet, on three working days of the hive, at three hours of the day. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from essaim.exchange.working_hours import WorkingDay, is_working_day

# Time to read the message before the first of them.
NOTICE_DAYS = 2
HOURS = (time(12, 30), time(9, 30), time(16, 30))
LENGTH = timedelta(minutes=30)
COUNT = 3


def three_moments(after: datetime, day: WorkingDay) -> list[datetime]:
    """From two days after `after` on; in UTC, aware, each on a day of its own."""
    zone = ZoneInfo(day.zone)
    first = after.astimezone(zone).date() + timedelta(days=NOTICE_DAYS)
    days = _working_days(first)
    return [
        datetime.combine(next(days), _within(hour, day), zone).astimezone(UTC) for hour in HOURS
    ]


def _working_days(first: date) -> Iterator[date]:
    while True:
        if is_working_day(first):
            yield first
        first += timedelta(days=1)


def _within(hour: time, day: WorkingDay) -> time:
    """The hour when the hive is open then, else its opening."""
    ends = (datetime.combine(date.min, hour) + LENGTH).time()
    return hour if day.opens <= hour and ends <= day.closes else day.opens
