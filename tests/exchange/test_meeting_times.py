from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.exchange.meeting_times import three_moments
from essaim.exchange.working_hours import WorkingDay, is_working_day

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(PARIS))


@given(after=MOMENTS)
def test_three_moments_are_on_three_working_days_within_its_hours(after: datetime) -> None:
    found = [moment.astimezone(PARIS) for moment in three_moments(after, WorkingDay())]

    assert len({moment.date() for moment in found}) == 3
    assert found == sorted(found)
    assert all(is_working_day(moment.date()) for moment in found)
    assert all(time(9) <= moment.time() <= time(17, 30) for moment in found)
    assert (found[0].date() - after.date()).days >= 2


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        (time(9), time(18), [(12, 30), (9, 30), (16, 30)]),
        (time(14), time(17), [(14, 0), (14, 0), (16, 30)]),
    ],
)
def test_a_hive_that_is_closed_at_that_hour_meets_when_it_opens(
    opens: time, closes: time, hours: list[tuple[int, int]]
) -> None:
    monday = datetime(2027, 3, 8, 10, tzinfo=PARIS)

    found = three_moments(monday, WorkingDay(opens=opens, closes=closes))

    assert [(m.astimezone(PARIS).hour, m.astimezone(PARIS).minute) for m in found] == hours


def test_the_clock_that_changes_on_sunday_keeps_the_hour_of_the_hive() -> None:
    friday = datetime(2027, 3, 26, 10, tzinfo=PARIS)

    found = three_moments(friday, WorkingDay())

    assert found[0].astimezone(PARIS).hour == 12
