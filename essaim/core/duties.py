"""Tasks that come back: sweeps, digests, clean-ups. Each is taken by one worker when it is due.

A duty looks at what is due *now* and does it: a worker that slept for a day catches up.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Duty, OutboxRow

logger = logging.getLogger(__name__)

# Tells how many things it did, when someone may want to know.
Task = Callable[[datetime], int | None]


@dataclass(frozen=True)
class Planned:
    every: timedelta
    task: Task
    # What it is for, as whoever runs the machine reads it.
    words: str | Promise


DUTIES: dict[str, Planned] = {}
# Every duty comes back more often than that, or nobody works.
ASLEEP = timedelta(minutes=10)


def duty(*, every: timedelta, words: str | Promise) -> Callable[[Task], Task]:
    def register(task: Task) -> Task:
        name = f"{task.__module__}.{task.__name__}"
        assert name not in DUTIES, f"two duties are called {name}"
        DUTIES[name] = Planned(every, task, words)
        return task

    return register


def run_due() -> int:
    """Runs every duty that is due; tells how many."""
    now = timezone.now()
    _plan_new_ones(now)
    return sum(_run(row, now) for row in _due(now))


def last_run_at() -> datetime | None:
    """None when no worker ever ran."""
    found = Duty.objects.filter(name__in=DUTIES).aggregate(at=Max("last_run_at"))
    at: datetime | None = found["at"]
    return at


def _plan_new_ones(now: datetime) -> None:
    known = set(Duty.objects.values_list("name", flat=True))
    new = [Duty(name=name, due_at=now) for name in DUTIES if name not in known]
    Duty.objects.bulk_create(new, ignore_conflicts=True)


def _due(now: datetime) -> QuerySet[Duty]:
    return Duty.objects.filter(name__in=DUTIES, due_at__lte=now).order_by("due_at")


def _run(row: Duty, now: datetime) -> int:
    planned = DUTIES[row.name]
    # Whoever moves the date first has taken the duty.
    mine = Duty.objects.filter(name=row.name, due_at=row.due_at)
    if not mine.update(due_at=now + planned.every):
        return 0
    error, count = "", None
    try:
        count = planned.task(now)
    except Exception as failure:
        logger.exception("duty %s failed", row.name)
        error = f"{type(failure).__name__}: {failure}"[:2000]
    Duty.objects.filter(name=row.name).update(last_run_at=now, last_error=error, last_count=count)
    return 1


@duty(every=timedelta(days=1), words=_("Forget the letters that left a month ago"))
def forget_done_errands(now: datetime) -> None:
    OutboxRow.objects.filter(done_at__lt=now - timedelta(days=30)).delete()
