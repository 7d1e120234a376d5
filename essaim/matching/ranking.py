"""From evidence to a score: one sum, whose weights a benchmark chose.

Evidences are brought to 0..1 and summed: reciprocal ranks were at or below that sum everywhere.
What each weighs follows the request: of a long one the words tell most, of two words the meaning.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


_NO_PARTS = ("phrase", "floor")


@dataclass(frozen=True)
class Weights:
    """What each evidence weighs in the score of one request.

    `profile`, `line`: BM25 of the whole and of the best line. `cover`, `line_cover`: share of the
    request's information found in them. `letters`: letters that the best line shares with the
    request. `cosine`, `several`, `whole`: likeness in meaning of the best line, of all lines
    together (a soft maximum: several good lines are worth more than one) and of their sum. The
    more unlike the lines of a document are, the more the best line stands for that sum; the more
    they speak of one thing, the more the whole stands for the best line's words.

    Two more are no parts of the sum. `phrase`: what neighbouring words that stay neighbours add to
    BM25, over the rarity of the rarer. `floor`: the likeness from which a line brings a document
    that has no word of the request.
    """

    profile: float = 0.0
    line: float = 0.0
    cover: float = 0.0
    line_cover: float = 0.0
    letters: float = 0.0
    cosine: float = 0.0
    several: float = 0.0
    whole: float = 0.0
    phrase: float = 0.35
    floor: float = 0.4

    @property
    def words(self) -> float:
        """What the words of one line weigh together."""
        return self.line + self.line_cover

    @property
    def meaning(self) -> float:
        """What the meaning of one line weighs."""
        return self.cosine + self.several

    @property
    def of_parts(self) -> dict[str, float]:
        """Those of the sum that are not zero."""
        values = asdict(self)
        return {name: value for name, value in values.items() if value and name not in _NO_PARTS}


@dataclass(frozen=True)
class Laws:
    """Weights that follow the request: those of one word, times the number of words to a power."""

    once: Weights
    powers: Mapping[str, float] = field(default_factory=dict)

    def of(self, words: int) -> Weights:
        """Weights for a request of so many words that say something."""
        grown = {
            name: value * max(words, 1) ** self.powers.get(name, 0.0)
            for name, value in self.once.of_parts.items()
        }
        return replace(self.once, **grown)

    def as_dict(self) -> dict[str, dict[str, float]]:
        return {"once": asdict(self.once), "powers": dict(self.powers)}

    @classmethod
    def from_dict(cls, written: Any) -> "Laws":
        """What `as_dict` gave; ValueError for anything else."""
        try:
            once = {name: float(value) for name, value in written["once"].items()}
            powers = {name: float(value) for name, value in written["powers"].items()}
            laws = cls(Weights(**once), powers)
        except (AttributeError, KeyError, TypeError) as error:
            message = "these are no weights of matching"
            raise ValueError(message) from error
        numbers = [*once.values(), *powers.values()]
        if (
            not all(map(isfinite, numbers))
            or min(once.values(), default=-1) < 0
            or not laws.once.of_parts
        ):
            message = "weights of matching are finite, not negative, and not all zero"
            raise ValueError(message)
        return laws


# Without an encoder, and with one. The latter are near those that `scripts/bench matching
# --calibrate` learns.
LEXICAL = Laws(Weights(profile=0.45, line=0.2, cover=0.15, line_cover=0.1, letters=0.2))
SEMANTIC = Laws(
    Weights(profile=0.8, line=0.5, several=17.4, whole=9.0),
    {"profile": 1.1, "line": 0.8, "several": -0.35},
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


def score(parts: Mapping[str, NDArray[np.floating]], weights: Weights) -> NDArray[np.float64]:
    """Each document's score in 0..1, (n,): the weighted mean of its parts, each (n,) in 0..1.

    Rounded, so that equals are equal.
    """
    weighed = weights.of_parts
    total = sum(weight * parts[name].astype(np.float64) for name, weight in weighed.items())
    found: NDArray[np.float64] = np.round(total / sum(weighed.values()), 6)
    return found
