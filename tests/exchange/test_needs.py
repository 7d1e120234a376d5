from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from essaim.core import journal
from essaim.core.duties import DUTIES
from essaim.core.ids import uuid7
from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange import escalation
from essaim.exchange.actions import asks, cancelling, needs
from essaim.exchange.models import Ask, AskState, HelpState, Need, NeedAudience, NeedState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.factories import make_ask, make_host, make_need, make_person, make_resident

pytestmark = pytest.mark.django_db


def told(author: Person, title: str) -> list[str]:
    found = Notice.objects.filter(recipient=author, code="need_status")
    return [notice.title for notice in found if title in notice.title]


def test_one_sentence_makes_a_draft_with_title_and_skills(author: Person, skill: Skill) -> None:
    need = needs.draft_need(by=author, text="J’ai besoin d’aide pour mon plan de financement")
    assert need.title == "Mon plan de financement"
    assert list(need.skills.all()) == [skill]
    assert (need.state, need.urgency, need.audience, need.minutes) == (
        NeedState.DRAFT,
        Urgency.WEEK,
        NeedAudience.NETWORK,
        30,
    )


def test_title_and_skills_of_the_author_pass_before_proposals(author: Person) -> None:
    need = needs.draft_need(by=author, text="Mon plan de financement", title="À moi", skills=[])
    assert (need.title, list(need.skills.all())) == ("À moi", [])


def test_nothing_said_is_refused(author: Person) -> None:
    with pytest.raises(needs.NothingSaid):
        needs.draft_need(by=author, text="  \n ")


def test_who_is_in_no_hive_is_told_so() -> None:
    with pytest.raises(needs.NoHive):
        needs.draft_need(by=make_person(), text="Une perceuse")


def test_a_host_without_residency_tells_needs_in_their_hive(hub: Hub) -> None:
    assert needs.draft_need(by=make_host(hub), text="Une perceuse").hub == hub


def test_the_same_form_sent_twice_is_one_draft(author: Person) -> None:
    key = uuid7()
    needs.draft_need(by=author, text="Une perceuse", key=key)
    needs.draft_need(by=author, text="Deux perceuses", key=key)
    assert [need.text for need in Need.objects.filter(author=author)] == ["Deux perceuses"]


def test_the_key_of_somebody_else_s_need_touches_nothing(author: Person, draft: Need) -> None:
    other = make_resident(draft.hub)
    mine = needs.draft_need(by=other, text="Une perceuse", key=draft.pk)
    draft.refresh_from_db()
    assert mine.pk != draft.pk
    assert draft.author == author


def test_a_form_sent_again_after_the_need_left_is_told(draft: Need, author: Person) -> None:
    needs.publish_need(need=draft, by=author)
    with pytest.raises(needs.AlreadyTold):
        needs.draft_need(by=author, text="Encore", key=draft.pk)


