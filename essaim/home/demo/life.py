"""The life of a generated network: needs, asks, help and thanks, with the rhythm of real hives.

Most needs are said on Friday around the bell, the rest on working days. About two in three are met,
half of them within a day; some wait for a second wave, some for the host, a few for ever.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from essaim.core.writing import folded
from essaim.exchange import escalation
from essaim.exchange.actions.escalation import NO_DESK, ON_BOARD, WIDEN_ASKED
from essaim.exchange.models import (
    Ask,
    AskState,
    DeclineCode,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    NeedAudience,
    NeedState,
    Thanks,
    ThanksAudience,
    Transfer,
    TransferKind,
)
from essaim.exchange.working_hours import WorkingDay, after_working_time
from essaim.home.demo import corpus
from essaim.home.demo.records import DemoNeed
from essaim.home.demo.sizes import Size
from essaim.home.demo.world import PARIS, Resident, World
from essaim.home.demo.writer import Tables

DAY = WorkingDay()
POLICIES = {urgency: escalation.policy_for(urgency) for urgency in escalation.LADDER}
# How often a need ends so, once it is old.
ENDINGS = (
    (NeedState.MET, 66),
    (NeedState.CLOSED_UNMET, 14),
    (NeedState.WITHDRAWN, 8),
    (NeedState.IN_HAND, 12),
)
RECENT = timedelta(days=9)
# Whoever signed in last week is there today.
GRACE = timedelta(days=9)


@dataclass
class Story:
    """One need on its way."""

    need: DemoNeed
    id: UUID
    author: Resident
    at: datetime
    audience: str
    asked: list[UUID]


class Life:
    def __init__(self, tables: Tables, world: World) -> None:
        self.tables, self.world, self.rng = tables, world, world.rng
        self.by_skill: dict[str, list[Resident]] = defaultdict(list)
        for resident in world.residents:
            for code in resident.skills:
                self.by_skill[code].append(resident)
        self.energies = list(accumulate(resident.energy for resident in world.residents))
        # Nobody is asked more than the guards allow: counted over the last days only.
        self.asked_lately: Counter[UUID] = Counter()
        self.minutes_this_month: Counter[UUID] = Counter()
        self.declines = corpus.decline_remarks()

    def live(self, size: Size, tell: Callable[[int, int], None]) -> None:
        needs = corpus.needs(self.rng, size.needs)
        self.rng.shuffle(needs)
        moments = sorted(moments_of_needs(self.rng, self.world.now, size))
        for number, (at, need) in enumerate(zip(moments, needs, strict=True)):
            self.tell_story(need, at)
            self.tables.flush()
            if number % 200 == 0:
                tell(number, size.needs)

    def tell_story(self, need: DemoNeed, at: datetime) -> None:
        author = self._someone_here(at)
        if author is None:
            return
        audience = NeedAudience.NETWORK if self.rng.random() < 0.75 else NeedAudience.HUB
        story = Story(need, self.world.id_at(at), author, at, audience, [])
        if self.world.now - at < RECENT:
            self._recent(story)
        else:
            self._old(story)

    def _someone_here(self, at: datetime) -> Resident | None:
        for _ in range(8):
            [found] = self.rng.choices(self.world.residents, cum_weights=self.energies)
            if found.since < at.date() <= found.seen + GRACE:
                return found
        return None

    # --- a need that is over -------------------------------------------------------------------

    def _old(self, story: Story) -> None:
        [ending] = self.rng.choices([e for e, _ in ENDINGS], [w for _, w in ENDINGS])
        helpers = self._helpers(story, 6 if self.rng.random() < 0.3 else 3)
        if not helpers and ending in (NeedState.MET, NeedState.IN_HAND):
            ending = NeedState.CLOSED_UNMET
        if ending == NeedState.IN_HAND:
            ending = NeedState.MET  # old enough to be done
        giver = self.rng.choice(helpers) if ending == NeedState.MET else None
        closed = story.at + timedelta(days=self.rng.randint(2, 14))
        self.write_need(story, ending, level=3 if len(helpers) > 3 else 1, closed_at=closed)
        for rank, helper in enumerate(helpers, 1):
            self._write_past_ask(story, helper, rank, giver)
        if len(helpers) > 3:
            self._write_step(story, 2, escalation.SECOND_WAVE, story.at + timedelta(days=1))

    def _write_past_ask(
        self, story: Story, helper: Resident, rank: int, giver: Resident | None
    ) -> None:
        sent = story.at + timedelta(days=(rank - 1) // 3)
        answered = sent + self._patience()
        draw = self.rng.random()
        if helper is giver:
            ask = self.write_ask(story, helper, rank, sent, AskState.ACCEPTED, answered)
            self._write_help(story, giver, ask, answered)
        elif draw < 0.35:
            self.write_ask(story, helper, rank, sent, AskState.DECLINED, answered)
        elif draw < 0.75 and giver:
            self.write_ask(story, helper, rank, sent, AskState.WITHDRAWN, answered)
        else:
            self.write_ask(story, helper, rank, sent, AskState.EXPIRED, None)

    def _patience(self) -> timedelta:
        """Half of the answers come within six hours, a few after three days."""
        return timedelta(hours=min(80.0, self.rng.lognormvariate(1.8, 1.0)))

    def _write_help(self, story: Story, giver: Resident, ask: UUID, agreed: datetime) -> None:
        met = agreed + timedelta(days=self.rng.randint(1, 6), hours=self.rng.randint(0, 6))
        confirmed = met + timedelta(hours=self.rng.randint(1, 60))
        if confirmed > self.world.now:
            self.write_exchange(story, giver, ask, agreed, HelpState.AGREED)
            return
        exchange = self.write_confirmed(
            story, giver, ask, agreed=agreed, met=met, confirmed=confirmed
        )
        if self.rng.random() < 0.75:
            self._write_thanks(story, giver, exchange, confirmed)

    def write_confirmed(
        self, story: Story, giver: Resident, ask: UUID, *, agreed: datetime, met: datetime,
        confirmed: datetime,
    ) -> UUID:  # fmt: skip
        minutes = max(15, story.need.minutes + self.rng.choice((-15, 0, 0, 0, 15)))
        exchange = self.write_exchange(
            story, giver, ask, agreed, HelpState.CONFIRMED,
            claimed_minutes=minutes, claimed_by_id=giver.id, claimed_at=met,
            minutes=minutes, confirmed_at=confirmed, happened_on=met.date(),
            confirmed_by_silence=self.rng.random() < 0.1,
        )  # fmt: skip
        self.tables.add(
            Transfer, id=self.world.id_at(confirmed), payer_id=story.author.account,
            payee_id=giver.account, minutes=minutes, kind=TransferKind.HELP,
            exchange_id=exchange, hub_from_id=story.author.hub, hub_to_id=giver.hub,
            created_by_id=story.author.id, created_at=confirmed,
            idempotency_key=f"help:{exchange}",
        )  # fmt: skip
        return exchange

    def _write_thanks(self, story: Story, giver: Resident, exchange: UUID, at: datetime) -> None:
        audience = self.rng.choice(
            (ThanksAudience.PRIVATE, ThanksAudience.HUB, ThanksAudience.HUB, ThanksAudience.PUBLIC)
        )
        if story.need.news is None:
            audience = ThanksAudience.PRIVATE  # what concerns hard times stays between the two
        self.tables.add(
            Thanks, id=self.world.id_at(at), exchange_id=exchange, author_id=story.author.id,
            text=corpus.thanks_for(story.need, helper=giver.given_name)[:500],
            audience=audience, created_at=at,
        )  # fmt: skip

    # --- a need of these days ------------------------------------------------------------------

    def _recent(self, story: Story) -> None:
        helpers = self._helpers(story, 3, lately=True)
        if helpers and self.rng.random() < 0.62:
            self._in_good_hands(story, helpers)
            return
        steps, next_at = steps_until(story, self.world.now)
        self.write_need(
            story, NeedState.OPEN, level=steps[-1][0].level if steps else 1, next_step_at=next_at
        )
        for step, at in steps:
            self._write_step(story, step.level, step.action, at, result_of(step, story))
        for rank, helper in enumerate(helpers, 1):
            state = self.rng.choice((AskState.SENT, AskState.SENT, AskState.DECLINED))
            answered = None if state == AskState.SENT else self._since(story.at)
            self.write_ask(story, helper, rank, story.at, state, answered)

    def _in_good_hands(self, story: Story, helpers: list[Resident]) -> None:
        giver = helpers[0]
        answered = self._since(story.at)
        self.write_need(story, NeedState.IN_HAND, level=1)
        ask = self.write_ask(story, giver, 1, story.at, AskState.ACCEPTED, answered)
        for rank, helper in enumerate(helpers[1:], 2):
            self.write_ask(story, helper, rank, story.at, AskState.WITHDRAWN, answered)
        claimed = self._since(answered)
        if self.world.now - story.at > timedelta(days=4):
            self.write_exchange(
                story, giver, ask, answered, HelpState.CLAIMED,
                claimed_minutes=story.need.minutes, claimed_by_id=giver.id, claimed_at=claimed,
                confirm_by_at=claimed + timedelta(days=7), happened_on=claimed.date(),
            )  # fmt: skip
        else:
            self.write_exchange(story, giver, ask, answered, HelpState.AGREED)

    def _since(self, moment: datetime) -> datetime:
        """Some time between a moment and now."""
        left = (self.world.now - moment).total_seconds()
        return moment + timedelta(seconds=left * self.rng.uniform(0.05, 0.6))

    # --- who is asked --------------------------------------------------------------------------

    def _helpers(self, story: Story, count: int, *, lately: bool = False) -> list[Resident]:
        found = {
            helper.id: helper
            for code in story.need.skills
            for helper in self._holders(code)
            if self._may_help(story, helper, lately=lately)
        }
        near = sorted(
            found.values(),
            key=lambda h: (h.hub == story.author.hub, h.energy * self.rng.random()),
            reverse=True,
        )[:count]
        if lately:
            self.asked_lately.update(helper.id for helper in near)
            self.minutes_this_month.update({h.id: story.need.minutes for h in near})
        return near

    def _holders(self, code: str) -> list[Resident]:
        holders = self.by_skill.get(code, [])
        return self.rng.sample(holders, min(60, len(holders)))

    def _may_help(self, story: Story, helper: Resident, *, lately: bool) -> bool:
        here = helper.since < story.at.date() <= helper.seen + GRACE
        if helper.venture == story.author.venture or not here:
            return False
        if story.audience == NeedAudience.HUB and helper.hub != story.author.hub:
            return False
        free = helper.pledge - self.minutes_this_month[helper.id]
        return not lately or (self.asked_lately[helper.id] < 2 and free >= story.need.minutes)

    # --- rows ----------------------------------------------------------------------------------

    def write_need(self, story: Story, state: str, **more: Any) -> None:
        need = story.need
        self.tables.add(
            Need, id=story.id, author_id=story.author.id, hub_id=story.author.hub,
            title=need.title[:120], text=need.text, minutes=need.minutes, urgency=need.urgency,
            folded_text=folded(f"{need.title} {need.text}"), audience=story.audience, state=state,
            created_at=story.at, published_at=story.at, policy=POLICIES[need.urgency],
            matched_at=self.world.now - timedelta(hours=1),
            expires_at=story.at + timedelta(days=14), **more,
        )  # fmt: skip
        for code in need.skills:
            if code in self.world.skills:
                self.tables.add(
                    Need.skills.through, need_id=story.id, skill_id=self.world.skills[code]
                )

    def write_ask(
        self, story: Story, helper: Resident, rank: int, sent: datetime, state: str,
        answered: datetime | None,
    ) -> UUID:  # fmt: skip
        pk = self.world.id_at(sent)
        declined = state == AskState.DECLINED
        self.tables.add(
            Ask, id=pk, need_id=story.id, helper_id=helper.id, wave=1 + (rank - 1) // 3,
            rank=rank, state=state, sent_at=sent, due_at=sent + timedelta(days=2),
            answered_at=answered, reasons={},
            decline_code=self.rng.choice(DeclineCode.values) if declined else "",
            remark=self.rng.choice(self.declines)[:500] if declined else "",
        )  # fmt: skip
        return pk

    def write_exchange(
        self, story: Story, giver: Resident, ask: UUID, agreed: datetime, state: str, **more: Any
    ) -> UUID:
        pk = self.world.id_at(agreed)
        self.tables.add(
            HelpExchange, id=pk, need_id=story.id, ask_id=ask, giver_id=giver.id,
            receiver_id=story.author.id, hub_id=story.author.hub, title=story.need.title[:120],
            state=state, planned_minutes=story.need.minutes, created_at=agreed, **more,
        )  # fmt: skip
        return pk

    def _write_step(
        self, story: Story, level: int, action: str, at: datetime, result: str = ""
    ) -> None:
        self.tables.add(
            EscalationStep, need_id=story.id, level=level, action=action, at=at, result=result
        )


def steps_until(
    story: Story, now: datetime
) -> tuple[list[tuple[escalation.Step, datetime]], datetime | None]:
    """Which steps of the ladder have been taken by now, and when the next one is due."""
    taken: list[tuple[escalation.Step, datetime]] = []
    at = story.at
    for level, action, hours in escalation.LADDER[story.need.urgency]:
        step = escalation.Step(level, action, timedelta(hours=hours))
        # No desk of a partner serves these hives: the step after it comes at once.
        if action != escalation.NETWORK_BOARD:
            at = after_working_time(at, step.after, DAY)
        if at > now:
            return taken, at
        taken.append((step, at))
    return taken, None


def result_of(step: escalation.Step, story: Story) -> str:
    if step.action == escalation.PARTNER_DESK:
        return NO_DESK
    if step.action != escalation.NETWORK_BOARD:
        return ""
    return WIDEN_ASKED if story.audience == NeedAudience.HUB else ON_BOARD


def moments_of_needs(rng: Random, now: datetime, size: Size) -> list[datetime]:
    return [_moment(rng, now, size) for _ in range(size.needs)]


def _moment(rng: Random, now: datetime, size: Size) -> datetime:
    """A working day of the period; four in ten on Friday around the bell."""
    today = now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        day = today - timedelta(days=rng.randrange(size.weeks * 7))
        if rng.random() < 0.4:
            day -= timedelta(days=(day.weekday() - 4) % 7)
            at = day.replace(hour=12, minute=30) + timedelta(minutes=rng.randrange(75))
        else:
            at = day.replace(hour=9) + timedelta(minutes=rng.randrange(540))
        if at.weekday() < 5 and at < now:
            return at
