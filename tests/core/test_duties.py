from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from essaim.core import duties
from essaim.core.models import Duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    runs: list[datetime] = []
    planned = duties.Planned(timedelta(hours=1), runs.append, "Count")
    monkeypatch.setattr(duties, "DUTIES", {"tests.count": planned})
    return runs


def test_a_duty_runs_when_due_and_not_again_before(runs: list[datetime]) -> None:
    assert duties.run_due() == 1
    assert duties.run_due() == 0
    assert len(runs) == 1


def test_after_a_day_asleep_a_duty_runs_once(runs: list[datetime]) -> None:
    duties.run_due()
    Duty.objects.update(due_at=timezone.now() - timedelta(days=1))

    duties.run_due()
    duties.run_due()

    assert len(runs) == 2


def test_of_two_workers_one_takes_the_duty(runs: list[datetime]) -> None:
    now = timezone.now()
    duties._plan_new_ones(now)
    seen_by_both = duties._due(now).get()

    assert [duties._run(seen_by_both, now), duties._run(seen_by_both, now)] == [1, 0]
    assert len(runs) == 1


def test_a_duty_that_fails_is_noted_and_does_not_stop_the_others(
    runs: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(now: datetime) -> None:
        raise ValueError("no")

    monkeypatch.setitem(
        duties.DUTIES, "tests.broken", duties.Planned(timedelta(hours=1), broken, "Break")
    )

    assert duties.run_due() == 2
    assert Duty.objects.get(name="tests.broken").last_error == "ValueError: no"
    assert len(runs) == 1


def test_how_many_things_a_duty_did_is_noted_until_its_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = iter([3, None])
    planned = duties.Planned(timedelta(hours=1), lambda now: next(counts), "Count")
    monkeypatch.setattr(duties, "DUTIES", {"tests.count": planned})
    noted = []

    for _ in range(2):
        Duty.objects.update(due_at=timezone.now())
        duties.run_due()
        noted.append(Duty.objects.get().last_count)

    assert noted == [3, None]
