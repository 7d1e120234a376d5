"""The concentration alarm of a hive: who carries too much of the help, for its hosts alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from essaim.core.figures import path_of
from essaim.core.inequality import TOP
from essaim.core.prepared import Prepared
from essaim.core.scopes import KINDS, Scope, localday, scope_of_days
from essaim.exchange.concentration import Concentration, concentration, heaviest
from essaim.exchange.figures import sharing
from essaim.exchange.figures.members import members
from essaim.exchange.figures.seeing import period
from essaim.exchange.figures.ties import counted_help
from essaim.exchange.models import Pause
from essaim.people.models import PersonState

NAMED = 8


@dataclass(frozen=True)
class Carrier:
    person_id: UUID
    name: str
    gave: int


@dataclass(frozen=True)
class Alarm:
    """`carriers` are those to be offered a rest: nobody when the alarm is silent, nor who rests."""

    found: Concentration
    minutes: int
    path: str
    carriers: tuple[Carrier, ...] = ()

    @property
    def share(self) -> int:
        """What those named gave, in percent of all."""
        named = sum(carrier.gave for carrier in self.carriers)
        return round(100 * named / (self.minutes or 1))


def alarm_of(viewer: Any, hub_id: UUID, zone: str) -> Alarm | None:
    """Of the twelve weeks until yesterday; None when nobody gave anything."""
    scope = _scope(viewer, hub_id, zone)
    rows = _carriers(**scope.given(), today=localday(timezone.now(), zone))
    given = [gave for *_person, gave, _rests in rows]
    if not any(given):
        return None
    helps = [minutes for (minutes,) in _helps(**scope.given())]
    found = concentration(given, helps)
    named = rows[: min(NAMED, heaviest(len(rows)))] if found.rings else []
    carriers = tuple(
        Carrier(pk, f"{first} {last}".strip(), gave)
        for pk, first, last, state, gave, rests in named
        if state == PersonState.ACTIVE and not rests
    )
    figure = sharing.TOP if len(rows) >= TOP else sharing.GINI
    return Alarm(found, sum(given), path_of(figure, scope), carriers)


def _scope(viewer: Any, hub_id: UUID, zone: str) -> Scope:
    yesterday = localday(timezone.now(), zone) - timedelta(days=1)
    first = yesterday - timedelta(days=sharing.WINDOW - 1)
    return scope_of_days(viewer, hub_id, first, yesterday, zone=zone)


def _carriers_query(today: date, **given: Any) -> QuerySet[Any, Any]:
    rests = Pause.objects.on(today).filter(person=OuterRef("pk"))
    people: QuerySet[Any, Any] = sharing.carriers(Scope(viewer=None, **given))
    told: QuerySet[Any, Any] = people.annotate(rests=Exists(rests))
    return told.values_list("pk", "given_name", "family_name", "state", "gave", "rests")


def _helps_query(**given: Any) -> QuerySet[Any, Any]:
    """What the people above gave, help by help."""
    scope = Scope(viewer=None, **given)
    helps = counted_help().filter(period("confirmed_at", scope))
    return helps.filter(giver__in=members(scope).order_by().values("pk")).values_list("minutes")


_carriers = Prepared(_carriers_query, **KINDS, hub_id=UUID, today=date)
_helps = Prepared(_helps_query, **KINDS, hub_id=UUID)
