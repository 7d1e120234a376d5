"""What the ledger says: given, received, people met, hive by hive; never a debt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from essaim.exchange.models import Transfer
from essaim.people.models import Person


@dataclass(frozen=True)
class BrainTime:
    given: int = 0
    received: int = 0
    people_met: int = 0


def brain_time_of(person: Person) -> BrainTime:
    return brain_times_of([person.pk])[person.pk]


def brain_times_of(person_ids: Iterable[UUID]) -> dict[UUID, BrainTime]:
    """In three queries for any number of people."""
    ids = list(person_ids)
    given = _minutes("payee__person_id", ids)
    received = _minutes("payer__person_id", ids)
    met = _people_met(ids)
    return {
        pk: BrainTime(given.get(pk, 0), received.get(pk, 0), len(met.get(pk, ()))) for pk in ids
    }


def _minutes(side: str, ids: list[UUID]) -> dict[UUID, int]:
    rows = Transfer.objects.helping().filter(**{f"{side}__in": ids}).order_by().values(side)
    return dict(rows.annotate(total=Sum("minutes")).values_list(side, "total"))


def _people_met(ids: list[UUID]) -> dict[UUID, set[UUID]]:
    pairs = (
        Transfer.objects.helping()
        .filter(Q(payer__person_id__in=ids) | Q(payee__person_id__in=ids))
        .order_by()
        .values_list("payer__person_id", "payee__person_id")
        .distinct()
    )
    met: dict[UUID, set[UUID]] = {}
    for payer, payee in pairs:
        met.setdefault(payer, set()).add(payee)
        met.setdefault(payee, set()).add(payer)
    return met


@dataclass(frozen=True)
class Flow:
    """Help given by people of one hive to people of another, or of the same."""

    giving_hub_id: UUID
    receiving_hub_id: UUID
    minutes: int
    transfers: int


def flows(*, since: datetime | None = None, until: datetime | None = None) -> list[Flow]:
    rows: Any = Transfer.objects.helping().order_by()
    if since:
        rows = rows.filter(created_at__gte=since)
    if until:
        rows = rows.filter(created_at__lt=until)
    sums = rows.values("hub_to_id", "hub_from_id").annotate(
        minutes=Sum("minutes"), transfers=Count("pk")
    )
    return [
        Flow(*row) for row in sums.values_list("hub_to_id", "hub_from_id", "minutes", "transfers")
    ]
