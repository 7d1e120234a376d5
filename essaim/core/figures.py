"""Figures with their evidence: each has a code, a name, a definition, and the records behind it.

    register(Figure("needs_open", _("Open needs"), _("Needs that…"), open_needs, describe_need))

A page shows `measure(figure, scope)` as a link to the list of `figure.records(scope)`; a page of
many figures asks `measure_all`, which adds them up in one query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, FloatField, QuerySet, Value
from django.db.models.functions import Cast, TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from essaim.core.prepared import Prepared

# What began later has not had its chance yet.
CHANCE = timedelta(days=14)


@dataclass(frozen=True)
class Scope:
    """Which hub (None: the network), from when to when (the end is not in it), seen by whom."""

    viewer: Any
    hub_id: UUID | None = None
    since: datetime = field(default_factory=lambda: timezone.now() - timedelta(days=30))
    until: datetime = field(default_factory=timezone.now)
    grown_at: datetime = field(default_factory=lambda: timezone.now() - CHANCE)


Records = Callable[[Scope], QuerySet[Any]]
COUNT = Count("*")


@dataclass(frozen=True)
class Line:
    """How one record is listed: a sentence, where it leads, when it happened."""

    sentence: str
    path: str
    at: datetime | None = None


def _signed_in(viewer: Any, hub_id: UUID | None) -> bool:
    return bool(viewer.is_authenticated)


@dataclass(frozen=True, eq=False)
class Figure:
    code: str
    name: str | Promise
    definition: str | Promise
    records: Records
    # How one record is listed.
    describe: Callable[[Any], Line]
    # How they make one value: an aggregate, or a function for what databases cannot add up.
    value: Aggregate | Callable[[QuerySet[Any]], float | None] = COUNT
    unit: str = "count"  # or "minutes", "hours", "percent"
    may_see: Callable[[Any, UUID | None], bool] = _signed_in
    # Whether the records are not the same for all who may see the figure.
    by_viewer: bool = False


FIGURES: dict[str, Figure] = {}


def register(figure: Figure) -> Figure:
    assert figure.code not in FIGURES, f"two figures are called {figure.code}"
    FIGURES[figure.code] = figure
    return figure


def measure(figure: Figure, scope: Scope) -> float | None:
    return measure_all([figure], scope)[0]


def measure_all(shown: Sequence[Figure], scope: Scope) -> list[float | None]:
    """Those that are aggregates in one query together, each of the others in one of its own."""
    values: dict[str, float | None] = {}
    together: list[Figure] = []
    for figure in shown:
        if not isinstance(figure.value, Aggregate):
            values[figure.code] = figure.value(figure.records(scope))
            continue
        # What is empty by its definition leaves no row in the answer.
        values[figure.code] = figure.value.empty_result_set_value
        if figure.by_viewer:
            values |= dict(_total(figure, figure.value, scope))
        else:
            together.append(figure)
    if together:
        values |= dict(_ask(_totals(tuple(together), scope.hub_id is not None), scope))
    return [values[figure.code] for figure in shown]


def weekly(records: Records, scope: Scope, moment: str, total: Aggregate) -> dict[date, float]:
    """By the Monday of each week: the total of the records whose `moment` is in it.

    The records may not depend on the viewer. `total` is made once in a process.
    """
    zone = timezone.get_current_timezone_name()
    found = _ask(_weeks(records, moment, total, scope.hub_id is not None, zone), scope)
    return {timezone.localdate(week): value for week, value in found}


def _ask(prepared: Prepared, scope: Scope) -> list[tuple[Any, ...]]:
    hub = {"hub_id": scope.hub_id} if scope.hub_id else {}
    return prepared(since=scope.since, until=scope.until, grown_at=scope.grown_at, **hub)


def _prepared(build: Callable[[Scope], QuerySet[Any, Any]], *, of_hub: bool) -> Prepared:
    kinds: dict[str, type] = {"since": datetime, "until": datetime, "grown_at": datetime}
    if of_hub:
        kinds["hub_id"] = UUID
    # Records that look at this viewer fail at once, rather than show one what is another's.
    return Prepared(lambda **given: build(Scope(viewer=object(), **given)), **kinds)


@lru_cache(maxsize=64)
def _totals(shown: tuple[Figure, ...], of_hub: bool) -> Prepared:
    """To write this query takes longer than to answer it."""

    def build(scope: Scope) -> QuerySet[Any, Any]:
        totals = [_total(f, f.value, scope) for f in shown if isinstance(f.value, Aggregate)]
        return totals[0].union(*totals[1:], all=True)

    return _prepared(build, of_hub=of_hub)


def _total(figure: Figure, value: Aggregate, scope: Scope) -> QuerySet[Any, Any]:
    """One row, of the code and the value."""
    rows = figure.records(scope).order_by().annotate(code=Value(figure.code)).values("code")
    total: QuerySet[Any, Any] = rows.annotate(total=Cast(value, FloatField()))
    return total.values_list("code", "total")


@lru_cache(maxsize=64)
def _weeks(records: Records, moment: str, total: Aggregate, of_hub: bool, zone: str) -> Prepared:
    def build(scope: Scope) -> QuerySet[Any, Any]:
        week = TruncWeek(moment, tzinfo=ZoneInfo(zone))
        rows = records(scope).order_by().annotate(week=week).values("week")
        counted: QuerySet[Any, Any] = rows.annotate(total=total)
        return counted.values_list("week", "total")

    return _prepared(build, of_hub=of_hub)


def path_of(figure: Figure, scope: Scope) -> str:
    """The page of the records behind the figure, for the same hub and period."""
    last_day = timezone.localdate(scope.until - timedelta(seconds=1))
    query = {"from": timezone.localdate(scope.since).isoformat(), "to": last_day.isoformat()}
    if scope.hub_id:
        query["hub"] = str(scope.hub_id)
    return f"{reverse('core:figure', args=[figure.code])}?{urlencode(query)}"
