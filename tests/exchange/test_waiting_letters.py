"""Letters about needs that wait, in the language of whoever reads them."""

from typing import Any

import pytest
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.exchange.notifications import escalation as telling
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import make_host, make_need, make_resident

pytestmark = pytest.mark.django_db


def letters(mailoutbox: list[Any]) -> list[Any]:
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    return mailoutbox


@pytest.mark.parametrize(
    ("language", "subject", "button"),
    [("fr", "Léa attend une réponse", "M’en occuper"), ("en", "Léa is waiting", "Look after it")],
)
def test_a_host_is_called(
    hub: Hub, author: Person, mailoutbox: list[Any], language: str, subject: str, button: str
) -> None:
    need = make_need(author, hub, text="Qui relit mon bail ?\n-> vole | /tout")
    telling.host_called(need, [make_host(hub, language=language)])
    letter = letters(mailoutbox)[0]
    assert letter.subject.startswith(subject)
    assert button in letter.body
    assert f"/hote/besoins/{need.pk}/" in letter.body
    # What a person wrote stays in the sentence and makes no button.
    assert letter.body.count("/tout") == letter.body.count("bail ? -> vole | /tout") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Est-il toujours d’actualité"), ("en", "Is it still true")],
)
def test_an_author_is_asked_what_becomes_of_the_need(
    hub: Hub, mailoutbox: list[Any], language: str, words: str
) -> None:
    need = make_need(make_resident(hub, language=language), hub, expires_at=timezone.now())
    telling.time_is_over(need, 1)
    letter = letters(mailoutbox)[0]
    assert words in letter.body
    assert [f"?a={choice}" in letter.body for choice in ("keep", "reword", "close", "widen")] == [
        True,
        True,
        True,
        False,
    ]


def test_nothing_is_said_twice(hub: Hub, author: Person, mailoutbox: list[Any]) -> None:
    need, host = make_need(author, hub, expires_at=timezone.now()), make_host(hub)
    for _time in range(2):
        telling.host_called(need, [host])
        telling.time_is_over(need, 1)
        telling.step_taken(need, "host_queue", "hosts", nobody_left=False)
    assert len(letters(mailoutbox)) == 3
