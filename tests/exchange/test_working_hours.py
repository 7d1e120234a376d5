from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.exchange.working_hours import (
    WorkingDay,
    after_working_time,
    easter_sunday,
    is_working_day,
    next_civil_hour,
    public_holidays,
)

PARIS = ZoneInfo("Europe/Paris")
DAY = WorkingDay()


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T10:00", 2, "2026-11-23T12:00"),  # a Monday, within the day
        ("2026-11-23T17:00", 2, "2026-11-24T10:00"),  # over night
        ("2026-11-27T17:00", 2, "2026-11-30T10:00"),  # over the week-end
        ("2026-11-28T12:00", 2, "2026-11-30T11:00"),  # begun on a Saturday
        ("2026-11-23T06:00", 1, "2026-11-23T10:00"),  # before opening
        ("2026-11-23T22:00", 1, "2026-11-24T10:00"),  # after closing
        ("2026-11-10T17:00", 2, "2026-11-12T10:00"),  # 11 November is a holiday
        ("2026-03-27T17:00", 2, "2026-03-30T10:00"),  # over the change to summer time
        ("2026-10-23T17:00", 2, "2026-10-26T10:00"),  # over the change to winter time
        ("2026-11-23T09:00", 9, "2026-11-23T18:00"),  # exactly one day
        ("2026-11-23T09:00", 18, "2026-11-24T18:00"),
    ],
)
def test_only_working_time_counts(start: str, hours: int, end: str) -> None:
    assert after_working_time(paris(start), timedelta(hours=hours), DAY) == paris(end)


def test_the_clock_is_the_hubs() -> None:
    reunion = WorkingDay(zone="Indian/Reunion")
    morning = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 9 h on the island, 6 h in Paris

    assert after_working_time(morning, timedelta(hours=1), reunion) == morning + timedelta(hours=1)
    assert after_working_time(morning, timedelta(hours=1), DAY) == paris("2026-11-23T10:00")


def test_known_easters_and_holidays() -> None:
    assert easter_sunday(2026) == date(2026, 4, 5)
    assert easter_sunday(2038) == date(2038, 4, 25)  # the latest possible
    assert len(public_holidays(2026)) == 11
    assert not is_working_day(date(2026, 5, 14))  # Ascension


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    hours=st.integers(0, 200),
)
def test_the_end_is_in_working_time_and_longer_spans_end_later(start: datetime, hours: int) -> None:
    begun = start.replace(tzinfo=UTC)

    end = after_working_time(begun, timedelta(hours=hours), DAY)
    later = after_working_time(begun, timedelta(hours=hours + 1), DAY)

    local = end.astimezone(PARIS)
    assert is_working_day(local.date())
    assert DAY.opens <= local.time() <= DAY.closes
    assert end >= begun
    assert later > end


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T22:30", "2026-11-24T08:00"),
        ("2026-11-23T03:00", "2026-11-23T08:00"),
    ],
)
def test_nobody_is_written_to_at_night(moment: str, sent: str) -> None:
    assert next_civil_hour(paris(moment), "Europe/Paris") == paris(sent)


def test_a_hub_may_keep_other_hours() -> None:
    late = WorkingDay(opens=time(12), closes=time(20))

    assert after_working_time(paris("2026-11-23T09:00"), timedelta(hours=8), late) == paris(
        "2026-11-23T20:00"
    )
