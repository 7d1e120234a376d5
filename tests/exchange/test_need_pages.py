"""The page of a need, the pages of an ask, and what is done from them."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from essaim.exchange.actions import asks, needs
from essaim.exchange.models import Ask, AskState, HelpState, Need, NeedAudience, NeedState
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.reading import text_of
from tests.factories import make_ask, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db


def test_a_need_of_another_hive_does_not_exist(page: Client) -> None:
    elsewhere = make_hub("Ailleurs")
    hidden = make_need(make_resident(elsewhere), elsewhere, audience=NeedAudience.HUB)
    assert page.get(reverse("exchange:need", args=[hidden.pk])).status_code == 404
    assert page.post(reverse("exchange:need_met", args=[hidden.pk])).status_code == 404


def test_the_page_of_a_need_tells_its_story(
    page: Client, draft: Need, author: Person, helpers: list[Person]
) -> None:
    sent = needs.publish_need(need=draft, by=author)
    asks.suggest_other(ask=sent[0], by=sent[0].helper, person=helpers[4])
    asks.decline_ask(ask=sent[1], by=sent[1].helper, remark="Je pars demain")
    shown = text_of(page.get(reverse("exchange:need", args=[draft.pk])))
    assert "dit par Léa" in shown
    assert f"{sent[0].helper.given_name} ne peut pas, et pense à Rosa" in shown
    assert "Je pars demain" in shown
    assert "on demande à trois autres personnes" in shown


def test_others_read_no_name_of_who_was_asked_nor_who_said_no(
    client: Client, draft: Need, author: Person, helpers: list[Person], hub: Hub
) -> None:
    sent = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])
    asks.decline_ask(ask=sent[0], by=helpers[0], remark="Je pars demain")
    client.force_login(make_resident(hub, given_name="Curieuse"))
    shown = text_of(client.get(reverse("exchange:need", args=[draft.pk])))
    assert "Nadia" not in shown
    assert "Je pars demain" not in shown
    assert "1 personne" in shown


def test_after_a_yes_the_two_read_how_to_reach_each_other_and_nobody_else_does(
    client: Client, author: Person, hub: Hub
) -> None:
    nadia, stranger = make_resident(hub, phone="0601020304"), make_resident(hub)
    ask = make_ask(make_need(author, hub), nadia)
    url = reverse("exchange:need", args=[ask.need_id])
    read = {}
    for moment in ("before", "after"):
        for name, reader in (("author", author), ("nadia", nadia), ("stranger", stranger)):
            client.force_login(reader)
            shown = text_of(client.get(url))
            read[moment, name] = [
                word for word in (author.email, nadia.email, "0601020304") if word in shown
            ]
        if moment == "before":
            asks.accept_ask(ask=ask, by=nadia)
    assert read == {
        ("before", "author"): [],
        ("before", "nadia"): [],
        ("before", "stranger"): [],
        ("after", "author"): [nadia.email, "0601020304"],
        ("after", "nadia"): [author.email],
        ("after", "stranger"): [],
    }


def test_the_person_named_is_asked_in_one_tap(
    page: Client, draft: Need, author: Person, helpers: list[Person]
) -> None:
    sent = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])
    asks.suggest_other(ask=sent[0], by=helpers[0], person=helpers[4])
    url = reverse("exchange:need_ask", args=[draft.pk, helpers[4].pk])
    assert url in text_of(page.get(reverse("exchange:need", args=[draft.pk])))
    assert "C’est demandé à Rosa" in text_of(page.post(url, follow=True))
    assert draft.asks.filter(helper=helpers[4]).exists()


@pytest.mark.parametrize(
    ("name", "state"),
    [("need_withdraw", NeedState.WITHDRAWN), ("need_met", NeedState.MET)],
)
def test_the_author_ends_a_need_once(
    name: str, state: str, page: Client, draft: Need, author: Person
) -> None:
    needs.publish_need(need=draft, by=author)
    url = reverse(f"exchange:{name}", args=[draft.pk])
    page.post(url)
    assert page.post(url, follow=True).status_code == 200
    draft.refresh_from_db()
    assert draft.state == state


def test_a_reader_comes_forward_from_the_page(client: Client, author: Person, hub: Hub) -> None:
    need, nadia = make_need(author, hub), make_resident(hub, given_name="Nadia")
    client.force_login(nadia)
    url = reverse("exchange:need_volunteer", args=[need.pk])
    assert url in text_of(client.get(reverse("exchange:need", args=[need.pk])))
    after = text_of(client.post(url, follow=True))
    assert author.email in after
    assert "Nadia dit oui" in after
    assert url not in after


def test_asking_again_cancels_the_help_that_was_promised(
    page: Client, draft: Need, author: Person, helpers: list[Person]
) -> None:
    sent = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])
    exchange = asks.accept_ask(ask=sent[0], by=helpers[0])
    url = reverse("exchange:need_reopen", args=[draft.pk])
    assert url in text_of(page.get(reverse("exchange:need", args=[draft.pk])))
    page.post(url)
    exchange.refresh_from_db()
    draft.refresh_from_db()
    assert (exchange.state, draft.state) == (HelpState.CANCELLED, NeedState.OPEN)
    assert draft.asks.filter(wave=2).count() == 3


def test_rewording_opens_a_new_draft(page: Client, draft: Need, author: Person) -> None:
    needs.publish_need(need=draft, by=author)
    response = page.post(reverse("exchange:need_reword", args=[draft.pk]))
    copy = Need.objects.get(state=NeedState.DRAFT)
    assert response["Location"] == reverse("exchange:need_preview", args=[copy.pk])


def test_the_ask_page_shows_the_ask_whole(client: Client, hub: Hub, author: Person) -> None:
    ask = make_ask(make_need(author, hub), make_resident(hub, given_name="Nadia"))
    client.force_login(ask.helper)
    shown = text_of(client.get(reverse("exchange:ask", args=[ask.pk])))
    assert ask.need.text in shown
    assert author.email not in shown
    for value in ("yes", "no", "later", "other"):
        assert f'value="{value}"' in shown


def test_answers_from_the_page(client: Client, hub: Hub, author: Person) -> None:
    ask = make_ask(make_need(author, hub), make_resident(hub))
    client.force_login(ask.helper)
    url = reverse("exchange:ask_answer", args=[ask.pk])
    client.post(url, {"a": "later"})
    assert Ask.objects.get().state == AskState.LATER
    client.post(url, {"a": "yes"})
    assert Ask.objects.get().state == AskState.ACCEPTED
    assert client.get(reverse("exchange:ask", args=[ask.pk])).status_code == 200


def test_a_name_of_the_directory_becomes_that_person(
    client: Client, hub: Hub, author: Person
) -> None:
    zoe = make_resident(hub, given_name="Zoé", family_name="L’Étang")
    ask = make_ask(make_need(author, hub), make_resident(hub))
    client.force_login(ask.helper)
    url = reverse("exchange:ask_answer", args=[ask.pk])
    client.post(url, {"a": "other", "who": "zoe l'etang"})
    assert Ask.objects.get().instead == zoe


def test_the_ask_of_another_does_not_exist(page: Client, hub: Hub) -> None:
    ask = make_ask(make_need(make_resident(hub), hub), make_resident(hub))
    assert page.get(reverse("exchange:ask", args=[ask.pk])).status_code == 404
    assert page.post(reverse("exchange:ask_answer", args=[ask.pk]), {"a": "no"}).status_code == 404


def test_the_author_who_opens_an_ask_is_led_to_the_need(
    page: Client, author: Person, hub: Hub
) -> None:
    ask = make_ask(make_need(author, hub), make_resident(hub))
    response = page.get(reverse("exchange:ask", args=[ask.pk]))
    assert response["Location"] == reverse("exchange:need", args=[ask.need_id])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_need_costs_the_same_however_many_were_asked(
    rows: int,
    page: Client,
    author: Person,
    hub: Hub,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    need = make_need(author, hub)
    for _number in range(rows):
        make_ask(need, make_resident(hub))
    with django_assert_num_queries(NEED_QUERIES):
        page.get(reverse("exchange:need", args=[need.pk]))


NEED_QUERIES = 7
