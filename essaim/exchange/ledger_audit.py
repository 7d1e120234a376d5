"""The nightly look at the ledger: what the database cannot forbid row by row, and the replay."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, Q, Sum

from essaim.exchange import ledger_queries
from essaim.exchange.models import Account, HelpExchange, HelpState, Transfer, TransferKind

HELPING = (TransferKind.HELP, TransferKind.CORRECTION)


def findings() -> list[str]:
    """One line per breach, beginning with the name of the invariant; empty when all is well."""
    return [*_sums(), *_hubs(), *_closed(), *_exchanges(), *_replay()]


def _sums() -> Iterator[str]:
    total = sum(Account.objects.with_balance().values_list("balance", flat=True))
    if total:
        yield f"L3: the balances of all accounts sum to {total} minutes, not to zero"


def _hubs() -> Iterator[str]:
    same_from = Q(hub_from=F("payer__hub")) | Q(hub_from__isnull=True, payer__hub__isnull=True)
    same_to = Q(hub_to=F("payee__hub")) | Q(hub_to__isnull=True, payee__hub__isnull=True)
    for pk in Transfer.objects.exclude(same_from & same_to).values_list("pk", flat=True):
        yield f"L9: transfer {pk} does not carry the hives of its accounts"
    nets: Counter[UUID] = Counter()
    for flow in ledger_queries.flows():
        nets[flow.giving_hub_id] += flow.minutes
        nets[flow.receiving_hub_id] -= flow.minutes
    if sum(nets.values()):
        yield f"L9: the nets of all hives sum to {sum(nets.values())} minutes, not to zero"


def _closed() -> Iterator[str]:
    closed = Account.objects.filter(closed_at__isnull=False).with_balance().exclude(balance=0)
    for pk, balance in closed.values_list("pk", "balance"):
        yield f"L8: closed account {pk} still holds {balance} minutes"


def _exchanges() -> Iterator[str]:
    confirmed = HelpExchange.objects.filter(state=HelpState.CONFIRMED)
    counted = dict(
        Transfer.objects.helping()
        .order_by()
        .values("exchange_id")
        .annotate(total=Sum("minutes"))
        .values_list("exchange_id", "total")
    )
    written = set(
        Transfer.objects.filter(kind=TransferKind.HELP).values_list("exchange_id", flat=True)
    )
    for pk, minutes in confirmed.values_list("pk", "minutes").iterator():
        if pk not in written:
            yield f"L10: exchange {pk} is confirmed and has no transfer"
        elif counted.get(pk, 0) != minutes:
            yield f"L10: exchange {pk} says {minutes} minutes, the ledger {counted.get(pk, 0)}"
        written.discard(pk)
    for pk in written:
        yield f"L10: the ledger counts exchange {pk}, which is not confirmed"


def _replay() -> Iterator[str]:
    """L13: from an empty book, row after row, to the figures that pages show."""
    given: Counter[UUID | None] = Counter()
    received: Counter[UUID | None] = Counter()
    balances: Counter[UUID] = Counter()
    kinds: dict[UUID, str] = {}
    rows = Transfer.objects.order_by("created_at", "pk").values_list(
        "pk", "kind", "reverses_id", "minutes", "payer_id", "payee_id",
        "payer__person_id", "payee__person_id",
    )  # fmt: skip
    for pk, kind, reverses, minutes, payer, payee, receiver, giver in rows.iterator():
        kinds[pk] = kind
        balances[payer] -= minutes
        balances[payee] += minutes
        if kind in HELPING:
            given[giver] += minutes
            received[receiver] += minutes
        elif kind == TransferKind.REVERSAL and kinds[reverses] in HELPING:
            given[receiver] -= minutes
            received[giver] -= minutes
    yield from _compare(given, received, balances)


def _compare(
    given: Counter[UUID | None], received: Counter[UUID | None], balances: Counter[UUID]
) -> Iterator[str]:
    people = [pk for pk in {*given, *received} if pk is not None]
    for pk, shown in ledger_queries.brain_times_of(people).items():
        if (shown.given, shown.received) != (given[pk], received[pk]):
            yield f"L13: the page of {pk} differs from the replay"
    for pk, balance in Account.objects.with_balance().values_list("pk", "balance").iterator():
        if balance != balances[pk]:
            yield f"L13: the balance of account {pk} differs from the replay"
