"""A need from its first sentence to the preview: who will be asked, what may be changed."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from essaim.core.ids import uuid7
from essaim.exchange import index
from essaim.exchange.models import Ask, Need, NeedAudience, Urgency
from essaim.exchange.need_proposals import proposed
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.reading import text_of
from tests.factories import lend, make_host, make_resident

pytestmark = pytest.mark.django_db


TYPED = {"text": "Je cherche quelqu’un pour relire mon plan de financement.", "urgency": "week"}


TYPED |= {"audience": "network"}


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


def proposals(**sent: Any) -> dict[str, list[str]]:
    """What the page would send back after an answer to what it sent."""
    posted = QueryDict(mutable=True)
    for name, value in (TYPED | sent).items():
        posted.setlist(name, value if isinstance(value, list) else [value])
    answer = proposed(posted)
    initial = answer["proposal"].initial
    return {name: answer[name] for name in ("shown", "auto", "refused")} | {
        "skills": [str(pk) for pk in initial["skills"]],
        "title": [initial["title"]],
        "title_proposed": [initial["title_proposed"]],
    }


OTHER = {"text": "Je cherche quelqu’un pour porter des étagères"}


def test_a_skill_ticked_for_the_author_goes_with_the_words(skill: Skill) -> None:
    seen = proposals()
    assert (seen["skills"], seen["auto"]) == ([str(skill.pk)], [str(skill.pk)])

    assert proposals(**seen | OTHER)["skills"] == []


def test_a_skill_that_the_author_ticked_stays_whatever_is_typed(skill: Skill) -> None:
    seen = proposals() | {"auto": []}

    after = proposals(**seen | OTHER)

    assert (after["skills"], after["shown"]) == ([str(skill.pk)], [str(skill.pk)])


def test_a_skill_that_the_author_refused_is_not_ticked_when_it_comes_back(skill: Skill) -> None:
    away = proposals(**proposals() | {"skills": []} | OTHER)
    back = proposals(**away | TYPED)

    assert (back["skills"], back["shown"]) == ([], [str(skill.pk)])
    again = proposals(**back | {"skills": [str(skill.pk)]} | OTHER)
    assert (again["skills"], again["refused"]) == ([str(skill.pk)], [])


def test_a_title_that_the_author_emptied_stays_empty(skill: Skill) -> None:
    seen = proposals()
    assert seen["title"] == ["Relire mon plan de financement"]
    assert proposals(**seen | {"title": [""]} | OTHER)["title"] == [""]
    assert proposals(**seen | OTHER)["title"] == ["Porter des étagères"]


def test_news_are_told_once(page: Client, skill: Skill) -> None:
    url = reverse("exchange:need_propose")
    seen = proposals()
    assert "Un titre et 1 compétence" in text_of(page.post(url, TYPED))
    assert "Un titre et" not in text_of(page.post(url, TYPED | seen))


def test_without_scripts_a_button_proposes_and_keeps_nothing(page: Client, skill: Skill) -> None:
    url = reverse("exchange:need_new")
    assert 'name="propose"' in text_of(page.get(url))

    shown = text_of(page.post(url, TYPED | {"propose": "1"}))

    assert 'value="Relire mon plan de financement"' in shown
    assert "Plan de financement" in shown
    assert TYPED["text"] in shown
    assert "hx-swap-oob" not in shown
    assert not Need.objects.exists()


def test_forged_lists_of_what_was_seen_do_no_harm(skill: Skill) -> None:
    forged = {name: [f"{n}" for n in range(500)] for name in ("shown", "auto", "refused")}
    assert len(proposals(**forged)["refused"]) == 40


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


PREVIEW_QUERIES = 22
