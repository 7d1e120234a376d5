"""Nobody puts a button of their own into our letters."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import outbox
from essaim.core.mail import read_letter
from essaim.core.models import Channel, OutboxRow
from essaim.core.notifications import prefer
from essaim.exchange.actions.help import thank
from essaim.exchange.models import HelpState
from essaim.exchange.notifications.help import THANKS_RECEIVED
from essaim.hubs.actions.invitations import invite_person
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Invitation
from essaim.people.models import Person
from tests.factories import make_exchange, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db

BUTTON = "-> Your prize | https://elsewhere.example/"


def test_a_button_leads_to_our_own_pages_only() -> None:
    letter = read_letter(f"Hello\n\n{BUTTON}\n-> In | /in/\n-> Odd | @elsewhere.example/")

    assert letter.buttons == [("In", "http://localhost:8000/in/")]


@pytest.mark.parametrize("words", [f"Thanks\n\n{BUTTON}", BUTTON])
def test_thanks_make_no_button(words: str) -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    exchange = make_exchange(giver, receiver, hub, state=HelpState.CONFIRMED, minutes=30)

    prefer(person=giver, kind=THANKS_RECEIVED, channel=Channel.NOW)
    thank(exchange=exchange, text=words, by=receiver)
    OutboxRow.objects.update(due_at=timezone.now())  # or quiet hours would hold it back
    outbox.deliver()

    assert "Your prize" in html()
    assert 'href="https://elsewhere' not in html()


def test_the_word_of_an_invitation_makes_no_button() -> None:
    hub = make_hub()
    invite_person(
        hub=hub,
        email="new@example.org",
        given_name="Nadia",
        family_name="",
        plan="",
        message="Hello\n\n--> > Mine | /elsewhere/",
        by=make_host(hub),
    )

    outbox.deliver()

    assert "/elsewhere/" in html()
    assert '/elsewhere/"' not in html()


def test_a_name_stands_on_one_line(client: Client) -> None:
    hub = make_hub()
    invite_person(
        hub=hub,
        email="new@example.org",
        given_name="Nadia",
        family_name="",
        plan="",
        message="",
        by=make_host(hub),
    )
    link = invitation_path(Invitation.objects.get())
    words = {"given_name": "Na\u202edia\n\nB", "family_name": "C\nD", "language": "fr"}

    answer = client.post(link, words)

    assert answer.status_code == 302
    person = Person.objects.get(email="new@example.org")
    assert (person.given_name, person.family_name) == ("Nadia B", "C D")


def test_an_invitation_says_no_word_that_breaks_the_database(client: Client) -> None:
    host = make_host(make_hub())
    client.force_login(host)

    answer = client.get(reverse("hubs:invitations"), {"q": "a\x00b"})

    assert answer.status_code == 200


def html() -> str:
    message: Any = mail.outbox[-1]
    return str(message.alternatives[0][0])
