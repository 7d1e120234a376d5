"""Figures with their evidence: each has a code, a name, a definition, and the records behind it.

    register(Figure("needs_open", _("Open needs"), _("Needs that…"), open_needs, describe_need))

A page shows `measure(figure, scope)` as a link to the list of `figure.records(scope)`; a page of
many figures asks `measure_all`, which adds them up in one query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Aggregate, Count, FloatField, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise


@dataclass(frozen=True)
class Scope:
    """Which hub (None: the network), from when to when (the end is not in it), seen by whom."""

    viewer: Any
    hub_id: UUID | None = None
    since: datetime = field(default_factory=lambda: timezone.now() - timedelta(days=30))
    until: datetime = field(default_factory=timezone.now)


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


@dataclass(frozen=True)
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
    totals: list[QuerySet[Any, Any]] = []
    for figure in shown:
        value, records = figure.value, figure.records(scope)
        if isinstance(value, Aggregate):
            # What is empty by its definition leaves no row in the answer.
            values[figure.code] = value.empty_result_set_value
            totals.append(_total(figure.code, value, records))
        else:
            values[figure.code] = value(records)
    if totals:
        values |= dict(totals[0].union(*totals[1:], all=True))
    return [values[figure.code] for figure in shown]


def _total(code: str, value: Aggregate, records: QuerySet[Any]) -> QuerySet[Any, Any]:
    """One row, of the code and the value."""
    rows = records.order_by().annotate(code=Value(code)).values("code")
    total: QuerySet[Any, Any] = rows.annotate(total=Cast(value, FloatField()))
    return total.values_list("code", "total")


def path_of(figure: Figure, scope: Scope) -> str:
    """The page of the records behind the figure, for the same hub and period."""
    last_day = timezone.localdate(scope.until - timedelta(seconds=1))
    query = {"from": timezone.localdate(scope.since).isoformat(), "to": last_day.isoformat()}
    if scope.hub_id:
        query["hub"] = str(scope.hub_id)
    return f"{reverse('core:figure', args=[figure.code])}?{urlencode(query)}"
