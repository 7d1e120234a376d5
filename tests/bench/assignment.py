"""Time, memory and gap of the assignment of needs to helpers, and of encounters.

Needs and helpers are drawn around trades, some common and most rare, in a space where the score is
the cosine: neighbours compete for the same people, as they do in a network. Seeded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from essaim.matching.assignment import Candidates, assign
from essaim.matching.pairs import pair
from tests.bench.apart import Measured, apart, timed
from tests.bench.figures import Figure, Figures

CANDIDATES = 20
DIMENSIONS = 32
PER_TRADE = 60
NEAR_TRADES = 4
NETWORK, ENCOUNTERS = 100_000, 600
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class People:
    """Points by rising trade: those of trade `t` are `start[t]:start[t + 1]`."""

    start: NDArray[np.int64]
    vectors: Vectors


def run() -> Figures:
    """Each measure in a process of its own, whose peak of memory is its own."""
    exact = apart(_assign_exactly)
    auction = apart(_assign_by_auction)
    pairs = apart(_pair)
    return {
        "assign_100k_s": Figure(round(exact.seconds, 2), "s", 15),
        "assign_100k_cpu_s": Figure(round(exact.cpu_seconds, 2), "s"),
        "assign_100k_gap": Figure(exact.answer, "", 0),
        "assign_100k_mb": Figure(round(exact.megabytes), "MB", 1_000),
        "auction_100k_s": Figure(round(auction.seconds, 2), "s"),
        "auction_100k_gap": Figure(round(auction.answer, 6), "", 0.001),
        "pairs_600_s": Figure(round(pairs.seconds, 2), "s", 2),
        "pairs_600_cpu_s": Figure(round(pairs.cpu_seconds, 2), "s"),
        "pairs_600_gap": Figure(pairs.answer, "", 0),
    }


def _assign_exactly() -> Measured:
    candidates = network(NETWORK, seed=1)
    return timed(lambda: assign(candidates).gap)


def _assign_by_auction() -> Measured:
    candidates = network(NETWORK, seed=1)
    return timed(lambda: assign(candidates, method="auction").gap)


def _pair() -> Measured:
    scores, forbidden = encounters(ENCOUNTERS, seed=1)
    return timed(lambda: pair(scores, forbidden=forbidden).gap)


def network(people: int, seed: int) -> Candidates:
    """As many needs of an hour as helpers, who have 0 to 3 hours; the 20 best of each need."""
    draw = np.random.default_rng(seed)
    trades = _unit(draw.standard_normal((max(people // PER_TRADE, 1), DIMENSIONS)))
    needs, helpers = _people(draw, trades, people), _people(draw, trades, people)
    near = np.argsort(-trades @ trades.T, axis=1)[:, :NEAR_TRADES]
    found = [_best(needs, helpers, trade, near[trade]) for trade in range(len(trades))]
    need, helper, score = (np.concatenate(column) for column in zip(*found, strict=True))
    capacity = draw.integers(0, 4, people)
    return Candidates(need, helper, score, np.ones(people, dtype=np.int64), capacity)


def _people(draw: np.random.Generator, trades: Vectors, count: int) -> People:
    share = 1 / np.sqrt(np.arange(1, len(trades) + 1))
    trade = np.sort(draw.choice(len(trades), count, p=share / share.sum()))
    spread = 0.12 * draw.standard_normal((count, DIMENSIONS))
    start = np.searchsorted(trade, np.arange(len(trades) + 1))
    return People(start, _unit(trades[trade] + spread))


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / norms, dtype=np.float32)


def _best(
    needs: People, helpers: People, trade: int, near: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Needs of a trade, their best helpers in the trades near it, and the scores."""
    asking = np.arange(needs.start[trade], needs.start[trade + 1])
    pool = np.concatenate([np.arange(helpers.start[t], helpers.start[t + 1]) for t in near])
    cosine = needs.vectors[asking] @ helpers.vectors[pool].T
    best = np.argsort(-cosine, axis=1)[:, :CANDIDATES]
    score = np.take_along_axis(cosine, best, axis=1).astype(np.float64)
    return np.repeat(asking, best.shape[1]), pool[best].ravel(), np.clip(score, 0, 1).ravel()


def encounters(people: int, seed: int) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Scores as of improbable encounters, where most are ordinary, and colleagues who avoid each
    other by threes."""
    draw = np.random.default_rng(seed)
    vectors = _unit(draw.standard_normal((people, DIMENSIONS)))
    relevance = 0.5 + 0.5 * (vectors @ vectors.T).astype(np.float64)
    asked = np.triu(draw.random((people, people)) < 0.02)
    free = np.sqrt(draw.integers(1, 5, people) / 4)
    scores = (0.32 * relevance + 0.42 * (asked | asked.T)) * np.outer(free, free)
    rank = np.arange(people)
    colleagues = [
        (int(one), int(one) + step) for step in (1, 2) for one in rank if one % 3 < 3 - step
    ]
    return (scores + scores.T) / 2, [pair for pair in colleagues if pair[1] < people]
