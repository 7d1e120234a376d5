"""L1 to L13, one test or more each, named after it; then random streams of transfers."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from essaim.core.ids import uuid7
from essaim.core.refusals import Refusal
from essaim.exchange import ledger_audit, ledger_queries
from essaim.exchange.actions import help as help_actions
from essaim.exchange.actions import ledger
from essaim.exchange.models import (
    Account,
    AccountKind,
    HelpExchange,
    HelpState,
    Transfer,
    TransferKind,
)
from tests.factories import (
    make_administrator,
    make_exchange,
    make_host,
    make_hub,
    make_person,
    make_resident,
)

pytestmark = pytest.mark.django_db


def make_account(**fields: Any) -> Account:
    hub = fields.pop("hub", None) or make_hub()
    return Account.objects.create(
        **{"kind": AccountKind.MEMBER, "person": make_person(), "hub": hub} | fields
    )


def write(payer: Account, payee: Account, **fields: Any) -> Transfer:
    """Straight into the table, as a careless program would."""
    return Transfer.objects.create(
        **{
            "payer": payer,
            "payee": payee,
            "minutes": 30,
            "kind": TransferKind.GIFT,
            "hub_from_id": payer.hub_id,
            "hub_to_id": payee.hub_id,
            "idempotency_key": str(uuid7()),
        }
        | fields
    )


def refused(attempt: Callable[[], object], saying: str) -> bool:
    with pytest.raises(IntegrityError, match=saying), transaction.atomic():
        attempt()
    return True


def two_accounts() -> tuple[Account, Account]:
    hub = make_hub()
    return make_account(hub=hub), make_account(hub=hub)


def confirmed_row(minutes: int = 60) -> Transfer:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub)
    help_actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver)
    help_actions.confirm_help(exchange=exchange, by=receiver)
    return Transfer.objects.get(exchange=exchange)


@pytest.mark.parametrize("minutes", [0, 7, 20, 1455])
def test_l1_minutes_are_quarters_of_at_most_a_day(minutes: int) -> None:
    one, other = two_accounts()

    assert refused(lambda: write(one, other, minutes=minutes), "ledger_l1|CHECK")
    assert write(one, other, minutes=1440).minutes == 1440


def test_l2_payer_and_payee_are_two() -> None:
    one, _ = two_accounts()

    assert refused(lambda: write(one, one), "ledger_l2|CHECK")


def test_l3_balances_of_all_accounts_sum_to_zero() -> None:
    one, other = two_accounts()
    third = make_account(hub=one.hub)
    write(one, other, minutes=45)
    write(other, third, minutes=120)

    balances = list(Account.objects.with_balance().values_list("balance", flat=True))

    assert sorted(balances) == [-75, -45, 120]
    assert sum(balances) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_transfer SET minutes = 15",
        "UPDATE exchange_transfer SET idempotency_key = 'x'",
        "DELETE FROM exchange_transfer",
    ],
)
def test_l4_rows_are_neither_changed_nor_deleted(statement: str) -> None:
    row = write(*two_accounts())

    assert refused(lambda: connection.cursor().execute(statement), "L4")
    row.refresh_from_db()
    assert row.minutes == 30


def test_l4_rows_are_not_deleted_through_the_model() -> None:
    row = write(*two_accounts())

    assert refused(row.delete, "L4")
    assert refused(lambda: Transfer.objects.update(minutes=15), "L4")


def test_l4_table_is_not_emptied_at_once(on_postgres: bool) -> None:
    write(*two_accounts())
    # Checks that wait for the end of the transaction would keep PostgreSQL from even trying.
    connection.check_constraints()
    emptying = "TRUNCATE exchange_transfer" if on_postgres else "DELETE FROM exchange_transfer"

    assert refused(lambda: connection.cursor().execute(emptying), "L4")


def test_l4_row_is_not_replaced(on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip("PostgreSQL has no INSERT OR REPLACE; its ON CONFLICT is an UPDATE")
    write(*two_accounts())
    columns = ", ".join(str(f.column) for f in Transfer._meta.concrete_fields)
    replacing = (
        f"INSERT OR REPLACE INTO exchange_transfer ({columns}) "
        f"SELECT {columns} FROM exchange_transfer"
    )

    assert refused(lambda: connection.cursor().execute(replacing), "L4")


@pytest.mark.parametrize("wrong", ["minutes", "parties", "twice", "reversal", "nameless"])
def test_l5_reversal_repeats_its_row_swapped_once_and_reverses_no_reversal(wrong: str) -> None:
    one, other = two_accounts()
    row = write(one, other)

    def reverse(**fields: Any) -> Transfer:
        values = {"kind": TransferKind.REVERSAL, "reverses": row} | fields
        return write(other, one, **values)

    if wrong in ("twice", "reversal"):
        reversal = reverse()
    attempts: dict[str, Callable[[], object]] = {
        "minutes": lambda: reverse(minutes=45),
        "parties": lambda: write(one, other, kind=TransferKind.REVERSAL, reverses=row),
        "twice": reverse,
        "reversal": lambda: write(one, other, kind=TransferKind.REVERSAL, reverses=reversal),
        "nameless": lambda: write(other, one, kind=TransferKind.REVERSAL),
    }
    assert refused(attempts[wrong], "L5|ledger_l5|CHECK|UNIQUE|unique")


def test_l6_help_is_counted_at_most_once_per_exchange() -> None:
    row = confirmed_row()

    again = {"kind": TransferKind.HELP, "exchange": row.exchange, "minutes": row.minutes}
    assert refused(lambda: write(row.payer, row.payee, **again), "ledger_l6|UNIQUE")


def test_l7_key_is_used_once() -> None:
    one, other = two_accounts()
    write(one, other, idempotency_key="click")

    assert refused(lambda: write(one, other, idempotency_key="click"), "unique|UNIQUE")


def test_l8_nothing_is_written_on_a_closed_account() -> None:
    one, other = two_accounts()
    closed = make_account(hub=one.hub, closed_at=timezone.now())

    assert refused(lambda: write(one, closed), "L8")
    assert refused(lambda: write(closed, other), "L8")


def test_l8_account_that_holds_minutes_is_not_closed() -> None:
    one, other = two_accounts()
    write(one, other)

    closing = Account.objects.filter(pk=one.pk)
    assert refused(lambda: closing.update(closed_at=timezone.now()), "L8")


def test_l9_transfer_carries_the_hives_of_its_accounts() -> None:
    one, other = two_accounts()

    assert refused(lambda: write(one, other, hub_from_id=make_hub().pk), "L9")
    assert refused(lambda: write(one, other, hub_to_id=None), "L9")


def test_l9_account_keeps_its_person_and_hive() -> None:
    one, _ = two_accounts()
    row = Account.objects.filter(pk=one.pk)

    assert refused(lambda: row.update(hub=make_hub()), "L9")
    assert refused(lambda: row.update(person=make_person()), "L9")


def test_l9_nets_of_all_hives_sum_to_zero() -> None:
    hubs = [make_hub() for _ in range(3)]
    people = [make_resident(hub) for hub in hubs]
    for giver, receiver in ((0, 1), (1, 2), (0, 2)):
        exchange = make_exchange(people[giver], people[receiver], hubs[receiver])
        help_actions.claim_minutes(exchange=exchange, minutes=45, by=people[giver])
        help_actions.confirm_help(exchange=exchange, by=people[receiver])

    nets = {hub.pk: 0 for hub in hubs}
    for flow in ledger_queries.flows():
        nets[flow.giving_hub_id] += flow.minutes
        nets[flow.receiving_hub_id] -= flow.minutes

    assert [nets[hub.pk] for hub in hubs] == [90, 0, -90]


@pytest.mark.parametrize(
    "state", [HelpState.AGREED, HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CANCELLED]
)
def test_l10_help_that_is_not_confirmed_is_not_counted(state: str) -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub, state=state, minutes=30)
    pair = make_account(person=receiver, hub=hub), make_account(person=giver, hub=hub)

    assert refused(lambda: write(*pair, kind=TransferKind.HELP, exchange=exchange), "L10")


def test_l10_help_without_an_exchange_is_not_counted() -> None:
    one, other = two_accounts()

    assert refused(lambda: write(one, other, kind=TransferKind.HELP), "L10|ledger_l10|CHECK")


def test_l10_confirming_writes_the_row_with_the_minutes_of_the_exchange() -> None:
    row = confirmed_row(50)

    exchange = HelpExchange.objects.get(transfers=row)
    assert (exchange.state, exchange.minutes, row.minutes) == (HelpState.CONFIRMED, 60, 60)


def test_l11_both_accounts_are_locked_in_the_order_of_their_ids(
    on_postgres: bool, django_assert_num_queries: Any
) -> None:
    if not on_postgres:
        pytest.skip("SQLite has one writer at a time: see test_ledger_concurrency")
    one, other = two_accounts()

    with transaction.atomic(), django_assert_num_queries(1) as queries:
        ledger.lock_accounts(other, one)

    statement = queries.captured_queries[0]["sql"]
    assert 'ORDER BY "exchange_account"."id" ASC' in statement
    assert statement.endswith("FOR NO KEY UPDATE")


def test_l12_forged_accounts_of_another_hive_are_refused() -> None:
    hub, far = make_hub(), make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub, state=HelpState.CONFIRMED, minutes=30)
    mine, stranger = make_account(person=giver, hub=hub), make_account(hub=far)
    help_row = {"kind": TransferKind.HELP, "exchange": exchange}

    assert refused(lambda: write(stranger, mine, **help_row), "L10")
    assert refused(lambda: write(stranger, mine, hub_from_id=hub.pk), "L9")


def test_l12_every_row_names_its_author_and_silence_names_nobody() -> None:
    row = confirmed_row()

    assert row.exchange is not None
    assert row.created_by == row.exchange.receiver


def test_l13_replay_finds_the_figures_of_the_pages() -> None:
    row = confirmed_row()
    ledger.correct(transfer=row, minutes=30, by=make_administrator(), reason="minutes")

    assert ledger_audit.findings() == []


class Stream(RuleBasedStateMachine):
    """Whatever people do in whatever order, the book balances and the pages say what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.hubs = [make_hub(), make_hub()]
        self.people = [make_resident(self.hubs[n % 2], minutes=0) for n in range(4)]
        self.hosts = [make_host(hub) for hub in self.hubs]
        self.given = [0] * 4

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(pair=st.permutations(range(4)), minutes=st.integers(1, 1440), silent=st.booleans())
    def help_each_other(self, pair: list[int], minutes: int, silent: bool) -> None:
        giver, receiver = (self.people[n] for n in pair[:2])
        exchange = make_exchange(giver, receiver, self.hubs[pair[1] % 2])
        help_actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver)
        if silent:
            later = timezone.now() + help_actions.SILENCE
            help_actions.confirm_by_silence(exchange=exchange, now=later)
        else:
            help_actions.confirm_help(exchange=exchange, by=receiver)
        self.given[pair[0]] += ledger.quarters(minutes)

    @rule(which=st.integers(0, 50), minutes=st.integers(0, 1440), host=st.integers(0, 1))
    def correct(self, which: int, minutes: int, host: int) -> None:
        rows = Transfer.objects.select_related("payer", "payee", "exchange").order_by("pk")
        if not (count := rows.count()):
            return
        row = rows[which % count]
        counted = Transfer.objects.helping().filter(pk=row.pk).exists()
        try:
            if minutes:
                ledger.correct(transfer=row, minutes=minutes, by=self.hosts[host], reason="minutes")
            else:
                ledger.reverse(transfer=row, by=self.hosts[host], reason="never")
        except Refusal:
            return
        assert row.hub_from_id == row.hub_to_id == self.hubs[host].pk
        if counted:
            giver = next(n for n in range(4) if self.people[n].pk == row.payee.person_id)
            self.given[giver] += (ledger.quarters(minutes) if minutes else 0) - row.minutes

    @rule(who=st.integers(0, 3), minutes=st.integers(1, 300))
    def give_to_the_pot(self, who: int, minutes: int) -> None:
        person, key = self.people[who], f"pot:{uuid4()}"
        try:
            ledger.give_to_pool(
                giver=person, hub=self.hubs[who % 2], minutes=minutes, key=key, by=person
            )
        except ledger.NotEnoughGiven:
            return

    @rule(who=st.integers(0, 3))
    def leave(self, who: int) -> None:
        for account in Account.objects.filter(person=self.people[who]):
            ledger.close_account(account=account, by=None)

    @invariant()
    def nothing_is_found(self) -> None:
        assert ledger_audit.findings() == []
        times = ledger_queries.brain_times_of([person.pk for person in self.people])
        assert [times[person.pk].given for person in self.people] == self.given


def test_l3_l8_l9_l10_l13_hold_for_random_streams() -> None:
    run_state_machine_as_test(
        Stream,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
