"""Okapi BM25 (Robertson and Zaragoza 2009) from one byte per posting.

A posting keeps how often a word occurs and how long its document is, each rounded down to a level:
three bits and five bits. What that is worth follows from the average length of the whole index,
which changes with every document, so it is looked up at search time in a table of 256 numbers.
A score therefore depends on what is indexed now, never on the order in which it came.
"""

import math

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75

_TIMES = np.array([1, 2, 3, 4, 6, 8, 12, 16])
_LENGTHS = np.concatenate(
    [
        np.arange(1, 11),
        [12, 14, 16, 18, 21, 24, 28, 32, 38, 44, 52, 62, 74, 88, 105, 126, 150],
        [200, 300, 500, 1_000, 2_000],
    ]
)


def length_levels(lengths: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Number of words (at least 1) to a level in 0..31; same shape."""
    found = np.searchsorted(_LENGTHS, np.maximum(lengths, 1), "right") - 1
    level: NDArray[np.uint8] = found.astype(np.uint8)
    return level


def codes(times: NDArray[np.integer], levels_of_length: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Occurrences (at least 1) and the level of the length, in one byte; same shape."""
    level = np.searchsorted(_TIMES, times, "right") - 1
    found: NDArray[np.uint8] = (level * len(_LENGTHS) + levels_of_length).astype(np.uint8)
    return found


def worth(average_length: float) -> NDArray[np.float32]:
    """What each of the 256 codes is worth: 1 for one occurrence in an average document."""
    relative = _LENGTHS / max(average_length, 1.0)
    saturation = K1 * (1 - B + B * relative)
    table = _TIMES[:, None] * (K1 + 1) / (_TIMES[:, None] + saturation[None, :])
    return table.astype(np.float32).ravel()


def rarity(total: int, frequency: int) -> float:
    """Inverse document frequency, never negative."""
    return math.log(1 + max(total - frequency + 0.5, 0.5) / (frequency + 0.5))
