"""Figures week by week: weeks that are over, counted at night and kept (decision 0024).

A week is from Monday to Sunday by the clock of its hive. Each point leads to the list of what it
counts, as that list is now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from essaim.core.figures import Figure, path_of
from essaim.core.scopes import Scope, localday, scope_of_days, zone_of
from essaim.home.models import FigureWeek
from essaim.hubs.models import Hub

WEEK = timedelta(days=7)
# A hive, or the whole network.
Owner = UUID | None


@dataclass(frozen=True)
class Point:
    """`n`: how many records make the value; 0 when there was nothing to count."""

    monday: date
    value: float | None
    n: int
    path: str


@dataclass(frozen=True)
class Weeks:
    """Of a hive or of the network: by figure its points, the oldest first; counted since when."""

    points: Mapping[str, Sequence[Point]]
    counted_at: datetime | None


def weeks_of(shown: Sequence[Figure], hub: Hub | None, count: int, *, viewer: Any) -> Weeks:
    owner, zone = (hub.pk, hub.time_zone) if hub else (None, zone_of(None))
    since = mondays(localday(timezone.now(), zone), count)[0]
    figures = {figure.code: figure for figure in shown}
    rows = FigureWeek.objects.filter(hub=owner, monday__gte=since, code__in=figures)
    points: dict[str, list[Point]] = {code: [] for code in figures}
    moments = []
    for row in rows.order_by("monday"):
        figure = figures[row.code]
        path = path_of(figure, scope_of(figure, owner, row.monday, viewer=viewer, zone=zone))
        points[row.code].append(Point(row.monday, row.value, row.n, path))
        moments.append(row.counted_at)
    return Weeks(points, min(moments, default=None))


def mondays(today: date, count: int) -> list[date]:
    """Of the last weeks that are over, the oldest first."""
    this_week = today - timedelta(days=today.weekday())
    return [this_week - back * WEEK for back in range(count, 0, -1)]


def scope_of(figure: Figure, owner: Owner, monday: date, *, viewer: Any, zone: str) -> Scope:
    """The week itself, or as many days before its end as the figure looks back."""
    sunday = monday + WEEK - timedelta(days=1)
    first = sunday - timedelta(days=figure.window - 1) if figure.window else monday
    return scope_of_days(viewer, owner, first, sunday, zone=zone)
