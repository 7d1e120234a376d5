"""What happens when nobody answers: the clock, the steps, the people told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from essaim.core.models import JournalEntry, Notice
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange import escalation
from essaim.exchange.actions import needs
from essaim.exchange.actions.choices import keep_need
from essaim.exchange.actions.escalation import take_step
from essaim.exchange.models import (
    AskState,
    EscalationStep,
    Need,
    NeedState,
    Urgency,
)
from essaim.exchange.sweeps import escalation as sweeps
from essaim.hubs.models import Hub
from tests.factories import (
    lend,
    make_ask,
    make_director,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=PARIS)


@pytest.fixture
def hub() -> Hub:
    return make_hub()


def waiting_need(hub: Hub, *, urgency: str = Urgency.WEEK, due: datetime = MONDAY) -> Need:
    """Told some days ago, asked once; its first step is due."""
    return make_need(
        make_resident(hub, given_name="Nadia"),
        hub,
        urgency=urgency,
        policy=escalation.policy_for(urgency),
        level=1,
        published_at=due - timedelta(days=1),
        expires_at=due + timedelta(days=13),
        next_step_at=due,
    )


def helpers(hub: Hub, count: int) -> None:
    skill = make_skill("Plan de financement")
    for _number in range(count):
        lend(make_resident(hub), skill, "J’ai relu dix plans de financement.")


def steps(need: Need) -> list[tuple[str, str]]:
    return list(need.steps.order_by("id").values_list("action", "result"))


def told(person: Any) -> list[str]:
    rows = Notice.objects.filter(recipient=person).order_by("created_at", "id")
    return list(rows.values_list("title", flat=True))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def test_three_others_are_asked_first(hub: Hub) -> None:
    need = waiting_need(hub)
    helpers(hub, 5)

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert steps(need) == [("second_wave", "3")]
    assert need.asks.count() == 3
    assert need.level == 2
    assert need.next_step_at == at(25, 10)
    assert told(need.author) == ["On demande à 3 personnes de plus\u00a0: " + need.title]


def test_nothing_is_done_before_its_time(hub: Hub) -> None:
    need = waiting_need(hub, due=at(23, 10, 1))
    sweeps.take_due_steps(MONDAY)
    assert steps(need) == []


def test_a_step_is_taken_once_by_two_workers(hub: Hub) -> None:
    need = waiting_need(hub)
    helpers(hub, 9)
    take_step(need_id=need.pk, now=MONDAY)
    take_step(need_id=need.pk, now=MONDAY)
    assert steps(need) == [("second_wave", "3")]
    assert need.asks.count() == 3


def test_the_host_is_called_when_nobody_is_left_and_the_author_reads_it_once(hub: Hub) -> None:
    host = make_host(hub)
    need = waiting_need(hub)

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert steps(need) == [("second_wave", "nobody"), ("host_queue", "hosts")]
    assert need.level == 3
    assert need.next_step_at == at(24, 10)
    assert told(host) == ["Nadia attend une réponse\u00a0: " + need.title]
    assert told(need.author) == [
        "Plus personne à qui demander, ton hôte cherche quelqu’un\u00a0: " + need.title
    ]


def test_a_host_who_says_nothing_is_reminded_a_day_later(hub: Hub) -> None:
    host = make_host(hub)
    need = waiting_need(hub)
    sweeps.take_due_steps(MONDAY)

    sweeps.take_due_steps(at(24, 10))

    need.refresh_from_db()
    assert steps(need)[-1] == ("host_reminder", "hosts")
    assert need.next_step_at == at(30, 10)
    assert len(told(host)) == 2


def test_a_host_who_looks_after_it_is_left_in_peace(hub: Hub) -> None:
    host = make_host(hub)
    need = waiting_need(hub)
    sweeps.take_due_steps(MONDAY)
    Need.objects.update(acknowledged_by=host, acknowledged_at=MONDAY)

    sweeps.take_due_steps(at(24, 10))

    assert steps(need)[-1] == ("host_reminder", "acknowledged")
    assert len(told(host)) == 1


def test_directors_are_told_where_no_host_is_left(hub: Hub) -> None:
    director = make_director()
    make_host(make_hub("Ailleurs"))
    need = waiting_need(hub)

    sweeps.take_due_steps(MONDAY)

    assert steps(need)[-1] == ("host_queue", "directors")
    assert len(told(director)) == 1


def test_a_network_of_nobody_still_tells_the_author(hub: Hub) -> None:
    need = waiting_need(hub)
    sweeps.take_due_steps(MONDAY)
    assert steps(need)[-1] == ("host_queue", "nobody")
    assert len(told(need.author)) == 1


@pytest.mark.parametrize(
    "state", [NeedState.IN_HAND, NeedState.MET, NeedState.WITHDRAWN, NeedState.CLOSED_UNMET]
)
def test_a_need_that_is_no_longer_open_is_left_alone(hub: Hub, state: str) -> None:
    need = waiting_need(hub)
    Need.objects.filter(pk=need.pk).update(state=state)
    sweeps.take_due_steps(MONDAY)
    assert (steps(need), told(need.author)) == ([], [])


def test_a_worker_that_slept_for_a_week_takes_one_step_and_counts_from_now(hub: Hub) -> None:
    need = waiting_need(hub, due=at(16, 10))
    helpers(hub, 9)

    sweeps.take_due_steps(MONDAY)
    sweeps.take_due_steps(MONDAY + timedelta(minutes=1))

    need.refresh_from_db()
    assert steps(need) == [("second_wave", "3")]
    assert need.next_step_at == at(25, 10)


def test_what_falls_due_at_closing_time_is_still_done(hub: Hub) -> None:
    need = waiting_need(hub, due=at(20, 18))
    helpers(hub, 3)
    sweeps.take_due_steps(at(20, 18, 1))
    assert steps(need) == [("second_wave", "3")]


@pytest.mark.parametrize("now", [at(21, 11), at(22, 15), at(23, 8, 59), at(20, 18, 30)])
def test_what_fell_due_while_the_hive_is_closed_waits_for_the_morning(
    hub: Hub, now: datetime
) -> None:
    need = waiting_need(hub, due=at(20, 17, 30))
    helpers(hub, 3)
    sweeps.take_due_steps(now)
    assert steps(need) == []
    sweeps.take_due_steps(at(23, 9))
    assert steps(need) == [("second_wave", "3")]


def test_the_morning_is_that_of_the_hive(hub: Hub) -> None:
    """Nine o'clock in Paris is still the night in Martinique."""
    islands = make_hub("La Trace", time_zone="America/Martinique")
    here, there = waiting_need(hub, due=at(20, 12)), waiting_need(islands, due=at(20, 12))
    sweeps.take_due_steps(at(23, 9))
    assert (len(steps(here)), len(steps(there))) == (2, 0)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The clocks go back in the night of the 24th to the 25th of October 2026,
        (datetime(2026, 10, 23, 15, tzinfo=PARIS), datetime(2026, 10, 27, 15, tzinfo=PARIS)),
        # and forward in that of the 27th to the 28th of March 2027.
        (datetime(2027, 3, 25, 15, tzinfo=PARIS), datetime(2027, 3, 30, 15, tzinfo=PARIS)),
    ],
)
def test_a_change_of_clock_adds_and_takes_no_hour(
    hub: Hub, now: datetime, expected: datetime
) -> None:
    need = waiting_need(hub, due=now)
    helpers(hub, 3)
    sweeps.take_due_steps(now)
    need.refresh_from_db()
    assert need.next_step_at is not None
    assert need.next_step_at.astimezone(UTC) == expected.astimezone(UTC)


