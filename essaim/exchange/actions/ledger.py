"""The only writer of the ledger: transfers, reversals, corrections, pots, closings.

Locks are taken in one order everywhere (exchange, accounts opened by person, accounts by id, need,
person), so that no two writers wait for each other.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.ids import uuid7
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.capacity import QUARTER
from essaim.exchange.models import Account, AccountKind, HelpExchange, Transfer, TransferKind
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person
from essaim.people.rules import is_administrator

DAY = 1440


class AccountClosed(Refusal):
    message = _("This account is closed: nothing can be written on it any more.")


class NotEnoughGiven(Refusal):
    message = _("You can give to the pot only what you have given more than you received.")


class NotInYourHive(NotAllowed):
    message = _("You may correct only what happened inside a hive that you host.")


class NotCorrectable(Refusal):
    message = _("Only help that still counts can be corrected.")


class MinutesOutOfRange(Refusal):
    message = _("Choose between 1 minute and 24 hours.")


class Reason(models.TextChoices):
    """Why a row was reversed: a code, because the journal holds nothing that people wrote."""

    MINUTES = "minutes", _("the minutes were wrong")
    PEOPLE = "people", _("it was somebody else")
    TWICE = "twice", _("it was counted twice")
    NEVER = "never", _("it did not happen")
    OTHER = "other", _("another reason")


def quarters(minutes: int) -> int:
    """Rounded up to the quarter of an hour, as time banks do."""
    if not 0 < minutes <= DAY:
        raise MinutesOutOfRange
    return -(-minutes // QUARTER) * QUARTER


def accounts_of(people: Iterable[Person], *, otherwise: Hub) -> dict[UUID, Account]:
    """One per person at their home hive, opened when needed, always in the same order."""
    return {
        person.pk: _account(person, _hub_of(person) or otherwise)
        for person in sorted(people, key=lambda person: person.pk)
    }


def _hub_of(person: Person) -> Hub | None:
    """Where they have resided longest; for those who left, where they resided last."""
    stays = Residency.objects.filter(person_id=person.pk).select_related("hub")
    home = stays.filter(until_on__isnull=True).order_by("since_on", "id").first()
    stay = home or stays.order_by("-until_on", "id").first()
    return stay.hub if stay else None


def _account(person: Person, hub: Hub) -> Account:
    account, _created = Account.objects.get_or_create(
        kind=AccountKind.MEMBER, person=person, hub=hub
    )
    if account.closed_at is not None:
        # They came back: the same account opens again, with nothing on it.
        Account.objects.filter(pk=account.pk).update(closed_at=None)
        account.closed_at = None
    return account


def pot_of(hub: Hub) -> Account:
    return Account.objects.get_or_create(kind=AccountKind.HUB_POOL, hub=hub)[0]


def lock_accounts(*accounts: Account) -> None:
    """By id: two writers on the same two accounts wait for one another, never both."""
    rows = Account.objects.select_for_update(no_key=True).order_by("pk")
    locked = rows.filter(pk__in=[account.pk for account in accounts])
    if any(closed_at for closed_at in locked.values_list("closed_at", flat=True)):
        raise AccountClosed


def transfer(
    *,
    payer: Account,
    payee: Account,
    minutes: int,
    kind: str,
    key: str,
    by: Person | None,
    **links: Transfer | HelpExchange | None,
) -> Transfer:
    """One row; the same key again is the same row. Whoever calls has judged the right to.

    `payer` received the help and `payee` gave it. `links`: the exchange, the row it reverses.
    """
    lock_accounts(payer, payee)
    if known := Transfer.objects.filter(idempotency_key=key).first():
        return known
    return Transfer.objects.create(
        payer=payer,
        payee=payee,
        minutes=minutes,
        kind=kind,
        hub_from_id=payer.hub_id,
        hub_to_id=payee.hub_id,
        created_by=by,
        idempotency_key=key,
        **links,
    )


def count_help(*, exchange: HelpExchange, by: Person | None) -> Transfer:
    """The row of a confirmed exchange, in the transaction that confirms it."""
    assert exchange.minutes is not None
    accounts = accounts_of([exchange.giver, exchange.receiver], otherwise=exchange.hub)
    return transfer(
        payer=accounts[exchange.receiver_id],
        payee=accounts[exchange.giver_id],
        minutes=exchange.minutes,
        kind=TransferKind.HELP,
        key=f"help:{exchange.pk}",
        by=by,
        exchange=exchange,
    )


def may_correct(person: Person, row: Transfer) -> bool:
    """Hosts inside their own hive; what passes between two hives is for administrators."""
    if is_administrator(person):
        return True
    return (
        row.hub_from_id is not None
        and row.hub_from_id == row.hub_to_id
        and hosts_hub(person, row.hub_from_id)
    )


@transaction.atomic
def reverse(*, transfer: Transfer, by: Person, reason: str) -> Transfer:
    """The row stays and no longer counts: a second one says the contrary."""
    row = _reverse(transfer, by, reason)
    _say_minutes(transfer.exchange_id, 0)
    return row


@transaction.atomic
def correct(*, transfer: Transfer, minutes: int, by: Person, reason: str) -> Transfer:
    """A reversal and a new row with the right minutes."""
    if transfer.kind not in (TransferKind.HELP, TransferKind.CORRECTION):
        raise NotCorrectable
    minutes = quarters(minutes)
    _reverse(transfer, by, reason)
    row = _write(
        payer=transfer.payer,
        payee=transfer.payee,
        minutes=minutes,
        kind=TransferKind.CORRECTION,
        key=f"correct:{transfer.pk}",
        by=by,
        exchange=transfer.exchange,
    )
    _say_minutes(transfer.exchange_id, minutes)
    journal.record("correct_transfer", row, by=by, hub_id=row.hub_from_id, minutes=minutes)
    return row


def _reverse(row: Transfer, by: Person, reason: str) -> Transfer:
    if not may_correct(by, row):
        raise NotInYourHive
    if row.kind == TransferKind.REVERSAL:
        raise NotCorrectable
    lock_accounts(row.payer, row.payee)
    if Transfer.objects.filter(reverses=row).exists():
        raise Overtaken
    reversal = _write(
        payer=row.payee,
        payee=row.payer,
        minutes=row.minutes,
        kind=TransferKind.REVERSAL,
        key=f"reverse:{row.pk}",
        by=by,
        exchange=row.exchange,
        reverses=row,
    )
    journal.record(
        "reverse_transfer",
        reversal,
        by=by,
        hub_id=row.hub_from_id,
        reverses=str(row.pk),
        reason=Reason(reason).value,
    )
    return reversal


# In `reverse` and `correct` the word names the row they are given.
_write = transfer


def _say_minutes(exchange_id: UUID | None, minutes: int) -> None:
    """The exchange shows what counts; what was said before stands in the ledger."""
    if exchange_id is not None:
        HelpExchange.objects.filter(pk=exchange_id).update(minutes=minutes)


@transaction.atomic
def give_to_pool(*, giver: Person, hub: Hub, minutes: int, key: str, by: Person) -> Transfer:
    """Hours given beyond those received go to the pot of the hive, for those who need them."""
    if by.pk != giver.pk:
        raise NotAllowed
    account = _account(giver, _hub_of(giver) or hub)
    pot = pot_of(hub)
    lock_accounts(account, pot)
    if quarters(minutes) > _balance(account) and not _written(key):
        raise NotEnoughGiven
    row = transfer(
        payer=account, payee=pot, minutes=quarters(minutes), kind=TransferKind.POOL, key=key, by=by
    )
    journal.record("give_to_pool", row, by=by, hub_id=hub.pk, minutes=row.minutes)
    return row


def _written(key: str) -> bool:
    return Transfer.objects.filter(idempotency_key=key).exists()


@transaction.atomic
def close_account(*, account: Account, by: Person | None) -> None:
    """What remains goes to (or comes from) the pot of the hive, by rows that everyone can read."""
    if by is not None and not _may_close(by, account):
        raise NotAllowed
    assert account.hub is not None
    pot = pot_of(account.hub)
    try:
        lock_accounts(account, pot)
    except AccountClosed:
        return
    remaining = _balance(account)
    while remaining:
        step = min(abs(remaining), DAY)
        payer, payee = (account, pot) if remaining > 0 else (pot, account)
        remaining += -step if remaining > 0 else step
        transfer(
            payer=payer,
            payee=payee,
            minutes=step,
            kind=TransferKind.POOL,
            key=f"close:{account.pk}:{uuid7()}",
            by=by,
        )
    account.closed_at = timezone.now()
    account.save(update_fields=["closed_at"])
    journal.record("close_account", account, by=by, hub_id=account.hub_id)


def _may_close(person: Person, account: Account) -> bool:
    if account.kind != AccountKind.MEMBER:
        return False
    return (
        person.pk == account.person_id
        or is_administrator(person)
        or (account.hub_id is not None and hosts_hub(person, account.hub_id))
    )


def _balance(account: Account) -> int:
    balance: int = (
        Account.objects.with_balance().values_list("balance", flat=True).get(pk=account.pk)
    )
    return balance
