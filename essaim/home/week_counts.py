"""Counting the weeks that pages show: what is due, the latest weeks first, a little at a time.

A week is counted again each night while answers, promises and corrections may still come in; any
week is, when help of its hive was taken back since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from essaim.core.figures import Counted, Figure, count_all
from essaim.core.scopes import localday
from essaim.exchange.figures.community import QUESTIONS
from essaim.exchange.models import Transfer, TransferKind
from essaim.home.models import FigureWeek
from essaim.home.weeks import WEEK, Owner, mondays, scope_of
from essaim.hubs.models import Hub

FIGURES: tuple[Figure, ...] = tuple(f for question in QUESTIONS for f in question.figures)
KEPT = 53
"""Weeks: a year, and the week that the last one is compared with."""
MOVING = 13
AGAIN = timedelta(hours=20)


@dataclass(frozen=True)
class Week:
    """One week of a hive or of the network."""

    owner: Owner
    monday: date
    zone: str


@dataclass(frozen=True)
class Known:
    at: datetime
    figures: int


def count_due(now: datetime, *, for_seconds: float) -> int:
    """Tells how many weeks; what is left waits for the next time. One at least."""
    end, count = monotonic() + for_seconds, 0
    for week in due_weeks(now):
        count_week(week, now)
        count += 1
        if monotonic() > end:
            break
    return count


def due_weeks(now: datetime) -> list[Week]:
    known, moved = _known(), _taken_back()
    due = [
        week
        for week in _all_weeks(now)
        if _is_due(week, known.get((week.owner, week.monday)), moved.get(week.owner), now)
    ]
    return sorted(due, key=lambda week: week.monday, reverse=True)


def _all_weeks(now: datetime) -> Iterator[Week]:
    """Of open hives since they are, and of the network since the first."""
    hubs = list(Hub.objects.open().order_by("opened_on", "pk"))
    owners: list[tuple[Owner, str, date]] = [(h.pk, h.time_zone, h.opened_on) for h in hubs]
    if hubs:
        server = timezone.get_default_timezone_name()
        owners.insert(0, (None, server, hubs[0].opened_on))
    for owner, zone, opened_on in owners:
        for monday in mondays(localday(now, zone), KEPT):
            if monday + WEEK > opened_on:
                yield Week(owner, monday, zone)


def _is_due(week: Week, known: Known | None, moved: datetime | None, now: datetime) -> bool:
    if known is None or known.figures < len(FIGURES):
        return True
    if moved is not None and moved > known.at:
        return True
    recent = week.monday >= localday(now, week.zone) - (MOVING + 1) * WEEK
    return recent and known.at < now - AGAIN


def _known() -> dict[tuple[Owner, date], Known]:
    rows = FigureWeek.objects.values("hub", "monday").order_by()
    counted = rows.annotate(at=Min("counted_at"), figures=Count("code"))
    found = counted.values_list("hub", "monday", "at", "figures")
    return {(hub, monday): Known(at, figures) for hub, monday, at, figures in found}


def _taken_back() -> dict[Owner, datetime]:
    """When help of each hive was last reversed or corrected, whichever side it was on."""
    last: dict[Owner, datetime] = {}
    reversals = Transfer.objects.filter(kind=TransferKind.REVERSAL).order_by()
    for side in ("hub_from", "hub_to"):
        rows = reversals.values(side).annotate(at=Max("created_at")).values_list(side, "at")
        for hub, at in rows:
            for owner in (hub, None):
                last[owner] = max(at, last.get(owner, at))
    return last


@transaction.atomic
def count_week(week: Week, now: datetime) -> None:
    """What was counted before of the same week gives way."""
    kept = FigureWeek.objects.filter(hub=week.owner, monday=week.monday)
    rows = [
        FigureWeek(hub_id=week.owner, monday=week.monday, code=code, counted_at=now, **said)
        for code, said in _counted(week)
    ]
    kept.delete()
    FigureWeek.objects.bulk_create(rows)


def _counted(week: Week) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that look back as far are asked together."""
    together = sorted(FIGURES, key=lambda figure: figure.window)
    for _window, group in groupby(together, key=lambda figure: figure.window):
        shown = list(group)
        scope = scope_of(shown[0], week.owner, week.monday, viewer=None, zone=week.zone)
        found: dict[str, Counted] = count_all(shown, scope)
        for code, counted in found.items():
            yield code, {"value": counted.value, "n": counted.n}


def forget_old_weeks(now: datetime) -> int:
    """Nobody looks at them any more."""
    oldest = mondays(localday(now), KEPT + 1)[0]
    gone, _each = FigureWeek.objects.filter(monday__lt=oldest).delete()
    return gone
