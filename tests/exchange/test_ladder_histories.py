"""Random histories of one need: every step of its ladder at most once, in order, none skipped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.core.models import JournalEntry, Notice
from essaim.core.refusals import Refusal
from essaim.core.states import Overtaken
from essaim.exchange import escalation
from essaim.exchange.actions import asks, choices, hosting, needs
from essaim.exchange.actions.cancelling import cancel_help
from essaim.exchange.models import (
    AskState,
    HelpExchange,
    Need,
    NeedAudience,
    NeedState,
    Outcome,
    Urgency,
)
from essaim.exchange.sweeps import escalation as sweeps
from essaim.people.models import Person
from tests.exchange.desks import Guichet, plugged
from tests.factories import lend, make_host, make_hub, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
# Around two week-ends, two holidays and a change of clock.
START = datetime(2026, 10, 22, 10, tzinfo=PARIS)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@dataclass
class Story:
    need: Need
    host: Person
    guichet: Guichet
    clock: Clock

    def act(self, deed: str) -> None:
        """Whatever the moment: what is no longer possible is refused, and changes nothing."""
        self.need.refresh_from_db()
        try:
            getattr(self, deed)()
        except (Refusal, Overtaken):
            return

    def no(self) -> None:
        if ask := self.need.asks.exclude(state=AskState.DECLINED).order_by("pk").first():
            asks.decline_ask(ask=ask, by=ask.helper)

    def silence(self) -> None:
        asks.expire_asks(self.clock())

    def late_yes_that_fails(self) -> None:
        """Somebody says yes, whatever the step; and then cannot."""
        if ask := self.need.asks.order_by("-pk").first():
            asks.accept_ask(ask=ask, by=ask.helper)
            cancel_help(exchange=HelpExchange.objects.get(ask=ask), by=ask.helper)

    def look_after(self) -> None:
        hosting.acknowledge_need(need=self.need, by=self.host)

    def keep(self) -> None:
        choices.keep_need(need=self.need, by=self.need.author)

    def widen(self) -> None:
        choices.widen_need(need=self.need, by=self.need.author)

    def reword(self) -> None:
        choices.say_otherwise(
            need=self.need, by=self.need.author, text="Relire mon bail", minutes=30
        )

    def let_the_desk(self) -> None:
        choices.allow_desk(need=self.need, by=self.need.author)

    def close_and_reopen(self) -> None:
        choices.end_need(need=self.need, by=self.need.author, outcome=Outcome.NO_RESULT)
        needs.reopen_need(need=Need.objects.get(pk=self.need.pk), by=self.need.author)

    def sleep(self) -> None:
        """The server is down from Friday to Monday, or longer."""
        self.clock.now += timedelta(days=3)

    def sweep(self) -> None:
        sweeps.take_due_steps(self.clock())
        sweeps.ask_authors_whose_time_is_over(self.clock())
        asks.expire_asks(self.clock())
        sweeps.close_needs_left_without_an_answer(self.clock())


DEEDS = (
    *("no", "silence", "late_yes_that_fails", "look_after", "keep", "widen", "reword"),
    *("let_the_desk", "close_and_reopen", "sleep"),
)
HOURS = (1, 3, 9, 26, 70)
HISTORIES = st.lists(st.tuples(st.sampled_from(HOURS), st.sampled_from(DEEDS)), max_size=14)


@contextmanager
def told(urgency: str, audience: str, served: bool) -> Iterator[Story]:
    clock = Clock()
    with transaction.atomic(), patch.object(timezone, "now", clock):
        hub, skill = make_hub(), make_skill("Bail")
        for where in (hub, hub, hub, make_hub("Ailleurs")):
            lend(make_resident(where), skill, "J’ai relu dix baux")
        author = make_resident(hub)
        need = make_need(
            author, hub, text="Qui relit mon bail\u202f?", urgency=urgency, audience=audience,
            policy=escalation.policy_for(urgency), level=1,
        )  # fmt: skip
        Need.objects.update(next_step_at=escalation.first_step_at(need, clock()))
        guichet = Guichet(hubs=[hub.pk] if served else [])
        with plugged(guichet):
            yield Story(need, make_host(hub), guichet, clock)
        transaction.set_rollback(True)


@settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    history=HISTORIES,
    urgency=st.sampled_from(Urgency.values),
    audience=st.sampled_from(NeedAudience.values),
    served=st.booleans(),
)
def test_no_history_skips_or_repeats_a_step(
    history: list[tuple[int, str]], urgency: str, audience: str, served: bool
) -> None:
    with told(urgency, audience, served) as story:
        for hours, deed in history:
            story.clock.now += timedelta(hours=hours)
            story.sweep()
            story.act(deed)
            _holds(story)
        for _day in range(18):
            story.clock.now += timedelta(hours=24)
            story.sweep()
            _holds(story)
        _everything_ended_well(story)


def _holds(story: Story) -> None:
    need = Need.objects.get(pk=story.need.pk)
    ladder = [step.action for step in escalation.steps_of(need)]
    taken = [step for step in need.steps.order_by("id") if step.action in ladder]
    actions = [step.action for step in taken]
    assert actions == ladder[: len(actions)]
    assert all(not escalation.is_at_rest(need.hub, step.at) for step in taken)
    assert story.guichet.taken in ([], [need.pk])
    assert not story.guichet.taken or need.desk_consent_at is not None
    # An open need is never left without a next step, a question to its author, or its hosts.
    if need.state == NeedState.OPEN and need.next_step_at is None:
        assert len(actions) == len(ladder) or escalation.time_is_over(need, story.clock())
    helpers = list(need.asks.values_list("helper", flat=True))
    assert len(helpers) == len(set(helpers))
    assert Need.objects.on_board().exists() <= (need.audience == NeedAudience.NETWORK)


def _everything_ended_well(story: Story) -> None:
    need = Need.objects.get(pk=story.need.pk)
    for step in escalation.steps_of(need):
        lines = JournalEntry.objects.filter(thing_id=need.pk, verb=f"escalate.{step.action}")
        assert lines.count() == need.steps.filter(action=step.action).count() <= 1
        told_of = f"need_status:{need.pk}:step:{step.action}"
        assert Notice.objects.filter(key__startswith=told_of).count() <= 1
    for code in ("nobody_took", "desk_proposed"):
        assert Notice.objects.filter(code=code).count() <= 1
