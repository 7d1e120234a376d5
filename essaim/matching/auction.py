"""Nearly exact assignment of large networks: an auction in which all needs bid at once.

Each hour without an answer bids for the helper's hour that suits it best, up to what makes its
second choice as good, plus `eps`; the highest bid takes it and the hour it displaces bids again.
In the end each is within `eps` of its best: what is lost is at most `eps` an hour, and `scarcity`
says how much less. Bertsekas, "Auction algorithms for network flow problems", Computational
Optimization and Applications 1 (1992); hours of one helper as in Bertsekas and Castañon, "The
auction algorithm for the transportation problem", Annals of Operations Research 20 (1989).
"""

import numpy as np
from numpy.typing import NDArray

from essaim.matching.problem import Problem, Whole

NEVER = np.int64(1) << 60
CHOICES = 64
"""Best candidates of a need, and hours of a helper, that take part: memory stays bounded."""
ROUNDS = 20_000
"""After as many rounds bids rise by twice as much: the end is near on any input."""
NOBODY = -1


class Auction:
    """Hours of needs (`hour_need`) bidding for hours of helpers, whose asked sums are `asked`."""

    def __init__(self, problem: Problem, eps: int) -> None:
        self.eps = eps
        self.choice, self.value = _choices(problem)
        self.hour_need = np.repeat(np.arange(len(problem.hours)), problem.hours)
        width = max(2, min(CHOICES, int(problem.capacity.max(initial=0)) + 1))
        ranks = np.arange(width)
        asked = problem.first[:, None] + problem.step * ranks
        self.asked = np.where(ranks < problem.capacity[:, None], asked, NEVER)
        self.owner = np.full(self.asked.shape, NOBODY)
        self.lowest, self.second = self._two_lowest(np.arange(len(self.asked)))

    def run(self, rounds: int) -> None:
        waiting, played = np.arange(len(self.hour_need)), 0
        while len(waiting):
            waiting, played = self._bid(waiting), played + 1
            if played % rounds == 0:
                self.eps *= 2

    def _bid(self, waiting: Whole) -> Whole:
        """One round; those who still wait after it."""
        need = self.hour_need[waiting]
        choice, value = self.choice[need], self.value[need]
        margin = value - self.lowest[choice]
        best, rows = margin.argmax(axis=1), np.arange(len(waiting))
        gain, helper, worth = margin[rows, best], choice[rows, best], value[rows, best]
        margin[rows, best] = worth - self.second[helper]
        bid = worth - np.maximum(margin.max(axis=1), 0) + self.eps
        ready = gain > 0
        return self._take(waiting[ready], helper[ready], bid[ready])

    def _take(self, waiting: Whole, helper: Whole, bid: Whole) -> Whole:
        """The highest bid for a helper takes their cheapest hour; the others still wait."""
        order = np.lexsort((waiting, bid, helper))
        asked = helper[order]
        winners = order[np.append(asked[1:] != asked[:-1], np.ones(min(len(asked), 1), bool))]
        taken = helper[winners]
        slot = self.asked[taken].argmin(axis=1)
        displaced = self.owner[taken, slot]
        self.owner[taken, slot] = waiting[winners]
        self.asked[taken, slot] = bid[winners]
        self.lowest[taken], self.second[taken] = self._two_lowest(taken)
        return np.concatenate((np.delete(waiting, winners), displaced[displaced != NOBODY]))

    def _two_lowest(self, helpers: Whole) -> tuple[Whole, Whole]:
        lowest = np.partition(self.asked[helpers], 1, axis=1)
        return lowest[:, 0], lowest[:, 1]


def solve(problem: Problem, steps: int = 1_000, rounds: int = ROUNDS) -> tuple[Whole, Whole]:
    """Hours (candidates,) and scarcity (helpers,).

    Bids first rise by the highest score over `steps`, and twice as much every `rounds`.
    """
    auction = Auction(problem, max(1, int(problem.value.max(initial=0)) // steps))
    if len(problem.helper):
        auction.run(rounds)
    helpers, slots = np.nonzero(auction.owner != NOBODY)
    needs = auction.hour_need[auction.owner[helpers, slots]]
    width = len(problem.capacity)
    keys = problem.need * width + problem.helper
    hours = np.zeros_like(problem.helper)
    np.add.at(hours, np.searchsorted(keys, needs * width + helpers), 1)
    return hours, np.where(problem.capacity > 0, auction.lowest, problem.first)


def _choices(problem: Problem) -> tuple[Whole, Whole]:
    """The helpers of each need and their values (needs, choices), best first; blanks lose.

    Among equals each need begins with another helper, so that they do not all bid for the same.
    """
    turn = (problem.helper - problem.need) % max(len(problem.capacity), 1)
    order = np.lexsort((turn, -problem.value, problem.need))
    rank = np.arange(len(order)) - problem.start[problem.need]
    within: NDArray[np.bool_] = rank < CHOICES
    shape = (len(problem.hours), int(rank[within].max(initial=0)) + 1)
    choice, value = np.zeros(shape, np.int64), np.full(shape, -NEVER)
    row, column, source = problem.need[within], rank[within], order[within]
    choice[row, column], value[row, column] = problem.helper[source], problem.value[source]
    return choice, value
