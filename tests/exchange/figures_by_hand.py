"""The figures of a history, counted one row after another.

Nothing here asks the database for a sum: it reads all rows and looks at each, so that a figure
that is written as a query has something else to agree with.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from statistics import fmean, median
from typing import Any

from essaim.core.inequality import gini, top_share
from essaim.core.scopes import Scope
from essaim.exchange.models import (
    Buzz,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    PromiseState,
)
from essaim.hubs.models import Residency
from essaim.people.models import PersonState
from tests.exchange.histories import ANSWERED, IDLE, Rows

Counted = tuple[set[Any], float | None]


class Book:
    """What the figures of a scope make of the rows."""

    def __init__(self, scope: Scope, rows: Rows) -> None:
        self.scope = scope
        self.__dict__ |= vars(rows)

    def __getattr__(self, name: str) -> Any:
        """The rows, by their names."""
        raise AttributeError(name)

    # who and when

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.scope.since <= at < self.scope.until

    def here(self, hub: Any) -> bool:
        return self.scope.hub_id is None or hub == self.scope.hub_id

    def staying(self) -> list[Residency]:
        last = self.scope.last_day
        return [
            stay
            for stay in self.stays
            if stay.since_on <= last
            and (stay.until_on is None or stay.until_on > last)
            and self.here(stay.hub_id)
            and self.people[stay.person_id].state not in (PersonState.EXPECTED, PersonState.INVITED)
        ]

    def members(self) -> set[Any]:
        return {stay.person_id for stay in self.staying()}

    def settled(self) -> set[Any]:
        return {s.person_id for s in self.staying() if s.since_on < self.scope.first_day}

    def met(self, since: datetime, until: datetime) -> set[Any]:
        def during(at: datetime | None) -> bool:
            return at is not None and since <= at < until

        answers = [a for a in self.asks if a.state in ANSWERED and during(a.answered_at)]
        agreed = [h for h in self.helps if h.state not in IDLE and during(h.created_at)]
        return (
            {a.helper_id for a in answers}
            | {a.need.author_id for a in answers}
            | {h.giver_id for h in agreed}
            | {h.receiver_id for h in agreed}
            | {p.person_id for p in self.presences if during(p.since_at)}
            | {one for at, both in self.meetings if during(at) for one in both}
        )

    def acting(self, since: datetime, until: datetime) -> set[Any]:
        told = {
            n.author_id for n in self.needs if n.published_at and since <= n.published_at < until
        }
        return self.met(since, until) | told

    # needs

    def told(self) -> list[Need]:
        return [n for n in self.needs if self.within(n.published_at) and self.here(n.hub_id)]

    def first_answer(self, need: Need) -> datetime | None:
        answers = [a.answered_at for a in self.asks if a.need_id == need.pk and a.state in ANSWERED]
        return min((at for at in answers if at), default=None)

    def waits(self, needs: Iterable[Need]) -> dict[Any, float | None]:
        found: dict[Any, float | None] = {}
        for need in needs:
            at = self.first_answer(need)
            assert need.published_at is not None
            found[need.pk] = (at - need.published_at).total_seconds() / 3600 if at else None
        return found

    def ripe(self) -> list[Need]:
        ripe = [n for n in self.told() if n.published_at and n.published_at <= self.scope.ripe_at]
        return [n for n in ripe if n.state != NeedState.WITHDRAWN or self.first_answer(n)]

    def needs_told(self) -> Counted:
        found = {n.pk for n in self.told()}
        return found, len(found)

    def needs_per_100(self) -> Counted:
        told = [n for n in self.needs if self.within(n.published_at)]
        each = [sum(n.author_id == one for n in told) for one in self.members()]
        return self.members(), 100 * fmean(each) if each else None

    def first_answers(self) -> Counted:
        waits = {pk: wait for pk, wait in self.waits(self.told()).items() if wait is not None}
        return set(waits), median(waits.values()) if waits else None

    def answered_in(self, hours: float) -> Counted:
        waits = self.waits(self.ripe())
        return set(waits), share(wait is not None and wait <= hours for wait in waits.values())

    def answered_first_step(self) -> Counted:
        found = {}
        for need in self.told():
            if at := self.first_answer(need):
                found[need.pk] = not any(s.need_id == need.pk and s.at <= at for s in self.steps)
        return set(found), share(found.values())

    def unanswered(self) -> Counted:
        over = (NeedState.WITHDRAWN, NeedState.MET)
        found = {n.pk for n in self.told() if n.state not in over and not self.first_answer(n)}
        return found, len(found)

    def resolution(self) -> Counted:
        old = [
            n
            for n in self.told()
            if n.state != NeedState.WITHDRAWN
            and n.published_at
            and n.published_at <= self.scope.grown_at
        ]
        return {n.pk for n in old}, share(n.state == NeedState.MET for n in old)

    # hours

    def confirmed(self) -> list[HelpExchange]:
        return [h for h in self.done if self.within(h.confirmed_at) and self.here(h.hub_id)]

    def gave(self) -> dict[Any, int]:
        found = dict.fromkeys(self.members(), 0)
        for h in self.done:
            if h.giver_id in found and self.within(h.confirmed_at):
                found[h.giver_id] += h.minutes or 0
        return found

    def promised(self) -> dict[Any, int]:
        last = self.scope.last_day
        return {
            p.person_id: p.minutes_per_month
            for p in self.pledges
            if p.minutes_per_month
            and p.valid_from <= last
            and (p.valid_to is None or p.valid_to > last)
        }

    def carriers(self) -> dict[Any, int]:
        promised = self.promised()
        return {pk: minutes for pk, minutes in self.gave().items() if minutes or pk in promised}

    def brain_hours(self) -> Counted:
        return {h.pk for h in self.confirmed()}, sum(h.minutes or 0 for h in self.confirmed())

    def hours_per_member(self) -> Counted:
        gave = self.gave()
        return set(gave), fmean(gave.values()) if gave else None

    def gini_given(self) -> Counted:
        gave = self.carriers()
        return set(gave), 100 * gini(list(gave.values())) if any(gave.values()) else None

    def top_givers(self) -> Counted:
        gave = self.carriers()
        top = top_share(list(gave.values()))
        return set(gave), None if top is None else 100 * top

    def pledge_used(self) -> Counted:
        gave, promised = self.gave(), self.promised()
        both = set(gave) & set(promised)
        whole = sum(promised[pk] for pk in both)
        return both, 100 * sum(gave[pk] for pk in both) / whole if both else None

    def thanked(self) -> Counted:
        found = {h.pk for h in self.confirmed()}
        return found, share(pk in self.thanks for pk in found)

    # ties

    def first_ones(self, helps: Iterable[HelpExchange]) -> list[HelpExchange]:
        return [h for h in helps if not any(sooner(o, h) for o in self.done if both(o) == both(h))]

    def new_ties(self) -> Counted:
        found = {h.pk for h in self.first_ones(self.confirmed())}
        return found, len(found)

    def ties_per_member(self) -> Counted:
        new = self.first_ones(h for h in self.done if self.within(h.confirmed_at))
        each = [sum(pk in both(h) for h in new) for pk in self.members()]
        return self.members(), fmean(each) if each else None

    def improbable_ties(self) -> Counted:
        found = {
            h.pk
            for h in self.first_ones(self.confirmed())
            if not self.alike(h) and not self.linked(h)
        }
        return found, len(found)

    def alike(self, help_: HelpExchange) -> bool:
        crossing = self.crosses(help_)
        families, trades = [], []
        for pk in both(help_):
            ventures = [
                a.venture
                for a in self.works
                if a.person_id == pk and help_.happened_on and a.since_on <= help_.happened_on
            ]
            families.append({v.family for v in ventures} - {""})
            trades.append({v.trade for v in ventures} - {""})
        return bool(not crossing and families[0] & families[1] and trades[0] & trades[1])

    def crosses(self, help_: HelpExchange) -> bool:
        return bool(help_.pk in self.crossing)

    def linked(self, help_: HelpExchange) -> bool:
        assert help_.confirmed_at is not None
        before = [o for o in self.done if o.confirmed_at and o.confirmed_at < help_.confirmed_at]
        near = [
            {one for o in before if pk in both(o) for one in both(o) - {pk}} for pk in both(help_)
        ]
        return bool(near[0] & near[1])

    def reciprocity(self) -> Counted:
        active = self.active()
        gave = {h.giver_id for h in self.done if self.within(h.confirmed_at)}
        got = {h.receiver_id for h in self.done if self.within(h.confirmed_at)}
        return active, share(pk in gave and pk in got for pk in active)

    def two_way_pairs(self) -> Counted:
        helps = self.confirmed()
        first = [h for h in helps if not any(sooner(o, h) for o in helps if both(o) == both(h))]
        back = [
            any((o.giver_id, o.receiver_id) == (h.receiver_id, h.giver_id) for o in helps)
            for h in first
        ]
        return {h.pk for h in first}, share(back)

    def partners(self) -> Counted:
        helps = [h for h in self.done if self.within(h.confirmed_at)]
        each = [
            len({one for h in helps if pk in both(h) for one in both(h) - {pk}})
            for pk in self.active()
        ]
        return self.active(), fmean(each) if each else None

    def cross_hub(self) -> Counted:
        helps = self.confirmed()
        return {h.pk for h in helps}, share(self.crosses(h) for h in helps)

    # members

    def active(self) -> set[Any]:
        return self.members() & self.acting(self.scope.since, self.scope.until)

    def active_members(self) -> Counted:
        return self.active(), len(self.active())

    def quiet_members(self) -> Counted:
        found = self.active() - self.acting(self.scope.recent_at, self.scope.until)
        return found, len(found)

    def dormant_members(self) -> Counted:
        found = self.settled() - self.acting(self.scope.since, self.scope.until)
        return found, len(found)

    def isolated_members(self) -> Counted:
        found = self.settled() - self.met(self.scope.since, self.scope.until)
        return found, len(found)

    def pledging_members(self) -> Counted:
        found = self.members() & set(self.promised())
        return found, len(found)

    def first30(self) -> Counted:
        came = [
            stay
            for stay in self.stays
            if self.scope.first_day <= stay.since_on <= self.scope.last_day
            and stay.since_on <= self.scope.settled_on
            and self.here(stay.hub_id)
            and self.people[stay.person_id].state not in (PersonState.EXPECTED, PersonState.INVITED)
        ]
        return {stay.pk for stay in came}, share(self.well_begun(stay) for stay in came)

    def well_begun(self, stay: Residency) -> bool:
        pk = stay.person_id
        end = datetime.combine(stay.since_on + timedelta(days=30), time.min, tzinfo=UTC)
        agreed = [h for h in self.helps if h.state not in IDLE and h.created_at < end]
        others = {one for h in agreed if pk in both(h) for one in both(h) - {pk}}
        others |= {
            one
            for at, places in self.meetings
            if at and at < end and pk in places
            for one in places - {pk}
        }
        gave = [h for h in agreed if h.giver_id == pk and h.state == HelpState.CONFIRMED]
        return len(others) >= 3 and bool(gave)

    # the Buzz

    def held(self) -> list[Buzz]:
        return [b for b in self.buzzes.values() if self.within(b.starts_at) and self.here(b.hub_id)]

    def buzz_presences(self) -> Counted:
        held = {buzz.pk for buzz in self.held()}
        found = {p.pk for p in self.presences if p.buzz_id in held}
        return found, len(found)

    def buzz_attendance(self) -> Counted:
        held = {buzz.pk: buzz.hub_id for buzz in self.held()}
        there = {p.person_id for p in self.presences if p.buzz_id in held}
        found = {s.person_id for s in self.staying() if s.hub_id in held.values()}
        return found, share(pk in there for pk in found)

    def promises_kept(self) -> Counted:
        over = (PromiseState.KEPT, PromiseState.BROKEN)
        found = [
            p
            for p in self.promises
            if p.state in over
            and self.within(p.due_at)
            and self.here(self.buzzes[p.buzz_id].hub_id)
        ]
        return {p.pk for p in found}, share(p.state == PromiseState.KEPT for p in found)


BY_HAND: dict[str, Callable[[Book], Counted]] = {
    "first_answer": Book.first_answers,
    "answered_24h": lambda book: book.answered_in(24),
    "answered_48h": lambda book: book.answered_in(48),
}


def by_hand(code: str, scope: Scope, rows: Rows) -> Counted:
    return BY_HAND.get(code, getattr(Book, code, None))(Book(scope, rows))  # type: ignore[misc]


def share(having: Iterable[bool]) -> float | None:
    told = list(having)
    return 100 * sum(told) / len(told) if told else None


def both(help_: HelpExchange) -> set[Any]:
    return {help_.giver_id, help_.receiver_id}


def sooner(one: HelpExchange, other: HelpExchange) -> bool:
    assert one.confirmed_at is not None
    assert other.confirmed_at is not None
    return (one.confirmed_at, one.pk) < (other.confirmed_at, other.pk)
