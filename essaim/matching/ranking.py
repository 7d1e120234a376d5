"""From evidence to a score: one sum, whose weights a benchmark chose.

Evidences are brought to 0..1 and summed: reciprocal ranks were at or below that sum everywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


_NO_PARTS = ("phrase", "floor")


@dataclass(frozen=True)
class Weights:
    """What each evidence weighs in a score.

    `profile`, `line`: BM25 of the whole and of the best line. `cover`, `line_cover`: share of the
    request's information found in them. `letters`: letters that the best line shares with the
    request. `cosine`, `whole`: likeness in meaning of the best line and of the whole.

    Two more are no parts of the sum. `phrase`: what neighbouring words that stay neighbours add to
    BM25, over the rarity of the rarer. `floor`: the likeness from which a line brings a document
    that has no word of the request.
    """

    profile: float = 0.45
    line: float = 0.2
    cover: float = 0.15
    line_cover: float = 0.1
    letters: float = 0.2
    cosine: float = 0.0
    whole: float = 0.0
    phrase: float = 0.35
    floor: float = 0.45

    @property
    def of_parts(self) -> dict[str, float]:
        """Those of the sum that are not zero."""
        values = asdict(self)
        return {name: value for name, value in values.items() if value and name not in _NO_PARTS}


# Without an encoder, and with one.
LEXICAL = Weights()
SEMANTIC = Weights(
    profile=0.3, line=0.3, cover=0.0, line_cover=0.0, letters=0.0, cosine=1.0, whole=0.8
)


def relative(values: Values, ideal: float) -> Values:
    """BM25 to 0..1: over the best of the answer, damped when even the best is far from `ideal`.

    So the best of a poor answer does not look like a good one.
    """
    best = float(values.max(initial=0.0))
    if not best > 0:
        return np.zeros(len(values), np.float32)
    found: Values = (values / best * min(1.0, best / ideal) ** 0.5).astype(np.float32)
    return found


def score(parts: Mapping[str, Values], weights: Weights) -> NDArray[np.float64]:
    """Each document's score in 0..1, (n,): the weighted mean of its parts, each (n,) in 0..1.

    Rounded, so that equals are equal.
    """
    weighed = weights.of_parts
    total = sum(weight * parts[name].astype(np.float64) for name, weight in weighed.items())
    found: NDArray[np.float64] = np.round(total / sum(weighed.values()), 6)
    return found
