"""Needs, helpers and scores as whole numbers, and what proves an assignment good.

Scores are taken to the millionth, so that sums are exact and a gap of zero means zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Whole = NDArray[np.int64]

MILLIONTHS = 1_000_000
LARGEST_SCORE = 1_000.0
LARGEST_HOURS = 10_000


@dataclass(frozen=True)
class Problem:
    """Candidates by need: those of need `i` are `start[i]:start[i + 1]`, by rising helper.

    `value` and `first` are in millionths: the score of an hour, and what the first further hour
    of a helper costs; each hour after it costs `step` more. Only candidates that could serve are
    kept: some hour to give and a score above the cost of the first one.
    """

    start: Whole
    helper: Whole
    value: Whole
    hours: Whole
    capacity: Whole
    first: Whole
    step: int

    @property
    def need(self) -> Whole:
        """The need of each candidate."""
        return np.repeat(np.arange(len(self.hours)), np.diff(self.start))


def whole_numbers(values: ArrayLike, name: str) -> Whole:
    """A vector of integers, or a ValueError that names it."""
    found = np.asarray(values)
    if found.ndim != 1:
        raise ValueError(f"{name}: a vector is expected, not {found.ndim} dimensions")
    if found.size and not np.issubdtype(found.dtype, np.integer):
        raise ValueError(f"{name}: whole numbers are expected, not {found.dtype}")
    return found.astype(np.int64)


def hours_of(values: ArrayLike, name: str) -> Whole:
    """Hours, none of them negative or past `LARGEST_HOURS`."""
    found = whole_numbers(values, name)
    if found.size and (found.min() < 0 or found.max() > LARGEST_HOURS):
        raise ValueError(f"{name}: from 0 to {LARGEST_HOURS} hours are expected")
    return found


def places(values: ArrayLike, count: int, name: str) -> Whole:
    """Positions, all of them in 0..count-1."""
    found = whole_numbers(values, name)
    if found.size and (found.min() < 0 or found.max() >= count):
        raise ValueError(f"{name}: out of range, there are {count}")
    return found


def millionths(values: ArrayLike, name: str) -> Whole:
    """Scores as whole millionths; neither nan, infinite, nor past `LARGEST_SCORE`."""
    found = np.asarray(values, dtype=np.float64)
    if not np.isfinite(found).all() or (np.abs(found) > LARGEST_SCORE).any():
        raise ValueError(f"{name}: finite numbers within {LARGEST_SCORE:.0f} are expected")
    return np.rint(found * MILLIONTHS).astype(np.int64)


def by_need(edges: tuple[Whole, Whole, Whole], hours: Whole, capacity: Whole) -> Problem:
    """Sorts candidates (need, helper, value); two lines for one pair are refused."""
    need, helper, value = edges
    order = np.lexsort((helper, need))
    need, helper, value = need[order], helper[order], value[order]
    if ((np.diff(need) == 0) & (np.diff(helper) == 0)).any():
        raise ValueError("need, helper: the same pair is given twice")
    start = np.searchsorted(need, np.arange(len(hours) + 1))
    return Problem(start, helper, value, hours, capacity, np.zeros_like(capacity), 0)


def loaded(problem: Problem, given: Whole, step: int) -> Problem:
    """The same, once each further hour of a helper costs `step` more than the one before."""
    first = given * step
    serves = (problem.value > first[problem.helper]) & (problem.capacity[problem.helper] > 0)
    return kept(Problem(**{**vars(problem), "first": first, "step": step}), serves)


def kept(problem: Problem, serves: NDArray[np.bool_]) -> Problem:
    """The same with fewer candidates; `serves` is (candidates,)."""
    start = np.concatenate(([0], np.cumsum(serves)))[problem.start]
    changed = {"start": start, "helper": problem.helper[serves], "value": problem.value[serves]}
    return Problem(**{**vars(problem), **changed})


def load_cost(problem: Problem, loads: Whole) -> Whole:
    """What `loads` more hours (helpers,) cost each helper, in millionths."""
    return loads * problem.first + problem.step * (loads * (loads - 1) // 2)


def total(problem: Problem, hours: Whole) -> int:
    """The score, in millionths, of giving `hours` (candidates,), load taken off."""
    loads = np.zeros_like(problem.capacity)
    np.add.at(loads, problem.helper, hours)
    return int((problem.value * hours).sum() - load_cost(problem, loads).sum())


def upper_bound(problem: Problem, scarcity: Whole) -> int:
    """What no assignment can exceed, in millionths, by linear duality.

    Any `scarcity` (helpers,) of an hour of each helper will do: a need gains at most its best
    score over it, and a helper's hours are worth it less what they cost. The nearer it is to what
    one more hour of each would bring, the closer the bound; equal to the total, it is a proof.
    """
    margin = np.maximum(problem.value - scarcity[problem.helper], 0)
    best = np.zeros_like(problem.hours)
    np.maximum.at(best, problem.need, margin)
    worth = np.maximum(scarcity - problem.first, 0)
    used = np.minimum(problem.capacity, worth // max(problem.step, 1) + 1)
    used = np.where(worth > 0, used if problem.step else problem.capacity, 0)
    rent = used * worth - problem.step * (used * (used - 1) // 2)
    return int((problem.hours * best).sum() + rent.sum())
