"""Ways of drawing encounters that are compared: our three arms, and two published methods.

The published ones score and rank; neither says how to pair, so both take the best free pair again
and again, under the same rule as ours: nobody meets the same person within 180 days.

- RECON (L. Pizzato, T. Rej, T. Chung, I. Koprinska, J. Kay, "RECON: a reciprocal recommender for
  online dating", RecSys 2010): the harmonic mean of what each finds in the other; people who find
  nothing in each other are not recommended.
- MMR (J. Carbonell, J. Goldstein, "The use of MMR, diversity-based reranking", SIGIR 1998):
  λ · relevance − (1 − λ) · likeness to those already known, λ = 0.5, mean of both sides.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from essaim.matching.drawing import Method, draw_scored
from essaim.matching.encounters import REPEAT_DAYS, harmonic, weighed
from tests.bench.hives import Groups, Moment, Way

LAMBDA = 0.5
Table = NDArray[np.float64]


def ours(method: Method) -> Way:
    def way(now: Moment) -> Groups:
        found = weighed(now.guests, now.past, now.answers)
        drawn = draw_scored(now.guests, now.past, found, seed=now.seed, shares={method: 1.0})
        return [tuple(int(one) for one in group.ids) for group in drawn.groups]

    return way


def recon(now: Moment) -> Groups:
    return _greedy(now, harmonic(now.answers.best().astype(np.float64)))


def mmr(now: Moment) -> Groups:
    relevance = now.answers.best().astype(np.float64)
    known = [list(map(int, _ids(now, one))) for one in range(len(now.guests))]
    alike = np.array([[_jaccard(a.tags, b.tags) for b in now.guests] for a in now.guests])
    nearest = np.array([alike[:, mine].max(axis=1) for mine in known])
    wanted = LAMBDA * relevance - (1 - LAMBDA) * nearest
    # Ranks only: above nought, so that the worst pair is still a pair.
    return _greedy(now, 1 + (wanted + wanted.T) / 2)


def _ids(now: Moment, one: int) -> list[str]:
    return [now.guests[one].id, *sorted(map(str, now.past.ties.near(now.guests[one].id)))]


def _jaccard(some: frozenset[str], others: frozenset[str]) -> float:
    return len(some & others) / len(some | others)


def _greedy(now: Moment, worth: Table) -> Groups:
    for two, met in now.past.met.items():
        if met.days_ago < REPEAT_DAYS:
            place = int(two[0]), int(two[1])
            worth[place] = worth[place[::-1]] = 0
    left, right = np.triu_indices(len(worth), 1)
    free = np.ones(len(worth), dtype=bool)
    groups: Groups = []
    for at in np.argsort(-worth[left, right], kind="stable"):
        one, other = int(left[at]), int(right[at])
        if free[one] and free[other] and worth[one, other] > 0:
            free[[one, other]] = False
            groups.append((one, other))
    return groups


WAYS: dict[str, Callable[[Moment], Groups]] = {
    "random": ours("random"),
    "relevance": ours("relevance"),
    "full": ours("full"),
    "recon": recon,
    "mmr": mmr,
}
