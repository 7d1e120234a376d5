"""Friday's asks: drafted, moved, struck, sent once with the guards of that very moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from essaim.core.models import JournalEntry, Notice
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import friday as actions
from essaim.exchange.actions.asks import decline_ask
from essaim.exchange.actions.capacity import pause
from essaim.exchange.models import (
    Ask,
    AskState,
    BatchState,
    FridayBatch,
    FridayProposal,
    Need,
    NeedState,
    ProposalState,
)
from essaim.exchange.sweeps.friday import prepare_fridays
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.exchange.fridays import chosen, make_helper, make_waiting
from tests.exchange.helping import deliver
from tests.factories import (
    make_ask,
    make_host,
    make_hub,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def need(author: Person, hub: Hub, skill: Skill) -> Need:
    return make_waiting(author, hub, skill)


def drafted(hub: Hub, host: Person) -> FridayBatch:
    return actions.draft_batch(hub=hub, by=host)


def sent(batch: FridayBatch, host: Person) -> actions.Came:
    batch.refresh_from_db()
    return actions.send_batch(batch=batch, seen=batch.changes, by=host)


def proposal(batch: FridayBatch, helper: Person) -> FridayProposal:
    return batch.proposals.get(helper=helper)


def test_each_need_goes_to_one_person_and_the_others_are_kept_beside(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch = drafted(hub, host)
    states = list(batch.proposals.order_by("rank").values_list("state", flat=True))
    assert sorted(states) == ["chosen", *["spare"] * 4]
    assert Ask.objects.count() == 0
    assert Notice.objects.count() == 0


def test_nothing_to_ask_is_a_refusal(hub: Hub, host: Person, need: Need) -> None:
    with pytest.raises(actions.NothingToAsk):
        drafted(hub, host)
    assert FridayBatch.objects.count() == 0


def test_one_draft_waits_at_a_time(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    drafted(hub, host)
    with pytest.raises(actions.BatchWaits):
        drafted(hub, host)


def test_only_hosts_of_the_hive_touch_it(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch, stranger = drafted(hub, host), make_host(make_hub())
    spare = batch.proposals.filter(state=ProposalState.SPARE)[0].helper
    for deed in (
        lambda: actions.draft_batch(hub=hub, by=stranger),
        lambda: actions.choose_person(batch=batch, need=need, helper=spare, by=stranger),
        lambda: actions.strike_need(batch=batch, need=need, by=stranger),
        lambda: actions.send_batch(batch=batch, seen=0, by=stranger),
        lambda: actions.discard_batch(batch=batch, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_need_moves_to_another_of_those_proposed(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch = drafted(hub, host)
    before = batch.proposals.get(state=ProposalState.CHOSEN)
    spare = batch.proposals.filter(state=ProposalState.SPARE)[0].helper
    for _twice in range(2):
        actions.choose_person(batch=batch, need=need, helper=spare, by=host)
    before.refresh_from_db()
    assert chosen(batch) == {need.title: spare.given_name}
    assert before.state == ProposalState.SPARE
    batch.refresh_from_db()
    assert batch.changes == 1
    with pytest.raises(actions.NotProposed):
        actions.choose_person(batch=batch, need=need, helper=host, by=host)


def test_a_need_is_struck_and_taken_in_again(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch = drafted(hub, host)
    picked = batch.proposals.get(state=ProposalState.CHOSEN).helper
    for _twice in range(2):
        actions.strike_need(batch=batch, need=need, by=host)
    assert chosen(batch) == {}
    with pytest.raises(actions.NothingChosen):
        sent(batch, host)
    actions.choose_person(batch=batch, need=need, helper=picked, by=host)
    assert chosen(batch) == {need.title: picked.given_name}


def test_sending_asks_each_by_name_with_the_reason_seen(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch = drafted(hub, host)
    one = batch.proposals.get(state=ProposalState.CHOSEN)

    came = sent(batch, host)

    [ask] = Ask.objects.all()
    assert came.asked == [ask]
    assert (ask.need, ask.helper, ask.asked_by, ask.wave) == (need, one.helper, host, 1)
    assert ask.reasons == one.reasons
    assert set(Notice.objects.values_list("recipient", "code")) == {
        (one.helper_id, "ask_received"),
        (need.author_id, "need_status"),
    }
    one.refresh_from_db()
    batch.refresh_from_db()
    assert (one.state, one.ask, one.reasons) == (ProposalState.ASKED, ask, {})
    assert (batch.state, batch.ended_by) == (BatchState.SENT, host)
    # What was not used is not kept.
    assert batch.proposals.count() == 1
    assert JournalEntry.objects.filter(verb="send_batch").count() == 1


def test_the_next_step_waits_for_the_answer_and_a_no_hastens_it(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    before = need.next_step_at
    assert before is not None
    [ask] = sent(drafted(hub, host), host).asked
    need.refresh_from_db()
    assert need.next_step_at == ask.due_at
    assert ask.due_at > before
    assert (need.level, need.steps.count(), need.acknowledged_at) == (1, 0, None)

    decline_ask(ask=ask, by=ask.helper)
    need.refresh_from_db()
    assert need.next_step_at is not None
    assert need.next_step_at <= timezone.now()


def test_a_need_of_the_queue_has_its_host_then(
    hub: Hub, host: Person, author: Person, skill: Skill, helpers: list[Person]
) -> None:
    need = make_waiting(author, hub, skill, level=3, next_step_at=None)
    make_ask(need, helpers[0], wave=2, state=AskState.EXPIRED,
             sent_at=timezone.now() - timedelta(days=9))  # fmt: skip
    [ask] = sent(drafted(hub, host), host).asked
    need.refresh_from_db()
    assert (need.acknowledged_by, need.next_step_at) == (host, None)
    assert ask.wave == 3


def test_what_became_impossible_is_left_out_and_told(
    hub: Hub, host: Person, author: Person, helpers: list[Person], skill: Skill
) -> None:
    first = make_waiting(author, hub, skill, title="Un")
    second = make_waiting(author, hub, skill, title="Deux")
    third = make_waiting(author, hub, skill, title="Trois")
    batch = drafted(hub, host)
    rested = batch.proposals.get(need=first, state=ProposalState.CHOSEN).helper
    pause(person=rested, by=rested)
    Need.objects.filter(pk=second.pk).update(state=NeedState.MET)
    still = batch.proposals.get(need=third, state=ProposalState.CHOSEN).helper
    assert rested != still

    came = sent(batch, host)

    assert [ask.need for ask in came.asked] == [third]
    whys = {p.need_id: p.why for p in batch.proposals.filter(state=ProposalState.LEFT_OUT)}
    assert whys == {first.pk: "paused", second.pk: "need_over"}


def test_two_needs_moved_to_one_person_do_not_pass_their_limit(
    hub: Hub, host: Person, author: Person, skill: Skill
) -> None:
    needs = [make_waiting(author, hub, skill, title=title) for title in ("Un", "Deux", "Trois")]
    nadia = make_helper(hub, skill, "Nadia")
    make_helper(hub, skill, "Omar")
    batch = drafted(hub, host)
    for need in needs:
        actions.choose_person(batch=batch, need=need, helper=nadia, by=host)

    came = sent(batch, host)

    assert len(came.asked) == 2
    assert [p.why for p in batch.proposals.filter(state=ProposalState.LEFT_OUT)] == ["hands_full"]


def test_a_page_older_than_the_last_change_sends_nothing(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch, other = drafted(hub, host), make_host(hub)
    spare = batch.proposals.filter(state=ProposalState.SPARE)[0].helper
    actions.choose_person(batch=batch, need=need, helper=spare, by=other)
    with pytest.raises(actions.BatchChanged):
        actions.send_batch(batch=batch, seen=0, by=host)
    assert Ask.objects.count() == 0


def test_sent_or_put_aside_it_cannot_be_touched_any_more(
    hub: Hub, host: Person, need: Need, helpers: list[Person]
) -> None:
    batch = drafted(hub, host)
    actions.discard_batch(batch=batch, by=host)
    assert batch.proposals.count() == 0
    with pytest.raises(actions.BatchLeft):
        sent(batch, host)
    batch = drafted(hub, host)
    sent(batch, host)
    for deed in (
        lambda: sent(batch, host),
        lambda: actions.strike_need(batch=batch, need=need, by=host),
        lambda: actions.discard_batch(batch=batch, by=host),
    ):
        with pytest.raises(actions.BatchLeft):
            deed()
    assert Ask.objects.count() == 1


FRIDAY_MORNING = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


@pytest.fixture
def _that_friday(need: Need) -> None:
    Need.objects.filter(pk=need.pk).update(
        published_at=FRIDAY_MORNING - timedelta(days=2), expires_at=FRIDAY_MORNING + timedelta(9)
    )


@pytest.mark.usefixtures("_that_friday")
def test_friday_morning_prepares_and_sends_nothing(
    hub: Hub, host: Person, helpers: list[Person]
) -> None:
    for _again in range(2):
        prepare_fridays(FRIDAY_MORNING)
    [batch] = FridayBatch.objects.all()
    assert (batch.state, batch.made_by, batch.made_at) == (BatchState.DRAFT, None, FRIDAY_MORNING)
    assert list(Notice.objects.values_list("recipient", "code")) == [(host.pk, "friday_ready")]
    assert Ask.objects.count() == 0


@pytest.mark.usefixtures("_that_friday")
@pytest.mark.parametrize(
    "moment",
    [
        FRIDAY_MORNING - timedelta(hours=1),
        FRIDAY_MORNING - timedelta(days=1),
        FRIDAY_MORNING + timedelta(hours=12),
    ],
    ids=["before the hive opens", "a Thursday", "at night"],
)
def test_nothing_is_prepared_at_another_time(
    hub: Hub, host: Person, helpers: list[Person], moment: datetime
) -> None:
    prepare_fridays(moment)
    assert FridayBatch.objects.count() == 0


@pytest.mark.usefixtures("_that_friday")
def test_last_weeks_draft_gives_way_and_todays_is_not_made_twice(
    hub: Hub, host: Person, helpers: list[Person]
) -> None:
    old = actions.draft_batch(hub=hub, by=host, now=FRIDAY_MORNING - timedelta(days=7))
    prepare_fridays(FRIDAY_MORNING)
    old.refresh_from_db()
    assert old.state == BatchState.DISCARDED
    actions.discard_batch(batch=FridayBatch.objects.waiting().get(), by=host)
    prepare_fridays(FRIDAY_MORNING + timedelta(hours=1))
    assert FridayBatch.objects.waiting().count() == 0


@pytest.mark.usefixtures("_that_friday")
@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Rien ne part sans toi"), ("en", "Nothing leaves without you")]
)
def test_hosts_are_told_once_it_waits_and_not_once_it_is_gone(
    hub: Hub, host: Person, helpers: list[Person], mailoutbox: list[Any], language: str, said: str
) -> None:
    Person.objects.filter(pk=host.pk).update(language=language)
    prepare_fridays(FRIDAY_MORNING)
    deliver()
    [letter] = mailoutbox
    assert said in letter.body
    assert f"/hote/vendredi/?hub={hub.slug}" in letter.body

    actions.discard_batch(batch=FridayBatch.objects.waiting().get(), by=host)
    prepare_fridays(FRIDAY_MORNING + timedelta(days=7))
    actions.discard_batch(batch=FridayBatch.objects.waiting().get(), by=host)
    deliver()
    assert len(mailoutbox) == 1
