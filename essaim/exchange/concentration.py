"""Do a few people carry the help of a hive? Pure.

Where little help was given, chance alone makes shares unequal: the alarm rings only for what would
seldom come about if each help had gone to anybody alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from essaim.core.inequality import TOP, gini, top_share

TOO_UNEQUAL = 0.45
TOO_MUCH = 0.35
DRAWS = 200
# Of all draws, so many are as unequal by chance alone.
SELDOM = 0.05


@dataclass(frozen=True)
class Concentration:
    """`gini` and `top` are shares from 0 to 1, `top` of one in twenty; None when it cannot be said.

    `rings`: above a limit, and not by chance; `few`: above a limit, as chance alone would be.
    """

    gini: float
    top: float | None
    rings: bool
    few: bool


def concentration(given: Sequence[int], helps: Sequence[int]) -> Concentration:
    """`given`: minutes of each person, nought included; `helps`: minutes of each help they gave.

    Both are of one hive: all draws are held at once.
    """
    found, top = gini(given), top_share(given)
    unequal = found > TOO_UNEQUAL
    heavy = top is not None and top >= TOO_MUCH
    if not unequal and not heavy:
        return Concentration(found, top, rings=False, few=False)
    by_gini, by_top = _by_chance(len(given), helps)
    rings = (unequal and found > by_gini) or (top is not None and heavy and top > by_top)
    return Concentration(found, top, rings=rings, few=not rings)


def _by_chance(people: int, helps: Sequence[int]) -> tuple[float, float]:
    """Gini and share of one in twenty that only one draw in twenty goes beyond."""
    chance = np.random.default_rng(people * 1_000_003 + len(helps))
    minutes = np.tile(np.asarray(helps, float), DRAWS)
    draw = np.repeat(np.arange(DRAWS), len(helps))
    who = chance.integers(people, size=len(minutes))
    gave = np.bincount(draw * people + who, minutes, DRAWS * people).reshape(DRAWS, people)
    gave.sort(axis=1)
    total, ranks = gave.sum(axis=1), np.arange(1, people + 1)
    ginis = 2 * (gave * ranks).sum(axis=1) / (people * total) - (people + 1) / people
    tops = gave[:, people - people // TOP :].sum(axis=1) / total
    return float(np.quantile(ginis, 1 - SELDOM)), float(np.quantile(tops, 1 - SELDOM))


def heaviest(people: int) -> int:
    """How many people are one in twenty; one at least, to be named."""
    return max(1, people // TOP)
