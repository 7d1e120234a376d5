"""Whatever people do in whatever order, no automatic ask goes beyond a guard of who is asked.

What the guards say is counted here from the rows, by other means than `exchange.capacity`.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import models, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from essaim.core.models import JournalEntry
from essaim.core.refusals import Refusal
from essaim.exchange.actions import asks, capacity, needs, silences
from essaim.exchange.actions import help as helping
from essaim.exchange.actions.guards import set_guards
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import (
    Ask,
    AskState,
    HelpExchange,
    HelpState,
    Need,
    Pause,
    Pledge,
    Silence,
)
from essaim.people.models import Person
from tests.factories import lend, make_director, make_hub, make_resident, make_skill

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Paris")
WAITING = (AskState.SENT, AskState.LATER)
DONE = (HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CONFIRMED)
# What grows older when time passes; the clock of the machine is left alone.
AGEING: tuple[type[models.Model], ...] = (
    Ask, Need, HelpExchange, JournalEntry, Silence, Pause, Person,
)  # fmt: skip
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement."


def pass_time(span: timedelta) -> None:
    for model in AGEING:
        fields = [f for f in model._meta.concrete_fields if isinstance(f, models.DateField)]
        for row in model._base_manager.all():
            older = {
                field.attname: value - span
                for field in fields
                if (value := getattr(row, field.attname)) is not None
            }
            model._base_manager.filter(pk=row.pk).update(**older)


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.hub, self.skill = make_hub(), make_skill("Plan de financement")
        self.authors = [make_resident(self.hub) for _ in range(2)]
        self.helpers = [make_resident(self.hub, minutes=90) for _ in range(3)]
        for helper in self.helpers:
            lend(helper, self.skill, "J’ai relu dix plans de financement")
        self.director = make_director()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(author=st.integers(0, 1), minutes=st.sampled_from((15, 60, 60)))
    def tell_a_need(self, author: int, minutes: int) -> None:
        # The machine alone picks: nobody is named. Authors ask nobody who is at their side.
        by = self.authors[author]
        need = needs.draft_need(by=by, text=SENTENCE, skills=[self.skill])
        Need.objects.filter(pk=need.pk).update(minutes=minutes)
        need.refresh_from_db()
        try:
            sent = needs.publish_need(need=need, by=by)
        except needs.EnoughForToday:
            return  # a guard of its own: ten needs a day
        for ask in sent:
            self.ask_is_fair(ask, need)

    def ask_is_fair(self, ask: Ask, need: Need) -> None:
        """With this ask counted in, everything is within the guards in force now."""
        now, guards, who = timezone.now(), guards_in_force(), {"helper": ask.helper_id}
        pledge = Pledge.objects.get(person=ask.helper_id, valid_to=None)
        mine = list(Ask.objects.filter(**who).order_by("sent_at"))
        helps = list(HelpExchange.objects.filter(giver=ask.helper_id))
        agreed = [help_ for help_ in helps if help_.state == HelpState.AGREED]
        week = [one for one in mine if one.sent_at > now - timedelta(days=7)]
        waiting = [one for one in mine if one.state in WAITING]
        assert len(week) <= (pledge.max_asks_per_week or guards.asks_per_week)
        assert len(waiting) + len(agreed) <= (pledge.max_parallel or guards.at_once)
        assert pledge.beyond or self.taken(helps, now) + need.minutes <= pledge.minutes_per_month
        assert pledge.minutes_per_month > 0
        rest = now - timedelta(hours=guards.rest_hours)
        assert not [a for a in mine if a.state == AskState.DECLINED and after(a.answered_at, rest)]
        self.person_is_there(ask.helper_id, now)
        assert self.silent_in_a_row(mine, ask) < guards.silences

    def taken(self, helps: list[HelpExchange], now: datetime) -> int:
        month = now.astimezone(ZONE).date().replace(day=1)
        return sum(
            next(n for n in (h.minutes, h.claimed_minutes, h.planned_minutes) if n is not None)
            for h in helps
            if h.state == HelpState.AGREED
            or (h.state in DONE and h.happened_on is not None and h.happened_on >= month)
        )

    def person_is_there(self, person_id: Any, now: datetime) -> None:
        today = now.astimezone(ZONE).date()
        pauses = Pause.objects.filter(person=person_id, from_on__lte=today)
        assert not [p for p in pauses if p.to_on is None or p.to_on >= today]
        assert not Silence.objects.filter(
            person=person_id, answered_at=None, cause="unanswered"
        ).exists()
        person = Person.objects.get(pk=person_id)
        acts = JournalEntry.objects.filter(actor=person).values_list("at", flat=True)
        signs = [person.created_at, person.last_login, *acts]
        last = max(sign for sign in signs if sign is not None)
        assert last >= now - timedelta(days=guards_in_force().quiet_after)

    def silent_in_a_row(self, mine: list[Ask], new: Ask) -> int:
        words = [a.answered_at for a in mine if a.answered_at is not None]
        ended = Silence.objects.filter(person=new.helper_id).exclude(answered_at=None)
        words += [s.answered_at for s in ended if s.answered_at is not None]
        row = [a for a in mine if a.state == AskState.EXPIRED and a.answered_at is None]
        return len([a for a in row if not any(word > a.sent_at for word in words)])

    @rule(which=st.integers(0, 30), how=st.sampled_from(("yes", "yes", "no", "later", "other")))
    def answer(self, which: int, how: str) -> None:
        rows = list(Ask.objects.filter(state__in=(*WAITING, AskState.EXPIRED)).order_by("pk"))
        if not rows:
            return
        ask = Ask.objects.select_related("need", "helper").get(pk=rows[which % len(rows)].pk)
        do: Any = {
            "yes": asks.accept_ask,
            "no": asks.decline_ask,
            "later": asks.postpone_ask,
            "other": asks.suggest_other,
        }[how]
        try:
            with transaction.atomic():
                do(ask=ask, by=ask.helper)
        except Refusal:
            return

    @rule(which=st.integers(0, 10), minutes=st.sampled_from((15, 45, 90)))
    def help_is_done(self, which: int, minutes: int) -> None:
        rows = HelpExchange.objects.filter(state=HelpState.AGREED).order_by("pk")
        if not (found := list(rows.select_related("giver", "receiver", "hub"))):
            return
        exchange = found[which % len(found)]
        helping.claim_minutes(exchange=exchange, minutes=minutes, by=exchange.giver)
        helping.confirm_help(exchange=exchange, by=exchange.receiver)

    @rule(hours=st.sampled_from((3, 30, 60, 24 * 8, 24 * 8)))
    def time_passes(self, hours: int) -> None:
        pass_time(timedelta(hours=hours))
        asks.expire_asks(timezone.now())

    @rule(times=st.integers(1, 3))
    def nobody_says_a_word(self, times: int) -> None:
        for _time in range(times):
            self.tell_a_need(0, 15)
            self.time_passes(24 * 4)

    @rule(which=st.integers(0, 2), minutes=st.sampled_from((30, 60)))
    def somebody_says_yes_and_is_needed_again(self, which: int, minutes: int) -> None:
        self.tell_a_need(0, minutes)
        self.answer(-1 - which, "yes")
        self.tell_a_need(1, minutes)

    @rule()
    def a_month_goes_by_without_a_sign(self) -> None:
        self.time_passes(24 * 40)
        self.tell_a_need(1, 15)

    @rule(who=st.integers(0, 2), word=st.sampled_from(sorted(silences.DOING)))
    def say_a_word(self, who: int, word: Any) -> None:
        silence = Silence.objects.open().filter(person=self.helpers[who]).first()
        if silence is not None:
            silences.answer_silence(silence=silence, answer=word, by=self.helpers[who])

    @rule(who=st.integers(0, 2))
    def sign_in(self, who: int) -> None:
        Person.objects.filter(pk=self.helpers[who].pk).update(last_login=timezone.now())

    @rule(who=st.integers(0, 2), back=st.booleans())
    def rest_or_come_back(self, who: int, back: bool) -> None:
        do = capacity.resume if back else capacity.pause
        do(person=self.helpers[who], by=self.helpers[who])

    @rule(
        who=st.integers(0, 2),
        minutes=st.sampled_from((0, 60, 240)),
        week=st.sampled_from((None, 1, 3)),
        at_once=st.sampled_from((None, 1, 3)),
        beyond=st.booleans(),
    )
    def choose(self, who: int, minutes: int, week: Any, at_once: Any, beyond: bool) -> None:
        capacity.set_pledge(
            person=self.helpers[who],
            minutes=minutes,
            max_asks_per_week=week,
            max_parallel=at_once,
            beyond=beyond,
            by=self.helpers[who],
        )

    @rule(week=st.integers(1, 5), at_once=st.integers(1, 4), rest=st.sampled_from((24, 48, 168)),
          silent=st.integers(2, 4), quiet=st.sampled_from((14, 30, 60)))  # fmt: skip
    def network_sets(self, week: int, at_once: int, rest: int, silent: int, quiet: int) -> None:
        set_guards(
            by=self.director,
            asks_per_week=week,
            at_once=at_once,
            rest_hours=rest,
            silences=silent,
            quiet_after=quiet,
        )

    @invariant()
    def nobody_is_ever_struck_off(self) -> None:
        assert {p.state for p in Person.objects.all()} == {"active"}


def after(moment: datetime | None, limit: datetime) -> bool:
    return moment is not None and moment > limit


def test_no_guard_is_exceeded_in_random_histories() -> None:
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
