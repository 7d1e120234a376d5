from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from essaim.core.ids import uuid7
from essaim.exchange import index
from essaim.exchange.actions import asks, needs
from essaim.exchange.models import Ask, AskState, HelpState, Need, NeedAudience, NeedState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.factories import lend, make_ask, make_host, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

TYPED = {"text": "Je cherche quelqu’un pour relire mon plan de financement.", "urgency": "week"}
TYPED |= {"audience": "network"}


@pytest.fixture
def page(client: Client, author: Person) -> Client:
    client.force_login(author)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_need_is_told_in_two_posts(page: Client, author: Person, helpers: list[Person]) -> None:
    assert "data-draft" in text_of(page.get(reverse("exchange:need_new")))
    response = page.post(reverse("exchange:need_new"), TYPED, follow=True)
    preview = text_of(response)
    assert "Nadia" in preview
    assert "J’ai relu dix plans de financement" in preview
    need = Need.objects.get(author=author)
    page.post(
        reverse("exchange:need_publish", args=[need.pk]), {"among": response.context["among"]}
    )
    assert Ask.objects.filter(need=need).count() == 3


def test_the_sentence_that_is_refused_is_given_back(page: Client) -> None:
    long = "mot " * 600
    response = page.post(reverse("exchange:need_new"), TYPED | {"text": long})
    assert response.status_code == 422
    assert long.strip() in text_of(response)


def test_an_empty_sentence_is_told(page: Client) -> None:
    response = page.post(reverse("exchange:need_new"), TYPED | {"text": "\u202e\x00 "})
    assert response.status_code == 422
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Une 😀 perceuse", "Une 😀 perceuse"),
        ("أحتاج إلى محاسب", "أحتاج إلى محاسب"),
        ("a\x00b\u202ec\x1bd", "abcd"),
        ("<b>gras</b> & 'co'", "<b>gras</b> & 'co'"),
    ],
)
def test_what_people_type_is_kept_plain(typed: str, kept: str, page: Client) -> None:
    page.post(reverse("exchange:need_new"), TYPED | {"text": typed})
    assert Need.objects.get().text == kept


def test_a_sentence_is_shown_as_text_never_as_page(page: Client) -> None:
    page.post(
        reverse("exchange:need_new"), TYPED | {"text": "<script>alert(1)</script> une perceuse"}
    )
    shown = text_of(page.get(reverse("exchange:need_preview", args=[Need.objects.get().pk])))
    assert "<script>alert" not in shown


def test_a_form_sent_twice_makes_one_draft(page: Client) -> None:
    typed = TYPED | {"key": str(uuid7())}
    page.post(reverse("exchange:need_new"), typed)
    page.post(reverse("exchange:need_new"), typed)
    assert Need.objects.count() == 1


def test_proposals_are_made_while_typing_and_write_nothing(page: Client, skill: Skill) -> None:
    shown = text_of(page.post(reverse("exchange:need_propose"), TYPED))
    assert 'value="Relire mon plan de financement"' in shown
    assert "Plan de financement" in shown
    assert "<html" not in shown
    assert not Need.objects.exists()


def test_what_the_author_changed_stays_changed(page: Client, skill: Skill) -> None:
    typed = TYPED | {
        "title": "Mon titre",
        "title_proposed": "Relire mon plan",
        "shown": [str(skill.pk)],
        "skills": [],
    }
    shown = text_of(page.post(reverse("exchange:need_propose"), typed))
    assert 'value="Mon titre"' in shown
    assert "checked" not in shown
    page.post(reverse("exchange:need_new"), typed)
    need = Need.objects.get()
    assert (need.title, need.skills.count()) == ("Mon titre", 0)


def test_forged_skills_are_refused_kindly(page: Client) -> None:
    typed = TYPED | {"title": "x", "title_proposed": "", "skills": [str(uuid7()), "nonsense"]}
    assert page.post(reverse("exchange:need_new"), typed).status_code == 422
    assert page.post(reverse("exchange:need_propose"), typed).status_code == 200


def test_who_is_struck_is_replaced_by_the_next(
    page: Client, draft: Need, helpers: list[Person]
) -> None:
    url = reverse("exchange:need_preview", args=[draft.pk])
    first = page.get(url).context["among"]
    without = page.get(url, {"without": str(first[0])}).context
    assert first[0] not in without["among"]
    assert len(without["among"]) == 3
    page.post(
        reverse("exchange:need_publish", args=[draft.pk]),
        {"without": [str(first[0])], "among": [str(pk) for pk in without["among"]]},
    )
    assert set(draft.asks.values_list("helper_id", flat=True)) == set(without["among"])


