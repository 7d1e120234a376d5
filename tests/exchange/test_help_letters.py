"""What the two people of a help are written, and the links that confirm."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.test import Client
from django.utils import timezone

from essaim.core.models import Channel, Notice
from essaim.core.notifications import prefer
from essaim.exchange import confirm_links
from essaim.exchange.actions import help as actions
from essaim.exchange.models import (
    HelpExchange,
    HelpState,
    Transfer,
)
from essaim.exchange.notifications.help import THANKS_RECEIVED
from essaim.exchange.sweeps.help import ask_about_forgotten_help
from essaim.people.models import Person
from tests.exchange.helping import deliver, make_claimed, notices_of, reread
from tests.factories import (
    make_exchange,
    make_host,
    make_hub,
    make_resident,
)

pytestmark = pytest.mark.django_db


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
    deliver()
    letter = next(m for m in mailbox.outbox if m.to == [exchange.receiver.email])
    assert "/coups-de-main/reponse/" in letter.body
    path = confirm_links.path_for(exchange, exchange.receiver)

    assert client.get(path).status_code == 200
    assert reread(exchange).state == HelpState.CLAIMED
    client.post(path)

    assert reread(exchange).state == HelpState.CONFIRMED
    assert client.post(path).status_code == 200
    assert Transfer.objects.count() == 1


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
    prefer(person=exchange.giver, kind=THANKS_RECEIVED, channel=Channel.NOW)
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

    deliver()

    assert len({m.subject for m in mailbox.outbox}) >= 5
    assert all("None" not in str(m.body) for m in mailbox.outbox)
