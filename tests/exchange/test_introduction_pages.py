"""Introductions as they are written, read and answered: letters, links, pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.exchange import introduction_links
from essaim.exchange.actions import introductions as actions
from essaim.exchange.models import (
    Introduction,
    IntroductionState,
    Need,
)
from essaim.exchange.notifications import needs as telling
from essaim.hubs.models import Hub
from essaim.people.models import Audience, Person
from tests.factories import make_ask, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

BANK = "La Mutuelle du Fleuve"


@pytest.fixture
def introducer(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia")


@pytest.fixture
def whom() -> Person:
    """Of another hive, and whose address opens with a yes only."""
    return make_resident(
        make_hub("Ailleurs"), given_name="Wim", email_audience=Audience.ON_YES, language="fr"
    )


@pytest.fixture
def need(author: Person, hub: Hub) -> Need:
    return make_need(author, hub, looking_for=BANK)


@pytest.fixture
def offered(need: Need, introducer: Person, whom: Person) -> Introduction:
    return actions.offer_introduction(need=need, by=introducer, whom=whom, words="On a dîné hier")


@pytest.fixture
def outside(need: Need, introducer: Person) -> Introduction:
    return actions.offer_introduction(need=need, by=introducer)


def reread(introduction: Introduction) -> Introduction:
    return Introduction.objects.get(pk=introduction.pk)


def letters(mailoutbox: list[Any]) -> list[Any]:
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    return mailoutbox


# --- letters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "yes"), [("fr", "Oui, volontiers"), ("en", "Yes, gladly")])
def test_asker_and_third_answer_from_their_letters(
    hub: Hub, introducer: Person, mailoutbox: list[Any], client: Client, language: str, yes: str
) -> None:
    asker = make_resident(hub, given_name="Léa", language=language)
    whom = make_resident(hub, given_name="Wim", language=language)
    need = make_need(asker, hub, looking_for="Banque\n-> vole | /tout")
    offered = actions.offer_introduction(need=need, by=introducer, whom=whom)

    [first] = letters(mailoutbox)
    assert yes in first.body
    assert whom.given_name not in first.body
    assert "\n-> vole" not in first.body
    client.post(_link(first), {"a": "yes"})
    second = letters(mailoutbox)[-1]
    assert second.to == [whom.email]
    assert asker.email not in second.body
    opened = client.get(_link(second)).content.decode()
    assert (asker.email in opened, reread(offered).state) == (False, "welcomed")
    answered = client.post(_link(second), {"a": "yes"}).content.decode()

    assert asker.email in answered
    assert asker.email not in client.get(_link(second)).content.decode()
    made = {letter.to[0]: letter.body for letter in letters(mailoutbox)[2:]}
    assert whom.email in made[asker.email]
    assert asker.email in made[whom.email]
    assert whom.email not in made[introducer.email]


def _link(letter: Any) -> str:
    return str(re.findall(r"/presentations/lien/[^?\s]+", letter.body)[0])


def test_a_letter_that_has_lost_its_object_does_not_leave(
    offered: Introduction, introducer: Person, mailoutbox: list[Any]
) -> None:
    actions.withdraw_introduction(introduction=offered, by=introducer)
    assert letters(mailoutbox) == []


def test_the_letter_of_an_ask_says_whom_its_author_would_like_to_reach(
    need: Need, hub: Hub, mailoutbox: list[Any]
) -> None:
    helper = make_resident(hub)
    telling.asked(need, [make_ask(need, helper)])
    assert BANK in letters(mailoutbox)[0].body


def test_forged_and_old_links_open_nothing(
    offered: Introduction, client: Client, whom: Person, author: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert client.get(introduction_links.path_for(offered, whom)).status_code == 404
    assert client.get(introduction_links.path_for(offered, author)[:-2] + "x/").status_code == 404
    monkeypatch.setattr(introduction_links, "LIFE", timedelta(seconds=-1))
    assert client.get(introduction_links.path_for(offered, author)).status_code == 410


# --- pages -------------------------------------------------------------------------------------


def test_the_author_says_on_the_need_whom_they_would_like_to_reach(
    page: Client, author: Person, hub: Hub
) -> None:
    need = make_need(author, hub)
    page.post(f"/besoins/{need.pk}/cherche/", {"looking_for": BANK})
    need.refresh_from_db()
    assert need.looking_for == BANK
    assert BANK in page.get(f"/besoins/{need.pk}/").content.decode()
    assert Need.objects.saying("mutuelle").get() == need


def test_from_the_need_one_offers_a_member_found_by_name(
    client: Client, need: Need, introducer: Person, whom: Person
) -> None:
    client.force_login(introducer)
    path = f"/besoins/{need.pk}/presenter/"
    assert path in client.get(f"/besoins/{need.pk}/").content.decode()
    assert whom.name in client.get(path, {"q": "Wim"}).content.decode()

    said = client.post(path, {"whom": str(whom.pk), "words": "Il est bien"}, follow=True)

    assert Introduction.objects.get().whom == whom
    assert "On demande d’abord à Léa" in said.content.decode()


def test_the_words_for_outside_are_ready_once_the_asker_agreed(
    client: Client, outside: Introduction, introducer: Person, author: Person
) -> None:
    client.force_login(introducer)
    path = f"/presentations/{outside.pk}/"
    assert author.email not in client.get(path).content.decode()
    actions.welcome(introduction=outside, by=author)
    ready = client.get(path).content.decode()
    assert author.email in ready
    assert "mailto:?subject=" in ready
    client.post(path, {"a": "yes"})
    assert reread(outside).state == IntroductionState.MADE


def test_the_asker_does_not_see_who_it_is_before_the_yes(
    page: Client, offered: Introduction, author: Person, whom: Person
) -> None:
    path = f"/presentations/{offered.pk}/"
    page.post(path, {"a": "yes"})
    before = page.get(path).content.decode()
    actions.make_introduction(introduction=reread(offered), by=whom)
    after = page.get(path).content.decode()
    assert ("Wim" in before, whom.email in before) == (False, False)
    assert ("Wim" in after, whom.email in after) == (True, True)
    page.post(path, {"a": "led_to_work"})
    assert "mené à travailler" in page.get(path).content.decode()


def test_a_stranger_sees_no_introduction(client: Client, offered: Introduction, hub: Hub) -> None:
    client.force_login(make_resident(hub))
    assert client.get(f"/presentations/{offered.pk}/").status_code == 404
    assert "Aucune présentation" in client.get("/presentations/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_list_do_not_grow(
    page: Client,
    author: Person,
    hub: Hub,
    rows: int,
    django_assert_num_queries: Any,
) -> None:
    for _number in range(rows):
        need = make_need(author, hub, looking_for=BANK)
        actions.offer_introduction(need=need, by=make_resident(hub))
    with django_assert_num_queries(5):
        page.get("/presentations/")