def test_whoever_s_page_one_came_from_is_asked_first(page: Client, hub: Hub) -> None:
    potter = make_resident(hub, given_name="Aude")
    url = reverse("exchange:need_new") + f"?pour={potter.pk}"
    assert "Aude" in text_of(page.get(url))
    preview = page.post(url, TYPED, follow=True).context
    assert preview["among"][0] == potter.pk
    need = Need.objects.get()
    page.post(
        reverse("exchange:need_publish", args=[need.pk]),
        {"among": preview["among"], "pour": str(potter.pk)},
    )
    assert Ask.objects.get(need=need, rank=1).helper == potter


def test_whoever_s_page_one_came_from_can_be_struck(page: Client, draft: Need, hub: Hub) -> None:
    potter = make_resident(hub, given_name="Aude")
    url = reverse("exchange:need_preview", args=[draft.pk])
    seen = page.get(url, {"pour": str(potter.pk), "without": str(potter.pk)}).context
    assert potter.pk not in seen["among"]
    struck = {"pour": str(potter.pk), "without": [str(potter.pk)], "among": [str(potter.pk)]}
    page.post(reverse("exchange:need_publish", args=[draft.pk]), struck)
    assert not draft.asks.exists()


def test_guards_hold_for_whoever_s_page_one_came_from(page: Client, draft: Need, hub: Hub) -> None:
    idle = make_resident(hub, given_name="Aude", minutes=0)
    url = reverse("exchange:need_preview", args=[draft.pk])
    seen = page.get(url, {"pour": str(idle.pk)})
    assert idle.pk not in seen.context["among"]
    assert "Aude" in text_of(seen)
    forged = {"pour": str(idle.pk), "among": [str(idle.pk)]}
    page.post(reverse("exchange:need_publish", args=[draft.pk]), forged)
    assert not draft.asks.exists()


@pytest.mark.parametrize("forged", ["nonsense", "\x00", "018f0000-0000-7000-8000-000000000000"])
def test_a_forged_name_in_the_address_counts_as_none(
    forged: str, page: Client, draft: Need
) -> None:
    url = reverse("exchange:need_preview", args=[draft.pk])
    assert page.get(url, {"pour": forged}).context["first"] is None


def test_a_draft_is_changed_on_the_preview(page: Client, draft: Need, skill: Skill) -> None:
    url = reverse("exchange:need_preview", args=[draft.pk])
    typed = {
        "title": "Autre titre",
        "text": "Plan de financement",
        "skills": [str(skill.pk)],
        "minutes": "60",
        "urgency": "now",
        "audience": "hub",
    }
    page.post(url, typed)
    draft.refresh_from_db()
    assert (draft.title, draft.minutes, draft.urgency, draft.audience) == (
        "Autre titre",
        60,
        Urgency.NOW,
        NeedAudience.HUB,
    )


def test_nonsense_in_the_preview_is_given_back_and_dropped(page: Client, draft: Need) -> None:
    url = reverse("exchange:need_preview", args=[draft.pk])
    assert page.get(url, {"without": ["x", str(uuid7())]}).status_code == 200
    assert page.post(url, {"title": "", "text": "", "minutes": "7"}).status_code == 422


def test_a_second_click_on_ask_leads_to_the_need(
    page: Client, draft: Need, helpers: list[Person]
) -> None:
    url = reverse("exchange:need_publish", args=[draft.pk])
    page.post(url, {"among": [helpers[0].pk]})
    response = page.post(url, {"among": [helpers[1].pk]}, follow=True)
    assert "déjà parti" in text_of(response)
    assert draft.asks.count() == 1


@pytest.mark.parametrize(
    "name", ["need_preview", "need_publish", "need_reword", "need_withdraw", "need"]
)
def test_the_draft_of_another_does_not_exist(
    name: str, client: Client, draft: Need, hub: Hub
) -> None:
    client.force_login(make_host(hub))
    url = reverse(f"exchange:{name}", args=[draft.pk])
    method = client.get if name in ("need", "need_preview") else client.post
    assert method(url).status_code == 404


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


def titles(response: Any) -> list[str]:
    return [line["sentence"] for line in response.context["lines"]]


