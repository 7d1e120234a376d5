"""Learns what each evidence weighs from requests of which the right answers are known.

The likelihood of a right document being drawn first among those compared (ListNet: Cao et al.,
"Learning to rank: from pairwise approach to listwise approach", 2007) is made larger, while the
weights are held near those one starts from, the more so as there are fewer requests. Steps of
resilient propagation (Riedmiller and Braun 1993): deterministic, no rate to choose.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from essaim.matching.index import Index
from essaim.matching.ranking import Laws, score

Numbers = NDArray[np.float64]

COMPARED = 200
ROUNDS = 150
# How strongly few requests are distrusted: the pull to the start is this over their number.
CAUTION = 10
_FIRST, _LEAST, _MOST = 0.05, 1e-6, 0.5
_LARGER, _SMALLER = 1.2, 0.5


@dataclass(frozen=True)
class Example:
    """One request. `parts`: the evidence of n documents, each (n,) in 0..1. `right`: (n,).

    `words`: how many words of the request say something. `weight`: how much it counts.
    """

    parts: Mapping[str, Numbers]
    right: NDArray[np.bool_]
    words: int
    weight: float = 1.0


def example(
    index: Index,
    text: str,
    right: Collection[str],
    *,
    among: Collection[str] | None = None,
    weight: float = 1.0,
) -> Example | None:
    """What the index says of a request; `among` keeps those documents only once all are weighed.

    None when it teaches nothing: no right document was found, or no wrong one.
    """
    found = index.search(text, COMPARED)
    compared = [hit for hit in found if among is None or hit.id in among]
    is_right = np.array([hit.id in right for hit in compared], np.bool_)
    if not is_right.any() or is_right.all():
        return None
    parts = {name: np.array([hit.parts[name] for hit in compared]) for name in compared[0].parts}
    return Example(parts, is_right, index.words(text), weight)


def calibrated(
    examples: Sequence[Example], start: Laws, *, rounds: int = ROUNDS, caution: float = CAUTION
) -> Laws:
    """The laws that answer `examples` best, near `start`; `start` itself without any example.

    Only parts that weigh in `start` are learned: each keeps a positive weight. ValueError when it
    has none.
    """
    names = tuple(start.once.of_parts)
    if not names:
        message = "No part weighs anything: there is nothing to learn from"
        raise ValueError(message)
    if not examples:
        return start
    origin = _numbers(start, names)
    batch = [_Row.of(one, names) for one in examples]
    strength = caution / sum(one.weight for one in examples)
    learned = _descended(lambda now: _gradient(batch, now, origin, strength), origin, rounds)
    return _laws(start, names, learned)


def likelihood(examples: Sequence[Example], laws: Laws) -> float:
    """Mean logarithm of the chance that a right document comes first, at most 0."""
    names = tuple(laws.once.of_parts)
    rows = [_Row.of(one, names) for one in examples]
    numbers = _numbers(laws, names)
    total = sum(row.weight for row in rows)
    return sum(row.weight * _learned_from(row, numbers)[0] for row in rows) / total


def ordered(examples: Sequence[Example], laws: Laws) -> float:
    """Share, in 0..1, of the pairs of a right and a wrong document that stand in the right order.

    Mean over the requests; equals count one half.
    """
    return float(np.mean([_pairs_in_order(one, laws) for one in examples]))


def _pairs_in_order(one: Example, laws: Laws) -> float:
    scores = score(one.parts, laws.of(one.words))
    apart = scores[one.right][:, None] - scores[~one.right][None, :]
    return float(np.mean((apart > 0) + 0.5 * (apart == 0)))


@dataclass(frozen=True)
class _Row:
    """An example as arrays: `values` (n, parts), `growth` (2,): 1 and the logarithm of words."""

    values: Numbers
    right: NDArray[np.bool_]
    growth: Numbers
    weight: float

    @classmethod
    def of(cls, one: Example, names: Sequence[str]) -> "_Row":
        values = np.stack([one.parts[name] for name in names], axis=1)
        growth = np.array([1.0, np.log(max(one.words, 1))])
        return cls(values, one.right, growth, one.weight)


def _numbers(laws: Laws, names: Sequence[str]) -> Numbers:
    """(parts, 2): the logarithm of the weight for one word, and the power of the words."""
    weights = laws.once.of_parts
    return np.array([[np.log(weights[name]), laws.powers.get(name, 0.0)] for name in names])


def _laws(start: Laws, names: Sequence[str], numbers: Numbers) -> Laws:
    once = {name: float(np.exp(value)) for name, (value, _) in zip(names, numbers, strict=True)}
    powers = {name: float(power) for name, (_, power) in zip(names, numbers, strict=True)}
    return Laws(replace(start.once, **once), powers)


def _learned_from(row: _Row, numbers: Numbers) -> tuple[float, Numbers]:
    """Log-likelihood of one row, and its gradient, (parts, 2)."""
    weights = np.exp(numbers @ row.growth)
    scores = row.values @ weights
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    right = max(float(chances[row.right].sum()), 1e-12)
    pull = np.where(row.right, chances / right, 0.0) - chances
    return float(np.log(right)), np.outer((pull @ row.values) * weights, row.growth)


def _gradient(rows: Sequence[_Row], numbers: Numbers, origin: Numbers, strength: float) -> Numbers:
    """Of what is to be made small: the likelihood lost, and the distance to the origin."""
    total = sum(row.weight for row in rows)
    gained = sum(row.weight * _learned_from(row, numbers)[1] for row in rows) / total
    slope: Numbers = strength * (numbers - origin) - gained
    return slope


def _descended(slope: Callable[[Numbers], Numbers], origin: Numbers, rounds: int) -> Numbers:
    now, steps, before = origin.copy(), np.full_like(origin, _FIRST), np.zeros_like(origin)
    for _ in range(rounds):
        gradient = slope(now)
        turned = gradient * before
        steps = np.where(turned > 0, steps * _LARGER, np.where(turned < 0, steps * _SMALLER, steps))
        steps = np.clip(steps, _LEAST, _MOST)
        before = np.where(turned < 0, 0.0, gradient)
        now = now - np.sign(before) * steps
    return now
