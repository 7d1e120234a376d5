"""What a host has sent from the list of Mondays, in the language of whoever reads it."""

from typing import Any

import pytest
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.home import notifications as telling
from tests.factories import make_exchange, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


def letters(mailoutbox: list[Any]) -> list[Any]:
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    return mailoutbox


@pytest.mark.parametrize(
    ("word", "language", "said", "path"),
    [
        ("welcome", "fr", "Une ligne dans ta boîte à outils", "/boite-a-outils/"),
        ("welcome", "en", "One line on your toolbox card", "/boite-a-outils/"),
        ("meet", "fr", "autour d’un café", "/ruche/"),
        ("meet", "en", "over a coffee", "/ruche/"),
        ("news", "fr", "On ne s’est pas croisés", "/besoins/nouveau/"),
        ("news", "en", "We have not crossed paths", "/besoins/nouveau/"),
        ("rest", "fr", "Ce n’est pas grave", "/boite-a-outils/"),
        ("rest", "en", "No harm done", "/boite-a-outils/"),
    ],
)
def test_a_word_is_sent_once_a_month(
    mailoutbox: list[Any], word: str, language: str, said: str, path: str
) -> None:
    hub = make_hub()
    host, person = make_host(hub, given_name="Hugo"), make_resident(hub, language=language)
    telling.nudged(person, word, host)
    telling.nudged(person, word, make_host(hub))
    (letter,) = letters(mailoutbox)
    assert said in letter.body
    assert path in letter.body
    assert "Hugo" in letter.subject
    assert host.name in letter.body


def test_both_are_asked_how_it_goes(mailoutbox: list[Any]) -> None:
    hub = make_hub()
    one, other = make_resident(hub), make_resident(hub, language="en")
    exchange = make_exchange(one, other, hub, title="Le bail")
    telling.how_does_it_go(exchange, make_host(hub))
    subjects = sorted(letter.subject for letter in letters(mailoutbox))
    assert subjects == ["How does it go? Le bail", "Où ça en est ? Le bail"]
    assert all(f"/coups-de-main/{exchange.pk}/" in letter.body for letter in mailoutbox)