def test_publishing_asks_three_people_by_name(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    sent = needs.publish_need(need=draft, by=author)
    draft.refresh_from_db()
    assert [ask.rank for ask in sent] == [1, 2, 3]
    assert {ask.helper_id for ask in sent} < {person.pk for person in helpers}
    assert draft.state == NeedState.OPEN
    assert {ask.due_at for ask in sent} == {draft.next_step_at}
    assert Notice.objects.filter(code="ask_received").count() == 3


def test_publishing_freezes_the_delays_and_sets_the_next_step(draft: Need, author: Person) -> None:
    before = timezone.now()
    needs.publish_need(need=draft, by=author)
    draft.refresh_from_db()
    assert draft.policy == escalation.policy_for(Urgency.WEEK)
    assert draft.level == 1
    assert draft.expires_at is not None
    assert before + escalation.LIFE <= draft.expires_at <= timezone.now() + escalation.LIFE


def test_a_need_that_nobody_can_answer_goes_on_at_once(draft: Need, author: Person) -> None:
    assert needs.publish_need(need=draft, by=author) == []
    draft.refresh_from_db()
    assert draft.next_step_at is not None
    assert draft.next_step_at <= timezone.now()


def test_a_second_click_is_told_kindly_and_asks_nobody(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    needs.publish_need(need=draft, by=author)
    with pytest.raises(needs.AlreadyTold):
        needs.publish_need(need=draft, by=author)
    assert Ask.objects.filter(need=draft).count() == 3


def test_who_was_struck_is_not_asked(draft: Need, author: Person, helpers: list[Person]) -> None:
    struck = [helpers[0].pk, helpers[1].pk]
    sent = needs.publish_need(need=draft, by=author, struck=struck)
    assert {ask.helper_id for ask in sent} == {person.pk for person in helpers[2:]}


def test_only_those_whom_the_author_saw_are_asked(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    seen: list[UUID] = [helpers[3].pk, helpers[4].pk, author.pk, uuid7()]
    sent = needs.publish_need(need=draft, by=author, among=seen)
    assert {ask.helper_id for ask in sent} == {helpers[3].pk, helpers[4].pk}


def test_only_the_author_publishes_and_edits(draft: Need, hub: Hub) -> None:
    host = make_host(hub)
    with pytest.raises(NotAllowed):
        needs.publish_need(need=draft, by=host)
    with pytest.raises(NotAllowed):
        needs.edit_draft(need=draft, by=host, text="Autre")


def test_too_many_needs_a_day_stay_drafts(draft: Need, author: Person) -> None:
    for _number in range(needs.NEEDS_A_DAY):
        make_need(author, draft.hub)
    with pytest.raises(needs.EnoughForToday):
        needs.publish_need(need=draft, by=author)
    draft.refresh_from_db()
    assert draft.state == NeedState.DRAFT


def test_needs_of_yesterday_do_not_count_for_today(draft: Need, author: Person) -> None:
    for _number in range(needs.NEEDS_A_DAY):
        make_need(author, draft.hub, published_at=timezone.now() - timedelta(hours=25))
    needs.publish_need(need=draft, by=author)


def test_an_edited_draft_keeps_its_skills_unless_they_are_given(
    draft: Need, author: Person, skill: Skill
) -> None:
    needs.edit_draft(need=draft, by=author, text="Autre chose", title="", minutes=60)
    draft.refresh_from_db()
    assert (draft.title, draft.minutes, list(draft.skills.all())) == ("Autre chose", 60, [skill])
    needs.edit_draft(need=draft, by=author, skills=[])
    assert not draft.skills.exists()


def test_a_need_that_left_is_not_edited(draft: Need, author: Person) -> None:
    needs.publish_need(need=draft, by=author)
    with pytest.raises(needs.AlreadyTold):
        needs.edit_draft(need=draft, by=author, text="Autre")


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (needs.withdraw_need, NeedState.WITHDRAWN),
        (needs.meet_need, NeedState.MET),
        (needs.close_need, NeedState.CLOSED_UNMET),
    ],
)
def test_an_ended_need_asks_nothing_more_and_thanks_those_asked(
    end: object, state: str, draft: Need, author: Person, helpers: list[Person]
) -> None:
    needs.publish_need(need=draft, by=author)
    assert callable(end)
    end(need=draft, by=author)
    draft.refresh_from_db()
    assert (draft.state, draft.next_step_at) == (state, None)
    assert set(draft.asks.values_list("state", flat=True)) == {AskState.WITHDRAWN}
    assert Notice.objects.filter(code="ask_withdrawn").count() == 3


def test_who_had_said_yes_is_told_when_the_need_is_withdrawn(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    sent = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])
    exchange = asks.accept_ask(ask=sent[0], by=helpers[0])
    needs.withdraw_need(need=draft, by=author)
    exchange.refresh_from_db()
    draft.refresh_from_db()
    assert (exchange.state, draft.state) == (HelpState.CANCELLED, NeedState.WITHDRAWN)
    assert Notice.objects.filter(recipient=helpers[0], code="help_cancelled").count() == 1


def test_ending_twice_is_told(draft: Need, author: Person) -> None:
    needs.publish_need(need=draft, by=author)
    needs.meet_need(need=draft, by=author)
    with pytest.raises(Overtaken):
        needs.withdraw_need(need=draft, by=author)


