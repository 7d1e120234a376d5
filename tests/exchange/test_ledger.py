"""What may be written in the ledger, by whom, and what it then says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange import ledger_queries
from essaim.exchange.actions import help as help_actions
from essaim.exchange.actions import ledger
from essaim.exchange.ledger_queries import BrainTime
from essaim.exchange.models import (
    Account,
    AccountKind,
    HelpExchange,
    HelpState,
    Transfer,
    TransferKind,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.guards import lifted
from tests.factories import (
    make_administrator,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_resident,
)

pytestmark = pytest.mark.django_db


def confirmed(giver: Person, receiver: Person, hub: Hub, minutes: int = 60) -> Transfer:
    exchange = make_exchange(giver, receiver, hub)
    help_actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver)
    help_actions.confirm_help(exchange=exchange, by=receiver)
    return Transfer.objects.get(exchange=exchange)


def given(person: Person) -> int:
    return ledger_queries.brain_time_of(person).given


def test_minutes_are_rounded_up_to_the_quarter() -> None:
    assert [ledger.quarters(n) for n in (1, 15, 16, 44, 60, 1440)] == [15, 15, 30, 45, 60, 1440]


@pytest.mark.parametrize("minutes", [0, -15, 1441])
def test_minutes_out_of_the_day_are_refused(minutes: int) -> None:
    with pytest.raises(ledger.MinutesOutOfRange):
        ledger.quarters(minutes)


def test_accounts_open_on_demand_at_the_home_hive() -> None:
    hub, other = make_hub(), make_hub()
    giver, receiver = make_resident(hub), make_resident(other)

    row = confirmed(giver, receiver, other)

    assert (row.payee.person, row.payee.hub) == (giver, hub)
    assert (row.payer.person, row.payer.hub) == (receiver, other)
    assert (row.hub_from, row.hub_to) == (other, hub)


def test_second_help_uses_the_same_accounts() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)

    rows = [confirmed(giver, receiver, hub), confirmed(receiver, giver, hub)]

    assert Account.objects.count() == 2
    assert rows[0].payer == rows[1].payee


def test_same_key_twice_is_one_row() -> None:
    hub = make_hub()
    row = confirmed(make_resident(hub), make_resident(hub), hub)

    again = ledger.transfer(
        payer=row.payer,
        payee=row.payee,
        minutes=60,
        kind=TransferKind.GIFT,
        key=row.idempotency_key,
        by=None,
    )

    assert again == row
    assert Transfer.objects.count() == 1


def test_host_reverses_inside_own_hive() -> None:
    hub = make_hub()
    giver, receiver, host = make_resident(hub), make_resident(hub), make_host(hub)
    row = confirmed(giver, receiver, hub)

    reversal = ledger.reverse(transfer=row, by=host, reason="twice")

    assert (reversal.payer, reversal.payee) == (row.payee, row.payer)
    assert (reversal.minutes, reversal.reverses, reversal.created_by) == (60, row, host)
    assert HelpExchange.objects.get(transfers=row).minutes == 0
    assert journal.of(reversal).get().facts["reason"] == "twice"


def test_reversal_restores_every_figure() -> None:
    hub = make_hub()
    giver, receiver, host = make_resident(hub), make_resident(hub), make_host(hub)
    confirmed(receiver, giver, hub, 30)
    before = ledger_queries.brain_times_of([giver.pk, receiver.pk]), ledger_queries.flows()
    row = confirmed(giver, receiver, hub)
    ledger.reverse(transfer=row, by=host, reason="never")

    after = ledger_queries.brain_times_of([giver.pk, receiver.pk]), ledger_queries.flows()

    assert after == before


def test_correction_is_a_reversal_and_a_new_row() -> None:
    hub = make_hub()
    giver, receiver, host = make_resident(hub), make_resident(hub), make_host(hub)
    row = confirmed(giver, receiver, hub, 120)

    new = ledger.correct(transfer=row, minutes=50, by=host, reason="minutes")

    kinds = Transfer.objects.order_by("pk").values_list("kind", "minutes")
    assert list(kinds) == [("help", 120), ("reversal", 120), ("correction", 60)]
    assert (given(giver), new.exchange_id) == (60, row.exchange_id)
    assert HelpExchange.objects.get(transfers=row).minutes == 60


def test_correction_can_be_corrected_again() -> None:
    hub = make_hub()
    giver, receiver, host = make_resident(hub), make_resident(hub), make_host(hub)
    first = ledger.correct(
        transfer=confirmed(giver, receiver, hub), minutes=30, by=host, reason="minutes"
    )

    ledger.correct(transfer=first, minutes=45, by=host, reason="minutes")

    assert given(giver) == 45


def test_row_corrected_by_somebody_else_meanwhile_is_left() -> None:
    hub = make_hub()
    row = confirmed(make_resident(hub), make_resident(hub), hub)
    host = make_host(hub)
    ledger.reverse(transfer=row, by=host, reason="twice")

    with pytest.raises(Overtaken):
        ledger.correct(transfer=row, minutes=30, by=host, reason="minutes")


def test_reversal_is_not_reversed() -> None:
    hub = make_hub()
    host = make_host(hub)
    reversal = ledger.reverse(
        transfer=confirmed(make_resident(hub), make_resident(hub), hub), by=host, reason="twice"
    )

    with pytest.raises(ledger.NotCorrectable):
        ledger.reverse(transfer=reversal, by=host, reason="twice")


def test_host_of_another_hive_may_not_correct() -> None:
    hub = make_hub()
    row = confirmed(make_resident(hub), make_resident(hub), hub)
    stranger = make_host(make_hub())

    with pytest.raises(ledger.NotInYourHive):
        ledger.correct(transfer=row, minutes=30, by=stranger, reason="minutes")

    assert Transfer.objects.count() == 1


def test_help_between_two_hives_is_corrected_by_an_administrator_only() -> None:
    hub, other = make_hub(), make_hub()
    row = confirmed(make_resident(hub), make_resident(other), hub)

    with pytest.raises(ledger.NotInYourHive):
        ledger.reverse(transfer=row, by=make_host(hub), reason="twice")
    ledger.reverse(transfer=row, by=make_administrator(), reason="twice")


def test_the_two_people_may_not_correct_themselves() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    row = confirmed(giver, receiver, hub)

    for person in (giver, receiver):
        with pytest.raises(ledger.NotInYourHive):
            ledger.reverse(transfer=row, by=person, reason="twice")


def test_director_corrects_in_every_hive() -> None:
    hub = make_hub()
    row = confirmed(make_resident(hub), make_resident(hub), hub)

    assert ledger.reverse(transfer=row, by=make_director(), reason="twice").reverses == row


def test_hours_given_can_go_to_the_pot() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    confirmed(giver, receiver, hub, 120)

    row = ledger.give_to_pool(giver=giver, hub=hub, minutes=60, key="pot:1", by=giver)

    assert (row.payee.kind, row.payee.hub) == (AccountKind.HUB_POOL, hub)
    assert given(giver) == 120


def test_more_than_what_was_given_is_not_taken_for_the_pot() -> None:
    hub = make_hub()
    giver = make_resident(hub)
    confirmed(giver, make_resident(hub), hub, 60)

    with pytest.raises(ledger.NotEnoughGiven):
        ledger.give_to_pool(giver=giver, hub=hub, minutes=75, key="pot:1", by=giver)


def test_double_click_on_the_pot_gives_once() -> None:
    hub = make_hub()
    giver = make_resident(hub)
    confirmed(giver, make_resident(hub), hub, 60)

    for _ in range(2):
        ledger.give_to_pool(giver=giver, hub=hub, minutes=60, key="pot:1", by=giver)

    assert Transfer.objects.filter(kind=TransferKind.POOL).count() == 1


def test_nobody_gives_the_hours_of_another() -> None:
    hub = make_hub()
    giver, other = make_resident(hub), make_resident(hub)
    confirmed(giver, other, hub)

    with pytest.raises(NotAllowed):
        ledger.give_to_pool(giver=giver, hub=hub, minutes=15, key="pot:1", by=other)


@pytest.mark.parametrize("gives", [True, False])
def test_closed_account_ends_at_zero_by_visible_rows(gives: bool) -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    for _ in range(2):
        confirmed(giver, receiver, hub, 1440)
    account = Account.objects.get(person=giver if gives else receiver)

    ledger.close_account(account=account, by=make_host(hub))

    account = Account.objects.with_balance().get(pk=account.pk)
    assert account.closed_at is not None
    assert account.balance == 0
    assert Transfer.objects.filter(kind=TransferKind.POOL).count() == 2


def test_account_of_another_hive_is_not_closed_by_a_host() -> None:
    hub = make_hub()
    giver = make_resident(hub)
    confirmed(giver, make_resident(hub), hub)

    with pytest.raises(NotAllowed):
        ledger.close_account(account=Account.objects.get(person=giver), by=make_host(make_hub()))


def test_who_comes_back_finds_their_account() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    confirmed(giver, receiver, hub)
    account = Account.objects.get(person=giver)
    ledger.close_account(account=account, by=None)

    row = confirmed(giver, receiver, hub, 30)

    assert row.payee == account
    assert given(giver) == 90


def test_given_received_and_people_met_are_told_per_person() -> None:
    hub = make_hub()
    lea, karim, zoe = (make_resident(hub) for _ in range(3))
    confirmed(lea, karim, hub, 60)
    confirmed(lea, zoe, hub, 30)
    confirmed(karim, lea, hub, 15)

    assert ledger_queries.brain_time_of(lea) == BrainTime(90, 15, 2)
    assert ledger_queries.brain_time_of(zoe) == BrainTime(0, 30, 1)


def test_flows_between_hives_are_told() -> None:
    hub, other = make_hub(), make_hub()
    lea, karim = make_resident(hub), make_resident(other)
    confirmed(lea, karim, hub, 60)
    confirmed(lea, karim, hub, 30)

    assert ledger_queries.flows() == [ledger_queries.Flow(hub.pk, other.pk, 90, 2)]


def test_audit_says_when_all_is_well() -> None:
    hub = make_hub()
    row = confirmed(make_resident(hub), make_resident(hub), hub)
    ledger.correct(transfer=row, minutes=15, by=make_host(hub), reason="minutes")
    out = StringIO()

    call_command("audit_ledger", stdout=out)

    assert out.getvalue() == "3 transfers: nothing to say.\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("breach", "invariant"),
    [
        ("UPDATE exchange_transfer SET minutes = 75", "L10"),
        ("UPDATE exchange_transfer SET hub_from_id = NULL", "L9"),
        ("DELETE FROM exchange_transfer", "L10"),
        ("UPDATE exchange_account SET closed_at = opened_at", "L8"),
    ],
)
def test_audit_finds_what_was_done_behind_the_guards(breach: str, invariant: str) -> None:
    hub = make_hub()
    confirmed(make_resident(hub), make_resident(hub), hub)
    with lifted(), connection.cursor() as cursor:
        cursor.execute(breach)
    err = StringIO()

    with pytest.raises(CommandError):
        call_command("audit_ledger", stderr=err)

    assert err.getvalue().startswith(f"{invariant}: ")


def test_exchange_confirmed_without_its_row_is_found() -> None:
    hub = make_hub()
    make_exchange(
        make_resident(hub), make_resident(hub), hub, state=HelpState.CONFIRMED, minutes=30
    )

    with pytest.raises(CommandError):
        call_command("audit_ledger", stderr=StringIO())
