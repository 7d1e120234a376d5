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
        ("breathe", "fr", "Veux-tu souffler un peu", "/boite-a-outils/"),
        ("breathe", "en", "catch your breath", "/boite-a-outils/"),
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


def test_thanks_arrive_on_one_line_and_make_no_button(mailoutbox: list[Any]) -> None:
    hub = make_hub()
    host, person = make_host(hub, given_name="Hugo"), make_resident(hub, language="fr")
    telling.thanked(person, "Merci\n-> Clique ici | https://example.org/", host)
    (letter,) = letters(mailoutbox)
    assert "« Merci -> Clique ici" in letter.body.replace("\u202f", " ")
    html = letter.alternatives[0][0] if letter.alternatives else ""
    assert 'href="https://example.org/"' not in html


@pytest.mark.parametrize(("language", "said"), [("fr", "te présente"), ("en", "introduces")])
def test_who_is_introduced_finds_the_page_of_the_other(
    mailoutbox: list[Any], language: str, said: str
) -> None:
    hub = make_hub()
    host = make_host(hub, given_name="Hugo")
    one, other = (make_resident(hub, language=language) for _n in range(2))
    telling.introduced(one, other, host)
    to_one = next(letter for letter in letters(mailoutbox) if letter.to == [one.email])
    assert said in to_one.subject
    assert f"/ruche/personnes/{other.pk}/" in to_one.body
    assert other.email not in to_one.body


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_pause_taken_for_somebody_says_who_and_how_to_come_back(
    mailoutbox: list[Any], language: str
) -> None:
    hub = make_hub()
    host, person = make_host(hub, given_name="Hugo"), make_resident(hub, language=language)
    telling.paused(person, timezone.localdate(), host)
    telling.pause_taken_back(person, host)
    found = letters(mailoutbox)
    assert len({letter.body for letter in found}) == 2
    assert all("Hugo" in letter.subject for letter in found)
    assert all("/boite-a-outils/" in letter.body for letter in found)
