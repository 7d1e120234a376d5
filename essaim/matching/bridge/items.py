"""Which entries of a taxonomy a line speaks of, by the likeness of the line to their skills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaim.matching.encoder import Encoder
from essaim.matching.segment import spread
from essaim.matching.vectors import Bytes, Floats, rounded

# A line speaks of an item from this likeness on, of the nearest most; below the first it is a
# guess, from `SURE` on it is believed whole.
LIKE, GUESS, SURE = 0.6, 0.5, 0.85
TEMPERATURE = 0.03
# An item of so many entries tells nothing of a trade (« Travailler en équipe »).
COMMON = 64
LEAST_SHARE = 0.02
ENTRIES_PER_LINE = 16
_LINES_AT_ONCE, _ITEMS_AT_ONCE = 512, 4_096

_NOTHING = np.zeros(0, np.int32), np.zeros(0, np.uint8)

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shares:
    """Rows of entries with what each is worth, 0..255 for 0..1, one row after the other.

    Row r is `entries[offsets[r]:offsets[r + 1]]`.
    """

    offsets: Ints
    entries: NDArray[np.int32]
    worth: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def rows(self, places: NDArray[np.integer]) -> "Shares":
        counts = self.offsets[places + 1] - self.offsets[places]
        where = spread(self.offsets[places], counts)
        return Shares(ends(counts), self.entries[where], self.worth[where])


def ends(counts: NDArray[np.integer]) -> Ints:
    """(2, 0, 3) to 0 2 2 5."""
    found: Ints = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return found


def together(parts: Sequence[Shares]) -> Shares:
    """The rows of each, in order."""
    counts = [np.diff(part.offsets) for part in parts]
    return Shares(
        ends(np.concatenate(counts) if counts else np.zeros(0, np.int64)),
        np.concatenate([part.entries for part in parts] or [_NOTHING[0]]),
        np.concatenate([part.worth for part in parts] or [_NOTHING[1]]),
    )


@dataclass(frozen=True)
class Items:
    """Vectors of the distinct skills of a scheme, (items, dims), and the entries that take each."""

    vectors: Bytes
    scales: Floats
    offsets: Ints
    entries: NDArray[np.int32]
    count: int

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[Any]]) -> "Items":
        return cls(
            arrays["vectors"],
            arrays["scales"],
            arrays["offsets"],
            arrays["entries"],
            int(arrays["count"][0]),
        )

    def shares(self, rows: Bytes, scales: Floats) -> Shares:
        """What each line, (n, dims) bytes and (n,) scales, says of each entry.

        The same line gives the same shares whatever lies beside it: sums of products of bytes are
        exact in single precision up to 1,024 dimensions. Vectors of other dimensions say nothing.
        """
        if rows.shape[1] != self.vectors.shape[1]:
            return Shares(ends(np.zeros(len(rows), int)), *_NOTHING)
        starts = range(0, len(rows), _LINES_AT_ONCE)
        parts = [
            self._some(rows[at : at + _LINES_AT_ONCE], scales[at : at + _LINES_AT_ONCE])
            for at in starts
        ]
        return together(parts)

    def _some(self, rows: Bytes, scales: Floats) -> Shares:
        lines, items, likeness = self._near(rows.astype(np.float32), scales)
        order = np.lexsort((items, lines))
        lines, items, likeness = lines[order], items[order], likeness[order]
        weight = np.exp((likeness - 1) / TEMPERATURE)
        best = np.zeros(len(rows))
        np.maximum.at(best, lines, likeness)
        trust = np.clip((best - GUESS) / (SURE - GUESS), 0, 1)
        total = np.bincount(lines, weight, len(rows))
        weight = weight * trust[lines] / total[lines]
        counts = self.offsets[items + 1] - self.offsets[items]
        entries = self.entries[spread(self.offsets[items], counts)].astype(np.int64)
        weight = np.repeat(weight / np.maximum(counts, 1), counts)
        return self._summed(np.repeat(lines, counts) * self.count + entries, weight, len(rows))

    def _near(self, rows: Floats, scales: Floats) -> tuple[Ints, Ints, NDArray[np.float64]]:
        found: list[tuple[Ints, Ints, NDArray[np.float64]]] = []
        for start in range(0, len(self.vectors), _ITEMS_AT_ONCE):
            some = slice(start, start + _ITEMS_AT_ONCE)
            likeness = rows @ self.vectors[some].astype(np.float32).T
            likeness *= scales[:, None]
            likeness *= self.scales[some]
            lines, items = np.nonzero(likeness >= np.float32(LIKE))
            found.append((lines, items + start, likeness[lines, items].astype(np.float64)))
        columns = zip(*found, strict=True)
        lines, items, likeness_of = (np.concatenate(column) for column in columns)
        return lines, items, np.minimum(likeness_of, 1)

    def _summed(self, keys: Ints, weight: NDArray[np.float64], lines: int) -> Shares:
        """The best entries of each line, those worth nothing left out."""
        known, places = np.unique(keys, return_inverse=True)
        worth = np.rint(np.bincount(places, weight, len(known)) * 255)
        kept = worth >= LEAST_SHARE * 255
        known, worth = known[kept], np.minimum(worth[kept], 255)
        order = np.lexsort((known, -worth, known // self.count))
        known, worth = known[order], worth[order]
        counts = np.bincount(known // self.count, minlength=lines)
        rank = np.arange(len(known)) - np.repeat(ends(counts)[:-1], counts)
        known, worth = known[rank < ENTRIES_PER_LINE], worth[rank < ENTRIES_PER_LINE]
        counts = np.minimum(counts, ENTRIES_PER_LINE)
        return Shares(ends(counts), (known % self.count).astype(np.int32), worth.astype(np.uint8))


def item_arrays(skills: Sequence[Sequence[str]], encoder: Encoder) -> dict[str, NDArray[Any]]:
    """From the skills of each entry to the arrays of `Items`."""
    takers: dict[str, list[int]] = {}
    for entry, some in enumerate(skills):
        for skill in dict.fromkeys(some):
            takers.setdefault(skill, []).append(entry)
    told = {skill: who for skill, who in takers.items() if len(who) <= COMMON}
    vectors, scales = rounded(encoder.encode(list(told)))
    return {
        "vectors": vectors,
        "scales": scales,
        "offsets": ends(np.array([len(who) for who in told.values()], np.int64)),
        "entries": np.array([entry for who in told.values() for entry in who], np.int32),
        "count": np.array([len(skills)]),
    }
