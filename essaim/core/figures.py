"""Figures with their evidence: each has a code, a name, a definition, and the records behind it.

    register(Figure("needs_open", _("Open needs"), _("Needs that wait for…"), records=open_needs))

A page shows `measure(figure, scope)` as a link to the list of `figure.records(scope)`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
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


def count(records: QuerySet[Any]) -> float:
    return records.count()


@dataclass(frozen=True)
class Figure:
    code: str
    name: str | Promise
    definition: str | Promise
    records: Records
    value: Callable[[QuerySet[Any]], float | None] = count
    unit: str = "count"  # or "minutes", "hours", "percent"
    describe: Callable[[Any], "Line"] | None = None
    may_see: Callable[[Any, UUID | None], bool] = lambda viewer, hub_id: bool(
        viewer.is_authenticated
    )


@dataclass(frozen=True)
class Line:
    """How one record is listed: a sentence, where it leads, when it happened."""

    sentence: str
    path: str
    at: datetime | None = None


FIGURES: dict[str, Figure] = {}


def register(figure: Figure) -> Figure:
    assert figure.code not in FIGURES, f"two figures are called {figure.code}"
    FIGURES[figure.code] = figure
    return figure


def measure(figure: Figure, scope: Scope) -> float | None:
    return figure.value(figure.records(scope))
