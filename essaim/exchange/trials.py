"""What can be concluded from few answers: rates with their intervals, and unequal shares. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import mean, stdev

from essaim.core.inequality import gini

Z = 1.96
"""Of a 95 % interval."""
ENOUGH = 170
"""Encounters per arm that show 65 % against 50 % four times in five (power 80 %, level 5 %)."""
FEW = 30
RESAMPLES = 400


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, from `n` records; shares are from 0 to 1."""

    value: float
    low: float
    high: float
    n: int


def wilson(count: int, n: int) -> Estimate | None:
    """The interval of a share (E. B. Wilson, 1927); None without a record.

    Raises ValueError unless 0 ≤ count ≤ n.
    """
    if not 0 <= count <= n:
        raise ValueError("count: from 0 to n is expected")
    if not n:
        return None
    share, square = count / n, Z**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n**2))
    low, high = min(share, centre - half), max(share, centre + half)
    return Estimate(share, max(0.0, low), min(1.0, high), n)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Of two shares, `one` less `other` (R. G. Newcombe, 1998, method 10)."""
    value = one.value - other.value
    low = value - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = value + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(value, low, high, min(one.n, other.n))


def average(values: Sequence[float]) -> Estimate | None:
    """A mean, with its interval by the normal law; as wide as can be for a single value."""
    if not values:
        return None
    found = mean(values)
    half = Z * stdev(values) / sqrt(len(values)) if len(values) > 1 else 1.0
    return Estimate(found, max(0.0, found - half), min(1.0, found + half), len(values))


def gini_estimate(values: Sequence[int]) -> Estimate | None:
    """With the interval of 400 samples drawn again from the same people (B. Efron, 1979)."""
    if not values:
        return None
    draw = Random(len(values))  # noqa: S311  (not a secret)
    again = sorted(gini(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return Estimate(gini(values), again[cut], again[-1 - cut], len(values))
