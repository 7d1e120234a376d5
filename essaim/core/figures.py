"""Figures with their evidence: each has a code, a name, a definition, and the records behind it.

    register(Figure("needs_open", _("Open needs"), _("Needs that…"), open_needs, describe_need))

A page shows `measure(figure, scope)` as a link to the list of `figure.records(scope)`; a page of
many figures asks `measure_all`, which adds them up in one query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, FloatField, QuerySet, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise

from essaim.core.prepared import Prepared
from essaim.core.scopes import KINDS, Scope

__all__ = [
    "COUNT",
    "FIGURES",
    "Counted",
    "Figure",
    "Line",
    "Scope",
    "count_all",
    "measure",
    "measure_all",
    "path_of",
    "register",
]

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
    # How they make one value: an expression, or a function for what databases cannot add up.
    value: BaseExpression | Callable[[QuerySet[Any]], float | None] = COUNT
    unit: str = "count"  # or "minutes", "hours", "percent", "decimal"
    may_see: Callable[[Any, UUID | None], bool] = _signed_in
    # Whether the records are not the same for all who may see the figure.
    by_viewer: bool = False
    # Days that it looks back from the end of a week; 0: the week itself.
    window: int = 0
    # Whether its value is the share of its records that have something.
    is_share: bool = False
    # Beyond which hosts are told.
    limit: float | None = None
    # Tells nothing of anybody: whoever lives in the hive may read its value, without its records.
    shared: bool = False


FIGURES: dict[str, Figure] = {}


def register(figure: Figure) -> Figure:
    assert figure.code not in FIGURES, f"two figures are called {figure.code}"
    FIGURES[figure.code] = figure
    return figure


def measure(figure: Figure, scope: Scope) -> float | None:
    return measure_all([figure], scope)[0]


def measure_all(shown: Sequence[Figure], scope: Scope) -> list[float | None]:
    """Those that are expressions in one query together, each of the others in one of its own."""
    written = [figure for figure in shown if isinstance(figure.value, BaseExpression)]
    found = count_all(written, scope)
    return [
        found[figure.code].value
        if isinstance(figure.value, BaseExpression)
        else figure.value(figure.records(scope))
        for figure in shown
    ]


@dataclass(frozen=True)
class Counted:
    """A value, and how many records make it."""

    value: float | None
    n: int = 0


def count_all(shown: Sequence[Figure], scope: Scope) -> dict[str, Counted]:
    """By code; only figures whose value is an expression."""
    found = {figure.code: Counted(_of_nothing(figure)) for figure in shown}
    together = tuple(figure for figure in shown if not figure.by_viewer)
    rows = [row for figure in shown if figure.by_viewer for row in _total(figure, scope)]
    if together:
        asked = _totals(together, bool(scope.hub_id), bool(scope.other_id))
        rows += asked(**scope.given())
    return found | {code: Counted(total, n) for code, total, n in rows}


def _of_nothing(figure: Figure) -> float | None:
    """What is empty leaves no row in the answer."""
    empty = getattr(figure.value, "empty_result_set_value", None)
    return None if empty is NotImplemented else empty


@lru_cache(maxsize=64)
def _totals(shown: tuple[Figure, ...], of_hub: bool, with_other: bool) -> Prepared:
    """To write this query takes longer than to answer it."""

    def build(**given: Any) -> QuerySet[Any, Any]:
        # Records that look at this viewer fail at once, rather than show one what is another's.
        scope = Scope(viewer=object(), **given)
        each = [_total(figure, scope) for figure in shown]
        return each[0].union(*each[1:], all=True)

    more = {"hub_id": of_hub, "other_id": with_other}
    return Prepared(build, **KINDS, **{name: UUID for name, is_given in more.items() if is_given})


def _total(figure: Figure, scope: Scope) -> QuerySet[Any, Any]:
    """One row, none without a record: the code, the value, how many records."""
    rows = figure.records(scope).order_by().annotate(code=Value(figure.code)).values("code")
    assert isinstance(figure.value, BaseExpression), f"{figure.code} is not added up by databases"
    value = Cast(figure.value, FloatField())  # type: ignore[arg-type]
    total: QuerySet[Any, Any] = rows.annotate(total=value, n=COUNT)
    return total.values_list("code", "total", "n")


def path_of(figure: Figure, scope: Scope) -> str:
    """The page of the records behind the figure, for the same hub and period."""
    query = {"from": scope.first_day.isoformat(), "to": scope.last_day.isoformat()}
    if scope.hub_id:
        query["hub"] = str(scope.hub_id)
    if scope.other_id:
        query["with"] = str(scope.other_id)
    return f"{reverse('core:figure', args=[figure.code])}?{urlencode(query)}"