def test_a_host_may_close_and_the_author_is_told(draft: Need, author: Person, hub: Hub) -> None:
    needs.publish_need(need=draft, by=author)
    needs.close_need(need=draft, by=make_host(hub))
    assert told(author, draft.title) == [
        "Personne n’a pu aider cette fois\u00a0: Relire mon plan de financement"
    ]


def test_a_stranger_may_not_end_a_need(draft: Need, author: Person, hub: Hub) -> None:
    needs.publish_need(need=draft, by=author)
    with pytest.raises(NotAllowed):
        needs.withdraw_need(need=draft, by=make_resident(hub))


def test_a_withdrawn_draft_leaves_no_trace(draft: Need, author: Person) -> None:
    needs.withdraw_need(need=draft, by=author)
    assert not Need.objects.filter(pk=draft.pk).exists()


def test_reopening_asks_three_others_and_starts_the_clock(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    first = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])[0]
    asks.accept_ask(ask=first, by=helpers[0])
    needs.reopen_need(need=draft, by=helpers[0])
    draft.refresh_from_db()
    assert draft.state == NeedState.OPEN
    assert draft.next_step_at is not None
    later = draft.asks.filter(wave=2)
    assert len(later) == 3
    assert helpers[0].pk not in {ask.helper_id for ask in later}
    assert len(told(author, draft.title)) == 1


def test_a_former_helper_may_not_reopen_what_another_has_in_hand(
    draft: Need, author: Person, helpers: list[Person]
) -> None:
    first = needs.publish_need(need=draft, by=author, among=[helpers[0].pk])[0]
    cancelling.cancel_help(exchange=asks.accept_ask(ask=first, by=helpers[0]), by=helpers[0])
    second = draft.asks.filter(wave=2).order_by("rank")[0]
    asks.accept_ask(ask=second, by=second.helper)
    with pytest.raises(NotAllowed):
        needs.reopen_need(need=draft, by=helpers[0])
    draft.refresh_from_db()
    assert draft.state == NeedState.IN_HAND


def test_a_stranger_may_not_reopen(draft: Need, author: Person, helpers: list[Person]) -> None:
    first = needs.publish_need(need=draft, by=author)[0]
    asks.accept_ask(ask=first, by=first.helper)
    with pytest.raises(Refusal):
        needs.reopen_need(need=draft, by=make_resident(draft.hub))


def test_rewording_copies_into_a_new_draft(draft: Need, author: Person, skill: Skill) -> None:
    needs.publish_need(need=draft, by=author)
    copy = needs.reword_need(need=draft, by=author)
    assert (copy.state, copy.text, list(copy.skills.all())) == (
        NeedState.DRAFT,
        draft.text,
        [skill],
    )
    draft.refresh_from_db()
    assert draft.state == NeedState.OPEN


def test_a_need_closed_by_time_alone_is_closed_once(author: Person, hub: Hub) -> None:
    old = make_need(author, hub, expires_at=timezone.now() - timedelta(minutes=1))
    fresh = make_need(author, hub)
    ask = make_ask(old, make_resident(hub))
    needs.close_need(need=old, by=None)
    with pytest.raises(Overtaken):
        needs.close_need(need=old, by=None)
    old.refresh_from_db()
    fresh.refresh_from_db()
    ask.refresh_from_db()
    assert (old.state, fresh.state, ask.state) == (
        NeedState.CLOSED_UNMET,
        NeedState.OPEN,
        AskState.WITHDRAWN,
    )
    assert len(told(author, old.title)) == 1


def test_the_journal_tells_who_did_what(draft: Need, author: Person, hub: Hub) -> None:
    needs.publish_need(need=draft, by=author)
    needs.meet_need(need=draft, by=author)
    lines = [(line.verb, line.actor_id, line.hub_id) for line in journal.of(draft)]
    assert lines == [
        (verb, author.pk, hub.pk) for verb in ("publish_need", "send_wave", "meet_need")
    ]


def test_the_worker_knows_what_time_does() -> None:
    assert {
        "essaim.exchange.index.compare_everything",
        "essaim.exchange.index.read_what_changed",
        "essaim.exchange.sweeps.escalation.take_due_steps",
        "essaim.exchange.sweeps.asks.take_silence_for_an_answer",
    } <= set(DUTIES)
