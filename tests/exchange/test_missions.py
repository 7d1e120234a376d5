"""A help past its caps: proposed as a mission, agreed by the other, and out of brain-time."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import asks
from essaim.exchange.actions.cancelling import cancel_help
from essaim.exchange.actions.help import claim_minutes
from essaim.exchange.actions.missions import choose_mission, keep_as_help
from essaim.exchange.capacity import load_of
from essaim.exchange.contact import contact_of
from essaim.exchange.missions import why_a_mission
from essaim.exchange.models import (
    HelpExchange,
    HelpState,
    NeedState,
    Outcome,
    Transfer,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_ask, make_exchange, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia", minutes=600)


@pytest.fixture
def long_help(author: Person, giver: Person, hub: Hub, skill: Skill) -> HelpExchange:
    """Said yes to: three hours."""
    return said_yes(author, giver, hub, skill, minutes=180)


def said_yes(
    author: Person, giver: Person, hub: Hub, skill: Skill, *, minutes: int
) -> HelpExchange:
    need = make_need(author, hub, minutes=minutes)
    need.skills.add(skill)
    return asks.accept_ask(ask=make_ask(need, giver), by=giver)


def done_before(author: Person, giver: Person, hub: Hub, skill: Skill, times: int) -> None:
    for _number in range(times):
        need = make_need(author, hub, state=NeedState.MET)
        need.skills.add(skill)
        make_exchange(giver, author, hub, need=need, state=HelpState.CONFIRMED, minutes=30)


def reread(exchange: HelpExchange) -> HelpExchange:
    return HelpExchange.objects.select_related("need").get(pk=exchange.pk)


@pytest.mark.parametrize(("minutes", "why"), [(120, ""), (180, "long")])
def test_two_hours_are_a_helping_hand_and_three_are_more(
    author: Person, giver: Person, hub: Hub, skill: Skill, minutes: int, why: str
) -> None:
    assert why_a_mission(said_yes(author, giver, hub, skill, minutes=minutes)) == why


@pytest.mark.parametrize(("times", "why"), [(2, ""), (3, "often")])
def test_three_times_between_the_same_two_on_the_same_skill_are_often(
    author: Person, giver: Person, hub: Hub, skill: Skill, times: int, why: str
) -> None:
    done_before(author, giver, hub, skill, times)
    assert why_a_mission(said_yes(author, giver, hub, skill, minutes=30)) == why


def test_other_skills_and_other_people_do_not_count(
    author: Person, giver: Person, hub: Hub, skill: Skill
) -> None:
    done_before(author, giver, hub, make_skill("Photo"), 4)
    done_before(author, make_resident(hub), hub, skill, 4)
    done_before(giver, author, hub, skill, 4)
    assert why_a_mission(said_yes(author, giver, hub, skill, minutes=30)) == ""


def test_one_proposes_the_other_agrees_and_nothing_is_counted(
    long_help: HelpExchange, author: Person, giver: Person
) -> None:
    assert choose_mission(exchange=long_help, by=giver) is False
    assert choose_mission(exchange=long_help, by=giver) is False
    assert reread(long_help).state == HelpState.AGREED
    assert choose_mission(exchange=long_help, by=author) is True
    assert choose_mission(exchange=long_help, by=author) is True

    done = reread(long_help)
    assert done.need is not None
    assert (done.state, done.minutes, done.date_by_at) == (HelpState.MISSION, None, None)
    assert (done.need.state, done.need.outcome) == (NeedState.MET, Outcome.LED_TO_WORK)
    assert not Transfer.objects.exists()
    codes = Notice.objects.filter(code__startswith="help_mission")
    assert sorted(codes.values_list("code", "recipient")) == sorted(
        [("help_mission", author.pk), ("help_mission_answered", giver.pk)]
    )


def test_the_pledge_is_free_again(long_help: HelpExchange, author: Person, giver: Person) -> None:
    before = load_of(giver, now=timezone.now()).free_minutes
    choose_mission(exchange=long_help, by=author)
    choose_mission(exchange=long_help, by=giver)
    assert load_of(giver, now=timezone.now()).free_minutes == before + 180


def test_they_still_see_how_to_reach_each_other(
    long_help: HelpExchange, author: Person, giver: Person
) -> None:
    choose_mission(exchange=long_help, by=author)
    choose_mission(exchange=long_help, by=giver)
    assert contact_of(giver, author).email == giver.email


def test_no_minutes_are_claimed_of_a_mission(
    long_help: HelpExchange, author: Person, giver: Person
) -> None:
    choose_mission(exchange=long_help, by=author)
    choose_mission(exchange=long_help, by=giver)
    with pytest.raises(Overtaken):
        claim_minutes(exchange=long_help, minutes=60, by=giver)
    with pytest.raises(Overtaken):
        cancel_help(exchange=long_help, by=giver)


def test_kept_as_help_the_question_is_not_put_again(
    long_help: HelpExchange, author: Person, giver: Person
) -> None:
    choose_mission(exchange=long_help, by=giver)
    keep_as_help(exchange=long_help, by=author)
    keep_as_help(exchange=long_help, by=author)
    kept = reread(long_help)
    assert (kept.state, kept.mission_proposed_by, why_a_mission(kept)) == (
        HelpState.AGREED,
        None,
        "",
    )
    assert Notice.objects.filter(recipient=giver, code="help_mission_answered").count() == 1
    with pytest.raises(NotAllowed):
        choose_mission(exchange=long_help, by=giver)


def test_within_the_caps_there_is_no_mission(
    author: Person, giver: Person, hub: Hub, skill: Skill
) -> None:
    exchange = said_yes(author, giver, hub, skill, minutes=60)
    with pytest.raises(NotAllowed):
        choose_mission(exchange=exchange, by=giver)


def test_nobody_else_decides(long_help: HelpExchange, hub: Hub) -> None:
    for choice in (choose_mission, keep_as_help):
        with pytest.raises(NotAllowed):
            choice(exchange=long_help, by=make_resident(hub))


def test_the_page_offers_it_in_one_tap_and_names_no_price(
    client: Client, long_help: HelpExchange, author: Person, giver: Person
) -> None:
    path = f"/coups-de-main/{long_help.pk}/"
    client.force_login(giver)
    offered = client.get(path).content.decode()
    assert "En faire une mission payée" in offered
    client.post(f"{path}mission/", {"a": "yes"})
    assert "En faire une mission payée" not in client.get(path).content.decode()

    client.force_login(author)
    asked = client.get(path).content.decode()
    assert "Oui, une mission entre nous" in asked
    client.post(f"{path}mission/", {"a": "yes"})
    over = client.get(path).content.decode()
    assert "hors du temps de cerveau" in over
    assert not any("€" in page or "euro" in page for page in (offered, asked, over))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_letters_speak_of_no_price(
    hub: Hub, skill: Skill, mailoutbox: list[Any], language: str
) -> None:
    author, giver = (make_resident(hub, minutes=600, language=language) for _number in range(2))
    exchange = said_yes(author, giver, hub, skill, minutes=180)
    choose_mission(exchange=exchange, by=giver)
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    choose_mission(exchange=exchange, by=author)
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    subjects = " ".join(letter.subject for letter in mailoutbox)
    assert subjects.count("mission") == 2
    assert not any("€" in letter.body or "euro" in letter.body for letter in mailoutbox)


def test_a_draft_of_more_than_two_hours_is_told_so(page: Client, author: Person, hub: Hub) -> None:
    for minutes, told in ((120, False), (180, True)):
        draft = make_need(author, hub, state=NeedState.DRAFT, published_at=None, minutes=minutes)
        shown = page.get(f"/besoins/{draft.pk}/apercu/").content.decode()
        assert ("plus qu’un coup de main" in shown) == told


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_both_who_choose_on_four_screens_at_once_agree_once(
    tmp_path: Path, author: Person, hub: Hub
) -> None:
    giver = make_resident(hub, minutes=600)
    exchange = said_yes(author, giver, hub, make_skill(), minutes=180)
    deeds = [[("choose_mission", f"{exchange.pk} {one.pk}")] for one in (author, giver)]

    outcomes = act_at_once(tmp_path, *deeds * 4)

    assert outcomes == {"done": 8}
    assert reread(exchange).state == HelpState.MISSION
    assert Notice.objects.filter(code__startswith="help_mission").count() == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_once_leave_one_of_them(tmp_path: Path, author: Person, hub: Hub) -> None:
    giver = make_resident(hub, minutes=600)
    exchange = said_yes(author, giver, hub, make_skill(), minutes=180)
    choose_mission(exchange=exchange, by=giver)
    yes = [("choose_mission", f"{exchange.pk} {author.pk}")]
    no = [("keep_as_help", f"{exchange.pk} {giver.pk}")]

    outcomes = act_at_once(tmp_path, yes, no)

    found = reread(exchange)
    assert outcomes == {"done": 1, "NotAllowed": 1}
    assert (found.state == HelpState.MISSION) == (found.mission_refused_at is None)
