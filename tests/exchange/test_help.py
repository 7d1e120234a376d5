"""From the yes to the confirmed minutes."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.test import Client
from django.utils import timezone

from essaim.core import journal, outbox
from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange import confirm_links
from essaim.exchange.actions import cancelling
from essaim.exchange.actions import help as actions
from essaim.exchange.contact import Contact, contact_of
from essaim.exchange.models import (
    AvoidPair,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Pause,
    Transfer,
)
from essaim.exchange.sweeps.help import ask_about_forgotten_help, let_silence_confirm
from essaim.people.models import Person
from tests.factories import (
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db


def make_claimed(
    minutes: int = 60, *, by_giver: bool = True, with_need: bool = False
) -> HelpExchange:
    hub = make_hub()
    giver, receiver = make_resident(hub, given_name="Karim"), make_resident(hub)
    need = make_need(receiver, hub, state=NeedState.IN_HAND) if with_need else None
    exchange = make_exchange(giver, receiver, hub, need=need)
    actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver if by_giver else receiver)
    exchange.refresh_from_db()
    return exchange


def reread(exchange: HelpExchange) -> HelpExchange:
    return HelpExchange.objects.get(pk=exchange.pk)


def notices_of(person: Person) -> list[str]:
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("code", flat=True)
    )


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


def test_offer_opens_addresses_once_the_other_agrees() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = actions.propose_help(
        giver=giver, receiver=receiver, title="Un logo", minutes=30, by=giver
    )
    assert contact_of(receiver, giver) == Contact()

    actions.agree_spontaneous(exchange=exchange, by=receiver)

    assert reread(exchange).state == HelpState.AGREED
    assert contact_of(receiver, giver).email == receiver.email


def test_who_proposed_does_not_agree_for_the_other() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = actions.propose_help(
        giver=giver, receiver=receiver, title="Un logo", minutes=30, by=giver
    )

    with pytest.raises(NotAllowed):
        actions.agree_spontaneous(exchange=exchange, by=giver)


def test_second_proposal_between_the_same_two_waits() -> None:
    hub = make_hub()
    pair = {"giver": make_resident(hub), "receiver": make_resident(hub)}
    actions.propose_help(**pair, title="Un logo", minutes=30, by=pair["giver"])

    with pytest.raises(actions.AlreadyProposed):
        actions.propose_help(**pair, title="Un autre", minutes=30, by=pair["giver"])


def test_sixth_proposal_of_a_day_waits_until_tomorrow() -> None:
    hub = make_hub()
    keen, others = make_resident(hub), [make_resident(hub) for _ in range(6)]
    for one in others[:5]:
        actions.propose_help(giver=keen, receiver=one, title="Un logo", minutes=30, by=keen)

    with pytest.raises(actions.ProposalsEnough):
        actions.propose_help(giver=keen, receiver=others[5], title="Un logo", minutes=30, by=keen)
    HelpExchange.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    actions.propose_help(giver=keen, receiver=others[5], title="Un logo", minutes=30, by=keen)


def test_paused_person_is_not_asked_directly_and_may_be_offered_help() -> None:
    hub = make_hub()
    paused, other = make_resident(hub), make_resident(hub)
    Pause.objects.create(person=paused)

    with pytest.raises(actions.CannotBeAskedNow):
        actions.propose_help(giver=paused, receiver=other, title="Un logo", minutes=30, by=other)
    actions.propose_help(giver=other, receiver=paused, title="Un logo", minutes=30, by=other)


def test_avoided_person_reads_the_same_refusal_as_anybody() -> None:
    hub = make_hub()
    giver, avoided = make_resident(hub), make_resident(hub)
    AvoidPair.objects.create(person=giver, other=avoided)

    with pytest.raises(actions.CannotBeAskedNow):
        actions.propose_help(giver=giver, receiver=avoided, title="Un mot", minutes=15, by=avoided)


def test_agreeing_to_be_asked_takes_from_the_pledge() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub, minutes=60), make_resident(hub)
    exchange = actions.propose_help(
        giver=giver, receiver=receiver, title="Un logo", minutes=60, by=receiver
    )
    make_exchange(giver, receiver, hub, planned_minutes=30)

    with pytest.raises(actions.NoTimeLeft):
        actions.agree_spontaneous(exchange=exchange, by=giver)


def test_forgotten_help_is_asked_about_once() -> None:
    hub = make_hub()
    now = timezone.now()
    giver, receiver = make_resident(hub), make_resident(hub)
    make_exchange(giver, receiver, hub, created_at=now - timedelta(days=15))
    recent = make_resident(hub)
    make_exchange(recent, receiver, hub, created_at=now - timedelta(days=13))

    ask_about_forgotten_help(now)
    ask_about_forgotten_help(now + timedelta(hours=12))

    assert [notices_of(person) for person in (giver, receiver, recent)] == [
        ["help_reminder"],
        ["help_reminder"],
        [],
    ]


def test_link_of_the_mail_confirms_by_its_button_and_not_by_being_opened(client: Client) -> None:
    exchange = make_claimed(30)
    Notice.objects.update(created_at=timezone.now())
    _deliver()
    letter = next(m for m in mailbox.outbox if m.to == [exchange.receiver.email])
    assert "/coups-de-main/reponse/" in letter.body
    path = confirm_links.path_for(exchange, exchange.receiver)

    assert client.get(path).status_code == 200
    assert reread(exchange).state == HelpState.CLAIMED
    client.post(path)

    assert reread(exchange).state == HelpState.CONFIRMED
    assert client.post(path).status_code == 200
    assert Transfer.objects.count() == 1


def _deliver() -> None:
    """Quiet hours hold mails back until the morning: the test does not wait for it."""
    from essaim.core.models import OutboxRow

    OutboxRow.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    outbox.deliver()


def test_link_of_other_minutes_confirms_nothing(client: Client) -> None:
    exchange = make_claimed(30)
    path = confirm_links.path_for(exchange, exchange.receiver)
    HelpExchange.objects.update(claimed_minutes=120)

    client.post(path)

    assert reread(exchange).state == HelpState.CLAIMED


def test_forged_link_confirms_nothing(client: Client) -> None:
    exchange = make_claimed(30)
    path = confirm_links.path_for(exchange, exchange.receiver)

    assert client.post(path[:-4] + "abc/").status_code == 410
    assert reread(exchange).state == HelpState.CLAIMED


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_is_written_in_both_languages(language: str) -> None:
    exchange = make_claimed(120)
    host = make_host(exchange.hub, language=language)
    Person.objects.update(language=language)
    exchange = reread(exchange)
    actions.dispute_help(exchange=exchange, minutes=30, by=exchange.receiver)
    actions.settle_dispute(exchange=exchange, minutes=60, by=host)
    actions.thank(exchange=exchange, text="Merci, c’est limpide.", by=exchange.receiver)
    pair = {"giver": exchange.giver, "receiver": exchange.receiver}
    for giver, by in (("giver", "giver"), ("receiver", "giver")):
        other = "receiver" if giver == "giver" else "giver"
        proposal = actions.propose_help(
            giver=pair[giver], receiver=pair[other], title="Un logo", minutes=15, by=pair[by]
        )
        actions.agree_spontaneous(
            exchange=proposal, by=pair["receiver" if by == "giver" else "giver"]
        )
    HelpExchange.objects.filter(state=HelpState.AGREED).update(
        created_at=timezone.now() - timedelta(days=20)
    )
    ask_about_forgotten_help(timezone.now())

    _deliver()

    assert len({m.subject for m in mailbox.outbox}) >= 5
    assert all("None" not in str(m.body) for m in mailbox.outbox)
