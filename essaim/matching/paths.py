"""Exact assignment: shortest augmenting paths, one hour after the other.

A min-cost flow on needs, helpers and the rising cost of each helper's hours. Each hour is inserted
by the path that brings most, through helpers who leave one need for another; the scarcity of each
helper's hour (the dual of its capacity) keeps lengths positive, so that Dijkstra's search stays
near the need. Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse
linear assignment problems", Computing 38 (1987); Ahuja, Magnanti and Orlin, Network Flows (1993),
§9.7 and, for convex costs, §14.4.
"""

import heapq
import itertools
import math
from dataclasses import dataclass, field

import numpy as np

from essaim.matching.problem import Problem, Whole

NOWHERE = -1


@dataclass
class _Tree:
    """Shortest ways found from the need being inserted.

    A way ends at a helper with an hour left (`leaver` is NOWHERE), or where the need `leaver` gives
    up an hour of `last`; a `last` of NOWHERE means that the hour inserted stays without an answer.
    """

    end: int
    last: int = NOWHERE
    leaver: int = NOWHERE
    length: dict[int, int] = field(default_factory=dict)
    came: dict[int, tuple[int, int]] = field(default_factory=dict)
    heap: list[tuple[int, int]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


class Flow:
    """The best assignment of the hours inserted so far, with the scarcity that proves it.

    `held[j]` is {need: hours} of helper `j`; `looked` counts helpers looked at, about 10 µs each.
    """

    def __init__(self, problem: Problem) -> None:
        helpers, values = problem.helper.tolist(), problem.value.tolist()
        bounds = problem.start.tolist()
        self.rows: list[dict[int, int]] = [
            dict(zip(helpers[low:high], values[low:high], strict=True))
            for low, high in itertools.pairwise(bounds)
        ]
        self.capacity: list[int] = problem.capacity.tolist()
        self.next_cost: list[int] = problem.first.tolist()
        self.step = problem.step
        self.scarcity = list(self.next_cost)
        self.held: list[dict[int, int]] = [{} for _ in self.capacity]
        self.looked = 0

    def insert(self, need: int) -> None:
        """Adds one hour of `need`, answered or not, whichever is best for all."""
        tree = self._grown(need)
        for helper in tree.settled:
            self.scarcity[helper] += max(tree.end - tree.length[helper], 0)
        if tree.last != NOWHERE:
            self._follow(tree)

    def _grown(self, need: int) -> _Tree:
        scarcity = self.scarcity
        margins = [value - scarcity[helper] for helper, value in self.rows[need].items()]
        tree = _Tree(end=max([0, *margins]))
        self._reach(tree, need, NOWHERE, tree.end)
        while tree.heap:
            length, helper = heapq.heappop(tree.heap)
            if length >= tree.end:
                break
            if length == tree.length[helper]:
                tree.settled.append(helper)
                self._end(tree, helper, length)
                self._leave(tree, helper, length)
        self.looked += len(tree.settled)
        return tree

    def _reach(self, tree: _Tree, need: int, source: int, margin: int) -> None:
        """Looks at every helper whom `need` could take an hour of, on leaving `source`."""
        end, known, scarcity = tree.end, tree.length, self.scarcity
        for helper, value in self.rows[need].items():
            length = margin - value + scarcity[helper]
            if length < end and length < known.get(helper, end):
                known[helper] = length
                tree.came[helper] = (need, source)
                heapq.heappush(tree.heap, (length, helper))

    def _end(self, tree: _Tree, helper: int, length: int) -> None:
        if self.capacity[helper]:
            length += self.next_cost[helper] - self.scarcity[helper]
            if length < tree.end:
                tree.end, tree.last, tree.leaver = length, helper, NOWHERE

    def _leave(self, tree: _Tree, helper: int, length: int) -> None:
        for need in self.held[helper]:
            if length >= tree.end:
                return
            margin = length + self.rows[need][helper] - self.scarcity[helper]
            if margin < tree.end:
                tree.end, tree.last, tree.leaver = margin, helper, need
            self._reach(tree, need, helper, margin)

    def _follow(self, tree: _Tree) -> None:
        """Moves an hour along the way found, from its end to the need inserted."""
        helper = tree.last
        if tree.leaver == NOWHERE:
            self.capacity[helper] -= 1
            self.next_cost[helper] += self.step
        else:
            self._drop(helper, tree.leaver)
        while helper != NOWHERE:
            need, source = tree.came[helper]
            self.held[helper][need] = self.held[helper].get(need, 0) + 1
            if source != NOWHERE:
                self._drop(source, need)
            helper = source

    def _drop(self, helper: int, need: int) -> None:
        held = self.held[helper]
        held[need] -= 1
        if not held[need]:
            del held[need]


class TooLong(Exception):
    """More helpers had to be looked at than allowed."""


def solve(problem: Problem, effort: float = math.inf) -> tuple[Whole, Whole]:
    """Hours (candidates,) of the best assignment and the scarcity (helpers,) that proves it.

    Raises TooLong when more than `effort` helpers had to be looked at.
    """
    flow = Flow(problem)
    for need, hours in enumerate(problem.hours.tolist()):
        for _ in range(hours if flow.rows[need] else 0):
            flow.insert(need)
            if flow.looked > effort:
                raise TooLong
    return _hours(problem, flow), np.array(flow.scarcity, dtype=np.int64)


def _hours(problem: Problem, flow: Flow) -> Whole:
    pairs = zip(problem.need.tolist(), problem.helper.tolist(), strict=True)
    return np.array([flow.held[helper].get(need, 0) for need, helper in pairs], dtype=np.int64)