@pytest.fixture
def three(author: Person, hub: Hub) -> list[Need]:
    """One of each place: mine, of my hive, of the network."""
    elsewhere = make_hub("Ailleurs")
    return [
        make_need(author, hub, title="Le mien", audience=NeedAudience.HUB),
        make_need(make_resident(hub), hub, title="De ma ruche", audience=NeedAudience.HUB),
        make_need(make_resident(elsewhere), elsewhere, title="Du réseau"),
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("mine", ["Le mien"]),
        ("hive", ["De ma ruche", "Le mien"]),
        ("network", ["Du réseau"]),
        ("nonsense", ["Le mien"]),
    ],
)
def test_needs_are_listed_by_place(
    where: str, expected: list[str], page: Client, three: list[Need]
) -> None:
    assert titles(page.get(reverse("exchange:needs"), {"in": where})) == expected


def test_a_search_forgives_case_and_accents(page: Client, three: list[Need]) -> None:
    found = page.get(reverse("exchange:needs"), {"in": "network", "q": "DU RESEAU"})
    assert titles(found) == ["Du réseau"]
    assert titles(page.get(reverse("exchange:needs"), {"in": "network", "q": "du %"})) != []
    assert titles(page.get(reverse("exchange:needs"), {"in": "network", "q": "absent"})) == []


def test_needs_are_narrowed_and_sorted(page: Client, author: Person, hub: Hub) -> None:
    now = timezone.now()
    for title, urgency, state, days in (
        ("vieux", Urgency.WEEK, NeedState.OPEN, 3),
        ("pressé", Urgency.NOW, NeedState.OPEN, 2),
        ("fini", Urgency.MONTH, NeedState.MET, 1),
    ):
        published = now - timedelta(days=days)
        make_need(author, hub, title=title, urgency=urgency, state=state, published_at=published)
    url = reverse("exchange:needs")
    assert titles(page.get(url)) == ["pressé", "vieux"]
    assert titles(page.get(url, {"sort": "old"})) == ["vieux", "pressé"]
    assert titles(page.get(url, {"sort": "urgent", "state": "all"})) == ["pressé", "vieux", "fini"]
    assert titles(page.get(url, {"state": "met"})) == ["fini"]
    assert titles(page.get(url, {"urgency": "now"})) == ["pressé"]
    assert titles(page.get(url, {"urgency": "x", "state": "x", "sort": "x", "page": "x"})) == [
        "pressé",
        "vieux",
    ]


def test_a_long_list_has_pages(page: Client, author: Person, hub: Hub) -> None:
    for number in range(21):
        make_need(author, hub, title=f"Besoin {number}")
    assert len(titles(page.get(reverse("exchange:needs")))) == 20
    assert len(titles(page.get(reverse("exchange:needs"), {"page": "2"}))) == 1


@pytest.mark.parametrize("where", ["mine", "hive", "network"])
def test_an_empty_list_says_what_to_do(where: str, page: Client) -> None:
    shown = text_of(page.get(reverse("exchange:needs"), {"in": where}))
    assert reverse("exchange:need_new") in shown
    assert 'class="empty"' in shown


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("where", ["mine", "hive", "network"])
def test_the_list_costs_the_same_however_long(
    where: str,
    rows: int,
    page: Client,
    author: Person,
    hub: Hub,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(rows):
        make_need(author, hub)
    with django_assert_num_queries(LIST_QUERIES[where]):
        page.get(reverse("exchange:needs"), {"in": where})


LIST_QUERIES = {"mine": 8, "hive": 7, "network": 7}


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


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_costs_the_same_however_many_may_be_asked(
    rows: int,
    page: Client,
    draft: Need,
    hub: Hub,
    skill: Skill,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(rows):
        lend(make_resident(hub), skill)
    index.refresh(index.PEOPLE)
    with django_assert_num_queries(PREVIEW_QUERIES):
        page.get(reverse("exchange:need_preview", args=[draft.pk]))


PREVIEW_QUERIES = 24


def test_hosts_take_away_the_needs_of_their_hives(
    client: Client, three: list[Need], hub: Hub
) -> None:
    Need.objects.filter(pk=three[1].pk).update(title="=1+1")
    client.force_login(make_host(hub))
    response = client.get(reverse("exchange:needs_export"))
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "Du réseau" not in "\n".join(lines)
    assert ";=1+1;" not in "\n".join(lines)


def test_members_take_nothing_away(page: Client) -> None:
    assert page.get(reverse("exchange:needs_export")).status_code == 404
