"""A hive lives day by day: people act when they would, the worker comes by every working hour."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from essaim.core.duties import DUTIES, Task
from essaim.core.refusals import Refusal
from essaim.exchange.working_hours import is_working_day
from essaim.home.demo.records import DemoNeed
from tests.bench.year.assumed import Assumed
from tests.bench.year.clock import Clock
from tests.bench.year.hive import Hive, Member

T = TypeVar("T")
PARIS = ZoneInfo("Europe/Paris")
# What the worker does about mutual help: when the hour of a need or an ask has come, the first; in
# the middle of each morning, all of it.
SWEEPS = "essaim.exchange.sweeps."
PROMPT = (f"{SWEEPS}escalation.", f"{SWEEPS}asks.")
HOURS = range(9, 19)
# People look at their messages then; on days off, one in three does.
WAKES, SLEEPS = 8, 21
LOOKS_ON_DAYS_OFF = 1 / 3


@dataclass
class Life:
    clock: Clock
    rng: Random
    assumed: Assumed
    hive: Hive
    told: list[DemoNeed]
    # What each need really wants, by its id; and the policy that was frozen on it.
    truth: dict[UUID, DemoNeed] = field(default_factory=dict)
    policies: dict[UUID, Any] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    # Reads what was written, and has people told of it; and whether there may be something.
    news: Callable[[], None] = lambda: None
    unread: bool = False
    queue: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def at(self, moment: datetime, do: Callable[[], object]) -> None:
        heappush(self.queue, (moment, next(self.numbers), do))

    def live_until(self, end: datetime) -> None:
        while self.queue and self.queue[0][0] < end:
            moment, _number, do = heappop(self.queue)
            self.clock.move_to(moment)
            do()
        self.clock.move_to(end)

    def attempt(self, action: Callable[..., T], **given: Any) -> T | None:
        """What the software will not do is counted, as somebody would read it on the screen."""
        self.unread = True
        try:
            return action(**given)
        except Refusal as refusal:
            self.refused[type(refusal).__name__] += 1
            return None

    # --- chance --------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def soon(self, hours: float, spread: float = 1.0) -> datetime:
        """After a delay of that median, when a person looks at their messages."""
        after = self.now + timedelta(hours=hours * math.exp(self.rng.gauss(0, spread)))
        local = after.astimezone(PARIS)
        if local.hour >= SLEEPS:
            local = self.morning(local.date() + timedelta(days=1))
        elif local.hour < WAKES:
            local = self.morning(local.date())
        while not is_working_day(local.date()) and not self.chance(LOOKS_ON_DAYS_OFF):
            local = self.morning(local.date() + timedelta(days=1))
        return local

    def morning(self, day: date) -> datetime:
        minutes = self.rng.randrange(120)
        return datetime.combine(day, time(WAKES), PARIS) + timedelta(minutes=minutes)

    def some(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average (Poisson)."""
        least, product, found = math.exp(-mean), self.rng.random(), 0
        while product > least:
            product *= self.rng.random()
            found += 1
        return found

    def somebody(self, among: list[Member]) -> Member:
        return self.rng.choices(among, [one.energy for one in among])[0]

    def pick(self, among: list[T], most: int) -> list[T]:
        return self.rng.sample(among, min(most, len(among)))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS)


def duties(*, within: str | tuple[str, ...] = SWEEPS) -> list[Task]:
    """Whatever is declared there, also what comes later."""
    return [planned.task for name, planned in sorted(DUTIES.items()) if name.startswith(within)]
