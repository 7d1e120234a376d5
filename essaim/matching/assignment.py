"""Who helps whom, for all needs at once: the most relevant whole, without wearing anyone out.

The sum of scores is made as large as it can be, less what the load of each helper costs: a further
hour of the same person costs `fairness` more than the one before, so that hours spread.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from essaim.matching import auction, paths, whole
from essaim.matching.problem import (
    MILLIONTHS,
    Problem,
    Whole,
    by_need,
    hours_of,
    loaded,
    millionths,
    places,
    total,
    upper_bound,
)

Method = Literal["exact", "auction"]
EFFORT = 1_500_000


@dataclass(frozen=True)
class Candidates:
    """Which helpers could answer which needs, and how well.

    `need`, `helper`, `score`: one line per possible pair, in any order, each pair once; positions
    in `hours` and `capacity`, and the score of one hour of that helper for that need (within
    ±1,000, read to the millionth; a pair that scores no more than the helper's hour costs is never
    chosen). `hours` (needs,): whole hours wanted. `capacity` (helpers,): whole hours that each may
    still give. `given` (helpers,): hours that each gave lately, which count in their load.
    """

    need: ArrayLike
    helper: ArrayLike
    score: ArrayLike
    hours: ArrayLike
    capacity: ArrayLike
    given: ArrayLike | None = None


@dataclass(frozen=True)
class Assignment:
    """Who gives how many hours to which need: three vectors, by rising need then helper.

    `total` is what they score, load taken off; no assignment scores more than `bound`. `method`
    tells how they were found: "exact", "auction" when exact was too long, "repaired" for needs
    answered by one helper alone that had to be approached. `scarcity` (helpers,) is about what one
    more hour of each would bring; it is what the bound was computed from.
    """

    need: NDArray[np.int64]
    helper: NDArray[np.int64]
    hours: NDArray[np.int64]
    total: float
    bound: float
    method: Literal["exact", "auction", "repaired"]
    scarcity: NDArray[np.float64]

    @property
    def gap(self) -> float:
        """The share of the bound that may have been missed; 0.0 is a proof that nothing was."""
        return (self.bound - self.total) / self.bound if self.bound > self.total else 0.0


def assign(
    candidates: Candidates,
    *,
    fairness: float = 0.05,
    shared: bool = True,
    method: Method = "exact",
    effort: int = EFFORT,
) -> Assignment:
    """Assigns hours of helpers to needs; a need may stay without an answer, or answered in part.

    `fairness`, in score per hour: 0 looks at scores alone. `shared=False` lets no need be split
    between helpers: all of its hours by one, or none. `method="exact"` is a min-cost flow; when it
    has to look at more than `effort` helpers (about 10 µs each) the auction takes over, which is
    at most a few thousandths away, and `method` and `gap` say so. Neither depends on the clock, nor
    on the order of the candidates. Raises ValueError for what is not a number, out of range,
    negative where it may not be, or given twice.

    """
    if not 0 <= fairness <= 1:
        raise ValueError("fairness: a number from 0 to 1 is expected")
    problem = _read(candidates, round(fairness * MILLIONTHS))
    if shared:
        return _shared(problem, method, effort)
    return _alone(problem, method, effort)


def _read(candidates: Candidates, step: int) -> Problem:
    hours = hours_of(candidates.hours, "hours")
    capacity = hours_of(candidates.capacity, "capacity")
    given = np.zeros_like(capacity)
    if candidates.given is not None:
        given = hours_of(candidates.given, "given")
    need = places(candidates.need, len(hours), "need")
    helper = places(candidates.helper, len(capacity), "helper")
    score = millionths(candidates.score, "score")
    if not need.shape == helper.shape == score.shape:
        raise ValueError("need, helper, score: one line per pair is expected")
    if capacity.shape != given.shape:
        raise ValueError("given: as many helpers as in capacity are expected")
    return loaded(by_need((need, helper, score), hours, capacity), given, step)


def _shared(problem: Problem, method: Method, effort: int) -> Assignment:
    hours, scarcity, used = _hours(problem, method, effort)
    return _answer(problem, hours, (upper_bound(problem, scarcity), used), scarcity)


def _hours(
    problem: Problem, method: Method, effort: int
) -> tuple[Whole, Whole, Literal["exact", "auction"]]:
    if method == "exact":
        with suppress(paths.TooLong):
            return *paths.solve(problem, effort), "exact"
    return *auction.solve(problem), "auction"


def _alone(problem: Problem, method: Method, effort: int) -> Assignment:
    found = whole.solve(problem, lambda rest: _hours(rest, method, effort)[:2])
    proven = found.bound == total(problem, found.hours)
    used: Literal["exact", "repaired"] = "exact" if proven else "repaired"
    return _answer(problem, found.hours, (found.bound, used), found.scarcity)


def _answer(
    problem: Problem,
    hours: Whole,
    proof: tuple[int, Literal["exact", "auction", "repaired"]],
    scarcity: Whole,
) -> Assignment:
    chosen = np.flatnonzero(hours)
    return Assignment(
        need=problem.need[chosen],
        helper=problem.helper[chosen],
        hours=hours[chosen],
        total=total(problem, hours) / MILLIONTHS,
        bound=proof[0] / MILLIONTHS,
        method=proof[1],
        scarcity=scarcity / MILLIONTHS,
    )
