"""From the yes to the confirmed minutes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import cancelling
from essaim.exchange.actions import help as actions
from essaim.exchange.models import (
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Transfer,
)
from essaim.exchange.sweeps.help import let_silence_confirm
from tests.exchange.helping import make_claimed, notices_of, reread
from tests.factories import (
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db


def test_yes_to_an_ask_becomes_an_exchange() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    ask = make_ask(make_need(author, hub, minutes=45), helper)

    exchange = actions.agree_help(ask=ask, by=helper)

    assert (exchange.giver, exchange.receiver, exchange.hub) == (helper, author, hub)
    assert (exchange.state, exchange.planned_minutes) == (HelpState.AGREED, 45)
    assert exchange.title == ask.need.title
    assert [line.verb for line in journal.of(exchange)] == ["agree_help"]


def test_only_who_was_asked_may_say_yes() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    ask = make_ask(make_need(author, hub), helper)

    with pytest.raises(NotAllowed):
        actions.agree_help(ask=ask, by=author)

    assert not HelpExchange.objects.exists()


def test_yes_beyond_the_pledge_is_refused() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub, minutes=60)
    make_exchange(helper, author, hub, planned_minutes=45)
    ask = make_ask(make_need(author, hub, minutes=30), helper)

    with pytest.raises(actions.NoTimeLeft):
        actions.agree_help(ask=ask, by=helper)


def test_third_help_at_once_is_refused() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    make_exchange(helper, author, hub, planned_minutes=15)
    make_exchange(helper, author, hub, planned_minutes=15)
    ask = make_ask(make_need(author, hub, minutes=15), helper)

    with pytest.raises(actions.HandsFull):
        actions.agree_help(ask=ask, by=helper)


@pytest.mark.parametrize("by_giver", [True, False])
def test_either_claims_and_the_other_is_told(by_giver: bool) -> None:
    exchange = make_claimed(45, by_giver=by_giver)
    other = exchange.receiver if by_giver else exchange.giver

    assert (exchange.state, exchange.claimed_minutes) == (HelpState.CLAIMED, 45)
    assert exchange.happened_on == timezone.localdate()
    assert exchange.confirm_by_at is not None
    assert exchange.claimed_at is not None
    assert exchange.confirm_by_at - exchange.claimed_at == timedelta(days=7)
    assert notices_of(other) == ["minutes_claimed"]


def test_double_click_on_claim_claims_once() -> None:
    exchange = make_claimed(30)

    actions.claim_minutes(exchange=exchange, minutes=60, by=exchange.giver)

    assert reread(exchange).claimed_minutes == 30


def test_second_claim_of_the_other_is_overtaken() -> None:
    exchange = make_claimed(30)

    with pytest.raises(Overtaken):
        actions.claim_minutes(exchange=exchange, minutes=60, by=exchange.receiver)


def test_stranger_neither_claims_nor_confirms_nor_cancels() -> None:
    exchange, stranger = make_claimed(), make_resident()
    agreed = make_exchange(exchange.giver, exchange.receiver, exchange.hub)

    with pytest.raises(NotAllowed):
        actions.claim_minutes(exchange=agreed, minutes=30, by=stranger)
    with pytest.raises(NotAllowed):
        actions.confirm_help(exchange=exchange, by=stranger)
    with pytest.raises(NotAllowed):
        cancelling.cancel_help(exchange=agreed, by=stranger)


def test_confirming_counts_the_minutes_and_meets_the_need() -> None:
    exchange = make_claimed(50, with_need=True)
    before = exchange.giver.matched_at

    actions.confirm_help(exchange=exchange, by=exchange.receiver)

    row = Transfer.objects.get()
    assert (row.minutes, row.kind, row.created_by) == (60, "help", exchange.receiver)
    assert reread(exchange).minutes == 60
    assert Need.objects.get().state == NeedState.MET
    exchange.giver.refresh_from_db()
    assert exchange.giver.matched_at > before
    assert notices_of(exchange.giver) == ["help_confirmed"]


def test_who_claimed_does_not_confirm() -> None:
    exchange = make_claimed()

    with pytest.raises(NotAllowed):
        actions.confirm_help(exchange=exchange, by=exchange.giver)


def test_double_click_on_confirm_counts_once() -> None:
    exchange = make_claimed()

    for _ in range(2):
        actions.confirm_help(exchange=exchange, by=exchange.receiver)

    assert Transfer.objects.count() == 1


def test_withdrawn_need_stays_withdrawn() -> None:
    exchange = make_claimed(with_need=True)
    Need.objects.update(state=NeedState.WITHDRAWN)

    actions.confirm_help(exchange=exchange, by=exchange.receiver)

    assert Need.objects.get().state == NeedState.WITHDRAWN


def test_silence_confirms_after_seven_days_and_not_before() -> None:
    exchange = make_claimed()
    now = timezone.now()

    let_silence_confirm(now + timedelta(days=6, hours=23))
    assert reread(exchange).state == HelpState.CLAIMED
    let_silence_confirm(now + timedelta(days=7, minutes=1))

    exchange = reread(exchange)
    assert (exchange.state, exchange.confirmed_by_silence) == (HelpState.CONFIRMED, True)
    assert Transfer.objects.get().created_by is None


@pytest.mark.parametrize("minutes", [45, 75])
def test_small_difference_takes_the_lower_number(minutes: int) -> None:
    exchange = make_claimed(60)

    actions.dispute_help(exchange=exchange, minutes=minutes, by=exchange.receiver)

    assert reread(exchange).state == HelpState.CONFIRMED
    assert Transfer.objects.get().minutes == min(60, minutes)


def test_large_difference_goes_to_the_host() -> None:
    exchange = make_claimed(120)
    host = make_host(exchange.hub)

    actions.dispute_help(exchange=exchange, minutes=30, text="Un café.", by=exchange.receiver)

    exchange = reread(exchange)
    assert (exchange.state, exchange.disputed_minutes) == (HelpState.DISPUTED, 30)
    assert not Transfer.objects.exists()
    assert notices_of(host) == ["help_disputed"]


def test_silence_does_not_end_a_disagreement() -> None:
    exchange = make_claimed(120)
    actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)

    let_silence_confirm(timezone.now() + timedelta(days=30))

    assert reread(exchange).state == HelpState.DISPUTED


def test_who_claimed_may_take_the_number_of_the_other() -> None:
    exchange = make_claimed(120)
    actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)

    actions.confirm_help(exchange=exchange, by=exchange.giver)

    assert Transfer.objects.get().minutes == 30


def test_host_of_the_hive_settles() -> None:
    exchange = make_claimed(120)
    actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)

    actions.settle_dispute(exchange=exchange, minutes=60, by=make_host(exchange.hub))

    assert Transfer.objects.get().minutes == 60


def test_host_settles_as_not_having_happened() -> None:
    exchange = make_claimed(120)
    actions.dispute_help(exchange=exchange, minutes=0, by=exchange.receiver)

    actions.settle_dispute(exchange=exchange, minutes=0, by=make_host(exchange.hub))

    assert reread(exchange).state == HelpState.NO_SHOW
    assert not Transfer.objects.exists()


def test_other_hosts_and_the_two_people_do_not_settle() -> None:
    exchange = make_claimed(120)
    actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)

    for person in (make_host(make_hub()), exchange.giver):
        with pytest.raises(NotAllowed):
            actions.settle_dispute(exchange=exchange, minutes=60, by=person)


def test_host_who_took_part_leaves_it_to_another() -> None:
    hub = make_hub()
    host, receiver = make_host(hub), make_resident(hub)
    exchange = make_exchange(host, receiver, hub)
    actions.claim_minutes(exchange=exchange, minutes=120, by=host)
    actions.dispute_help(exchange=exchange, minutes=15, by=receiver)

    with pytest.raises(actions.JudgeAndParty):
        actions.settle_dispute(exchange=exchange, minutes=120, by=host)


@pytest.mark.parametrize("verb", [cancelling.cancel_help, cancelling.miss])
def test_need_of_a_help_that_fails_waits_again(verb: object) -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    need = make_need(author, hub, state=NeedState.IN_HAND)
    ask = make_ask(need, helper, state="accepted")
    exchange = make_exchange(helper, author, hub, need=need, ask=ask)

    verb(exchange=exchange, by=helper)  # type: ignore[operator]

    assert Need.objects.get().state == NeedState.OPEN
    assert notices_of(author) == ["need_status"]
    assert not Transfer.objects.exists()


def test_cancelled_twice_is_cancelled_once() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub)

    for _ in range(2):
        cancelling.cancel_help(exchange=exchange, by=receiver)

    assert reread(exchange).state == HelpState.CANCELLED
    assert notices_of(giver) == ["help_cancelled"]
