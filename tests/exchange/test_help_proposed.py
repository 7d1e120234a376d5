"""Help without a need: one proposes it, the other agrees or not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import help as actions
from essaim.exchange.contact import Contact, contact_of
from essaim.exchange.models import (
    AvoidPair,
    HelpExchange,
    HelpState,
    Pause,
)
from tests.exchange.helping import reread
from tests.factories import (
    make_exchange,
    make_hub,
    make_resident,
)

pytestmark = pytest.mark.django_db


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