def test_delays_changed_later_do_not_touch_a_need_that_was_told(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = waiting_need(hub)
    helpers(hub, 3)
    monkeypatch.setattr(escalation, "LADDER", {Urgency.WEEK: ((9, "host_queue", 90.0),)})

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert (need.level, need.next_step_at) == (2, at(25, 10))


def test_a_need_that_breaks_keeps_no_other_waiting(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = waiting_need(hub), waiting_need(hub, due=MONDAY + timedelta(seconds=1))
    Need.objects.filter(pk=broken.pk).update(policy={"steps": [{"level": 2}]})

    with pytest.raises(ExceptionGroup):
        sweeps.take_due_steps(MONDAY + timedelta(minutes=1))

    assert steps(broken) == []
    assert len(steps(sound)) == 2
    assert Need.objects.get(pk=broken.pk).next_step_at == MONDAY


def old_ladder() -> dict[str, Any]:
    """As it was frozen on needs before the desk and the board were steps."""
    steps = escalation.policy_for(Urgency.WEEK)["steps"]
    return {"steps": [step for step in steps if step["level"] < 4]}


def test_a_need_of_which_every_step_was_taken_goes_back_to_its_hosts(hub: Hub) -> None:
    host = make_host(hub)
    need = waiting_need(hub)
    Need.objects.filter(pk=need.pk).update(policy=old_ladder())
    sweeps.take_due_steps(MONDAY)
    sweeps.take_due_steps(at(24, 10))
    Need.objects.update(acknowledged_by=host, acknowledged_at=MONDAY, next_step_at=at(25, 10))

    sweeps.take_due_steps(at(25, 10))

    need.refresh_from_db()
    assert (need.acknowledged_at, need.next_step_at) == (None, None)
    assert len(told(host)) == 3
    assert len(steps(need)) == 3


def test_every_step_leaves_a_line_in_the_journal(hub: Hub) -> None:
    need = waiting_need(hub)
    sweeps.take_due_steps(MONDAY)
    lines = JournalEntry.objects.filter(thing_id=need.pk, verb__startswith="escalate")
    assert sorted(lines.values_list("verb", flat=True)) == [
        "escalate.host_queue",
        "escalate.second_wave",
    ]


OVER = MONDAY + timedelta(days=13)  # a Sunday: asking an author is not asking for help


def test_an_author_whose_time_is_over_is_asked_once(hub: Hub) -> None:
    need = waiting_need(hub)
    sweeps.ask_authors_whose_time_is_over(OVER)
    sweeps.ask_authors_whose_time_is_over(OVER + timedelta(days=1))
    assert steps(need) == [("asked_author_1", "")]
    assert told(need.author) == ["Le garder, le dire autrement ou le fermer\u202f? " + need.title]


def test_no_step_is_taken_while_the_author_thinks(hub: Hub) -> None:
    need = waiting_need(hub)
    sweeps.take_due_steps(OVER + timedelta(days=1))
    assert steps(need) == []


def test_silence_of_seven_days_closes_the_need_kindly(hub: Hub) -> None:
    need = waiting_need(hub)
    asked_at = OVER + timedelta(days=3)  # the worker slept: seven days from the question
    sweeps.ask_authors_whose_time_is_over(asked_at)

    sweeps.close_needs_left_without_an_answer(asked_at + timedelta(days=6, hours=23))
    need.refresh_from_db()
    assert need.state == NeedState.OPEN

    sweeps.close_needs_left_without_an_answer(asked_at + timedelta(days=7))
    need.refresh_from_db()
    assert need.state == NeedState.CLOSED_UNMET
    assert len(told(need.author)) == 2


def test_a_need_is_never_closed_before_its_author_was_asked(hub: Hub) -> None:
    need = waiting_need(hub)
    sweeps.close_needs_left_without_an_answer(OVER + timedelta(days=30))
    need.refresh_from_db()
    assert need.state == NeedState.OPEN


@pytest.fixture
def over(hub: Hub) -> Need:
    """A need whose time is over as of now, and whose author was asked."""
    need = make_need(
        make_resident(hub, given_name="Nadia"),
        hub,
        policy=escalation.policy_for(Urgency.WEEK),
        level=1,
        expires_at=datetime.now(UTC) - timedelta(hours=1),
        next_step_at=None,
    )
    sweeps.ask_authors_whose_time_is_over(datetime.now(UTC))
    return need


def test_a_need_that_is_kept_asks_others_and_climbs_on(hub: Hub, over: Need) -> None:
    helpers(hub, 3)

    assert keep_need(need=over, by=over.author) == 3

    over.refresh_from_db()
    assert over.expires_at is not None
    assert over.next_step_at is not None
    assert over.expires_at > datetime.now(UTC) + timedelta(days=13)


def test_a_need_that_was_kept_is_asked_about_again_two_weeks_later(over: Need) -> None:
    keep_need(need=over, by=over.author)
    sweeps.ask_authors_whose_time_is_over(datetime.now(UTC) + timedelta(days=15))
    told = [action for action, _result in steps(over)]
    assert told == ["asked_author_1", "kept_1", "asked_author_2"]


def test_only_the_author_keeps_a_need(over: Need) -> None:
    with pytest.raises(NotAllowed):
        keep_need(need=over, by=make_person())


def test_a_reopened_need_goes_on_where_it_was(hub: Hub) -> None:
    need = waiting_need(hub)
    helper = make_resident(hub)
    make_ask(need, helper, state=AskState.ACCEPTED)
    EscalationStep.objects.create(need=need, level=2, action="second_wave", result="1")
    EscalationStep.objects.create(need=need, level=3, action="phoned")
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_HAND, next_step_at=None)
    need.refresh_from_db()

    needs.reopen_need(need=need, by=helper)

    need.refresh_from_db()
    assert need.next_step_at is not None
    later = need.next_step_at.astimezone(PARIS)
    sweeps.take_due_steps(later)
    assert steps(need)[-1][0] == "host_queue"


def test_closing_what_was_answered_meanwhile_is_overtaken(hub: Hub) -> None:
    need = waiting_need(hub)
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_HAND)
    with pytest.raises(Overtaken):
        needs.close_need(need=need, by=None)
