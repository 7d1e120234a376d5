"""L11 and what it protects: eight real processes write the ledger at once, on either database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from essaim.exchange import ledger_audit
from essaim.exchange.actions import help as help_actions
from essaim.exchange.models import (
    Account,
    AccountKind,
    HelpExchange,
    HelpState,
    Transfer,
    TransferKind,
)
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_exchange, make_host, make_hub, make_resident

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def make_accounts(count: int) -> list[Account]:
    hub = make_hub()
    return [
        Account.objects.create(kind=AccountKind.MEMBER, person=make_resident(hub), hub=hub)
        for _ in range(count)
    ]


def make_claimed(count: int, *, minutes: int = 60) -> list[HelpExchange]:
    """Help between the same two people, so that every confirmation wants the same two accounts."""
    hub = make_hub()
    pair = make_resident(hub, minutes=2400), make_resident(hub)
    exchanges = []
    for number in range(count):
        giver, receiver = pair if number % 2 else pair[::-1]
        exchange = make_exchange(giver, receiver, hub)
        help_actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver)
        exchanges.append(exchange)
    return exchanges


def balances() -> list[int]:
    return sorted(Account.objects.with_balance().values_list("balance", flat=True))


def test_l11_eight_processes_of_sixty_transfers_lose_none(tmp_path: Path) -> None:
    one, other = make_accounts(2)
    lists = [
        [("gift", f"{payer.pk} {payee.pk} process-{n} 60")]
        for n in range(8)
        for payer, payee in [(one, other) if n % 4 else (other, one)]
    ]

    came = act_at_once(tmp_path, *lists)

    assert came == {"done": 8}
    assert Transfer.objects.count() == 480
    # Six processes one way, two the other: four times sixty quarters remain.
    assert balances() == [-3600, 3600]
    assert ledger_audit.findings() == []


def test_l11_transfers_in_a_circle_never_wait_for_each_other(tmp_path: Path) -> None:
    accounts = make_accounts(4)
    lists = [
        [("gift", f"{accounts[n % 4].pk} {accounts[(n + step) % 4].pk} circle-{n} 30")]
        for n, step in enumerate((1, 3, 2, 1, 3, 2, 1, 3))
    ]

    came = act_at_once(tmp_path, *lists)

    assert came == {"done": 8}
    assert Transfer.objects.count() == 240
    assert sum(balances()) == 0


def test_l7_same_key_from_eight_processes_is_one_row(tmp_path: Path) -> None:
    one, other = make_accounts(2)

    came = act_at_once(tmp_path, *([[("gift", f"{one.pk} {other.pk} click 1")]] * 8))

    assert came == {"done": 8}
    assert Transfer.objects.count() == 1


def test_l6_double_click_on_confirm_from_eight_tabs_counts_once(tmp_path: Path) -> None:
    (exchange,) = make_claimed(1)

    came = act_at_once(tmp_path, *([[("confirm", str(exchange.pk))]] * 8))

    assert came == {"done": 8}
    assert Transfer.objects.filter(exchange=exchange).count() == 1
    assert HelpExchange.objects.get(pk=exchange.pk).state == HelpState.CONFIRMED


def test_first_confirmations_of_eight_helps_open_two_accounts(tmp_path: Path) -> None:
    exchanges = make_claimed(8)

    came = act_at_once(tmp_path, *([("confirm", str(exchange.pk))] for exchange in exchanges))

    assert came == {"done": 8}
    assert Account.objects.filter(kind=AccountKind.MEMBER).count() == 2
    assert Transfer.objects.filter(kind=TransferKind.HELP).count() == 8
    assert balances() == [0, 0]
    assert ledger_audit.findings() == []


def test_confirming_and_disagreeing_at_once_end_in_one_of_the_two(tmp_path: Path) -> None:
    exchanges = make_claimed(4, minutes=120)
    lists = [
        [(deed, str(exchange.pk))] for exchange in exchanges for deed in ("confirm", "dispute")
    ]

    came = act_at_once(tmp_path, *lists)

    confirmed = HelpExchange.objects.filter(state=HelpState.CONFIRMED).count()
    disputed = HelpExchange.objects.filter(state=HelpState.DISPUTED).count()
    assert confirmed + disputed == 4
    assert came == {"done": 4, "Overtaken": 4}
    assert Transfer.objects.count() == confirmed


def test_row_corrected_by_eight_hosts_is_corrected_once(tmp_path: Path) -> None:
    (exchange,) = make_claimed(1)
    help_actions.confirm_help(exchange=exchange, by=exchange.receiver)
    row = Transfer.objects.get()
    hosts = [make_host(exchange.hub) for _ in range(8)]

    came = act_at_once(tmp_path, *([("correct", f"{row.pk} {host.pk}")] for host in hosts))

    assert came == {"done": 1, "Overtaken": 7}
    assert Transfer.objects.count() == 3
    assert Transfer.objects.helping().get().minutes == 30


def give_beyond(account: Account, number: int) -> tuple[str, str]:
    return "pool", f"{account.pk} pot-{number}"


def close_again(account: Account, number: int) -> tuple[str, str]:
    return "close", str(account.pk)


@pytest.mark.parametrize(
    ("deed", "came_of_it"),
    [(give_beyond, {"done": 4, "NotEnoughGiven": 4}), (close_again, {"done": 8})],
)
def test_balance_is_not_spent_twice(
    tmp_path: Path, deed: Callable[[Account, int], tuple[str, str]], came_of_it: dict[str, int]
) -> None:
    (exchange,) = make_claimed(1)
    help_actions.confirm_help(exchange=exchange, by=exchange.receiver)
    account = Account.objects.get(person=exchange.giver)

    came = act_at_once(tmp_path, *([deed(account, number)] for number in range(8)))

    assert came == came_of_it
    assert Account.objects.with_balance().get(pk=account.pk).balance == 0
    assert ledger_audit.findings() == []
