"""Needs that one helper answers alone: branch and bound on the assignment of hours.

The assignment that may share a need bounds the one that may not. A need that it splits is given
whole to each of its helpers in turn, or to nobody, and the rest is assigned again; the branch that
promises most is opened first (generalised assignment; Ross and Soland, Mathematical Programming 8,
1975). Past `SOLVED` the best found is returned with the bound of what was not opened.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from essaim.matching.problem import Problem, Whole, kept, total, upper_bound

SOLVED = 300
"""Assignments of hours tried before the best found is returned with a bound."""
BRANCHED_NEEDS = 500
"""Larger networks are not branched: one assignment of hours costs seconds there."""
Relaxed = Callable[[Problem], tuple[Whole, Whole]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Branch:
    """What is decided of each candidate (1 whole, -1 refused, 0 open), and what follows.

    `hours` (candidates,) may share needs; `bound` holds for all that agrees with `decided`.
    """

    decided: Whole
    hours: Whole
    bound: int
    scarcity: Whole


@dataclass(frozen=True)
class Answer:
    """Hours (candidates,), each 0 or all of its need's; the bound; scarcity (helpers,) at first."""

    hours: Whole
    bound: int
    scarcity: Whole


def solve(problem: Problem, relaxed: Relaxed) -> Answer:
    """The best found. `relaxed` gives hours that may be shared, and their scarcity."""
    root = _branch(problem, relaxed, np.zeros_like(problem.helper))
    best = _rounded(problem, root.hours)
    if len(problem.hours) > BRANCHED_NEEDS:
        return Answer(best, root.bound, root.scarcity)
    best, bound = _branched(problem, relaxed, root, best)
    return Answer(best, bound, root.scarcity)


def _branched(problem: Problem, relaxed: Relaxed, root: Branch, best: Whole) -> tuple[Whole, int]:
    solved, most, closed = 1, total(problem, best), 0
    queue = [(-root.bound, solved, root)]
    while queue and -queue[0][0] > most and solved < SOLVED:
        parent = heapq.heappop(queue)[2]
        children = _children(problem, parent)
        closed = closed if children else max(closed, parent.bound)
        for child in (_branch(problem, relaxed, decided) for decided in children):
            solved += 1
            found = _rounded(problem, child.hours)
            if total(problem, found) > most:
                best, most = found, total(problem, found)
            heapq.heappush(queue, (-child.bound, solved, child))
    return best, max([most, closed, *(-entry[0] for entry in queue)])


def _children(problem: Problem, parent: Branch) -> list[Whole]:
    """A need that is split, given whole to each helper who could, and to none; [] without any."""
    split = (parent.hours > 0) & (parent.hours < problem.hours[problem.need])
    if not split.any():
        return []
    need = problem.need[np.argmax(np.where(split, parent.hours, 0))]
    own = problem.need == need
    places = np.flatnonzero(own & _open(problem, parent.decided))
    refused = np.where(own, -1, parent.decided)
    children = [refused.copy() for _ in places]
    for child, place in zip(children, places, strict=True):
        child[place] = 1
    return [*children, refused]


def _branch(problem: Problem, relaxed: Relaxed, decided: Whole) -> Branch:
    """What follows from `decided`: hours and bound count what is taken whole and the rest."""
    hours = np.where(decided == 1, problem.hours[problem.need], 0)
    loads = _loads(problem, hours)
    fixed = total(problem, hours)
    still = _open(problem, decided)
    rest = kept(problem, still)
    left = {"capacity": rest.capacity - loads, "first": rest.first + loads * rest.step}
    rest = Problem(**{**vars(rest), **left})
    below, scarcity = relaxed(rest)
    hours[still] = below
    return Branch(decided, hours, fixed + upper_bound(rest, scarcity), scarcity)


def _open(problem: Problem, decided: Whole) -> Mask:
    """Candidates (candidates,) not decided, whose helper has hours left for the whole need."""
    taken = np.where(decided == 1, problem.hours[problem.need], 0)
    left = problem.capacity - _loads(problem, taken)
    fits: Mask = left[problem.helper] >= problem.hours[problem.need]
    still: Mask = fits & (decided == 0)
    return still


def _loads(problem: Problem, hours: Whole) -> Whole:
    loads = np.zeros_like(problem.capacity)
    np.add.at(loads, problem.helper, hours)
    return loads


def _rounded(problem: Problem, hours: Whole) -> Whole:
    """Keeps needs that one helper answers whole; gives the others, best first, to who has room."""
    wanted = problem.hours[problem.need]
    result = np.where(hours == wanted, hours, 0)
    loads = _loads(problem, result)
    answered = np.zeros_like(problem.hours)
    np.add.at(answered, problem.need, result)
    spare = np.flatnonzero((answered[problem.need] == 0) & (wanted > 0))
    spare = spare[np.argsort(-(problem.value * wanted)[spare], kind="stable")]
    needs, helpers = problem.need[spare].tolist(), problem.helper[spare].tolist()
    for place, need, helper in zip(spare.tolist(), needs, helpers, strict=True):
        if not answered[need] and _gains(problem, loads[helper], place, helper):
            answered[need] = result[place] = wanted[place]
            loads[helper] += wanted[place]
    return result


def _gains(problem: Problem, load: np.int64, place: int, helper: int) -> bool:
    """Whether the helper has room for the candidate's whole need, and all gain by it."""
    hours = problem.hours[problem.need[place]]
    cost = hours * (problem.first[helper] + problem.step * load)
    cost += problem.step * (hours * (hours - 1) // 2)
    fits = load + hours <= problem.capacity[helper]
    return bool(fits and problem.value[place] * hours > cost)
