"""What the ledger says: given, received, people met, hive by hive; never a debt."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from essaim.exchange.models import Account, Transfer
from essaim.people.models import Person

# From there on a giver is offered to give to all, rather than to one more person.
MUCH = 20 * 60


@dataclass(frozen=True)
class BrainTime:
    given: int = 0
    received: int = 0
    people_met: int = 0


def brain_time_of(person: Person, accounts: Collection[UUID] | None = None) -> BrainTime:
    """`accounts`: of the person, for who has read them already."""
    found = accounts_of([person.pk]) if accounts is None else accounts
    return _added_up([person.pk], _pairs(found))[person.pk]


def accounts_of(person_ids: Collection[UUID]) -> list[UUID]:
    rows = Account.objects.filter(person__in=person_ids)
    return list(rows.values_list("pk", flat=True))


def spare_of(person: Person, time: BrainTime) -> int:
    """Minutes that whoever gave much more than they received may put into the pot; mostly none."""
    if time.given - time.received <= MUCH:
        return 0
    accounts = Account.objects.filter(person=person, closed_at=None).with_balance()
    balances: list[int] = list(accounts.values_list("balance", flat=True))
    return max([0, *balances])


def brain_times_of(person_ids: Iterable[UUID]) -> dict[UUID, BrainTime]:
    """In two queries for any number of people."""
    ids = list(person_ids)
    return _added_up(ids, _pairs(accounts_of(ids)))


Pair = tuple[UUID, UUID, int]


def _added_up(ids: list[UUID], pairs: Iterable[Pair]) -> dict[UUID, BrainTime]:
    given, received = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    met: dict[UUID, set[UUID]] = {pk: set() for pk in ids}
    for payer, payee, minutes in pairs:
        if payer in met:
            received[payer] += minutes
            met[payer].add(payee)
        if payee in met:
            given[payee] += minutes
            met[payee].add(payer)
    return {pk: BrainTime(given[pk], received[pk], len(met[pk])) for pk in ids}


def _pairs(accounts: Collection[UUID]) -> list[Pair]:
    """Who received from whom, how much in all. By account: each has its index, a join has none."""
    return list(
        Transfer.objects.helping()
        .through(accounts)
        .order_by()
        .values("payer__person_id", "payee__person_id")
        .annotate(total=Sum("minutes"))
        .values_list("payer__person_id", "payee__person_id", "total")
    )


@dataclass(frozen=True)
class Flow:
    """Help given by people of one hive to people of another, or of the same."""

    giving_hub_id: UUID
    receiving_hub_id: UUID
    minutes: int
    transfers: int


def flows(
    *, since: datetime | None = None, until: datetime | None = None, hub: UUID | None = None
) -> list[Flow]:
    """Of one hive: what it gave and what it received."""
    rows: Any = Transfer.objects.helping().order_by()
    if hub:
        rows = rows.filter(Q(hub_to=hub) | Q(hub_from=hub))
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
