"""Vectors in one signed byte per dimension, compared exactly, and grouped when there are many.

A row is stored as whole numbers of -127..127 with one scale. The request is rounded to whole
numbers too, small enough that every sum of products is exact in single precision: a similarity
does not depend on the order in which a processor adds, nor on which rows lie beside.

Many rows are grouped around centres (inverted file: Sivic and Zisserman 2003; Jégou et al. 2011)
found by Lloyd's k-means, seeded, so that a search reads only the groups nearest to the request.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXACT_SUM = 2**24
ROWS_AT_ONCE = 4_096
SAMPLE_PER_CENTRE = 32
ROUNDS = 6
SEED = 20_240_229

Bytes = NDArray[np.int8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """The vector of a request: `whole` (dims,), whole numbers held as floats, times `scale`."""

    whole: Floats
    scale: float


def rounded(vectors: Floats) -> tuple[Bytes, Floats]:
    """(n, dims) unit rows to (n, dims) bytes and (n,) scales; a zero row keeps scale 0."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127
    safe = np.where(scales > 0, scales, 1.0)
    return np.rint(vectors / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def asked(vector: Floats) -> Asked | None:
    """None for a zero vector: nothing in the request is known to the encoder."""
    highest = float(np.abs(vector).max(initial=0.0))
    if not highest > 0:
        return None
    scale = highest / (EXACT_SUM // (127 * len(vector)))
    return Asked(np.rint(vector / scale).astype(np.float32), scale)


def cosines(rows: Bytes, scales: Floats, request: Asked) -> Floats:
    """Cosine of the request with each row, (n,); rows are widened a few at a time."""
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        np.matmul(rows[some].astype(np.float32), request.whole, out=found[some])
    found *= scales * np.float32(request.scale)
    return found


@dataclass(frozen=True)
class Groups:
    """`centres` (c, dims); the rows of group g are `members[offsets[g]:offsets[g + 1]]`."""

    centres: Floats
    offsets: NDArray[np.int32]
    members: NDArray[np.int32]

    def near(self, request: Asked) -> NDArray[np.int32]:
        """Rows of the sixteenth of the groups that are nearest, eight groups at least."""
        count = max(8, len(self.centres) // 16)
        likeness = self.centres @ request.whole
        best = np.argsort(-likeness, kind="stable")[:count]
        chosen = [self.members[self.offsets[g] : self.offsets[g + 1]] for g in best]
        return np.sort(np.concatenate(chosen))


def grouped(rows: Bytes, scales: Floats) -> Groups:
    """About the square root of n groups, at most 2,048; the same rows give the same groups."""
    count = min(max(int(math.sqrt(len(rows))), 1), 2_048)
    chance = np.random.default_rng(SEED)
    size = min(len(rows), SAMPLE_PER_CENTRE * count)
    sample = _wide(rows, scales, np.sort(chance.choice(len(rows), size, replace=False)))
    centres = sample[chance.choice(size, count, replace=False)]
    for _ in range(ROUNDS):
        centres = _moved(centres, sample, _nearest(sample, centres))
    owner = np.concatenate(
        [
            _nearest(_wide(rows, scales, slice(start, start + ROWS_AT_ONCE)), centres)
            for start in range(0, len(rows), ROWS_AT_ONCE)
        ]
    )
    offsets = np.searchsorted(np.sort(owner), np.arange(count + 1))
    members = np.argsort(owner, kind="stable")
    return Groups(centres, offsets.astype(np.int32), members.astype(np.int32))


def _wide(rows: Bytes, scales: Floats, some: slice | NDArray[np.int64]) -> Floats:
    wide: Floats = rows[some].astype(np.float32) * scales[some][:, None]
    return wide


def _nearest(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    return np.concatenate(
        [
            np.argmax(rows[start : start + ROWS_AT_ONCE] @ centres.T, axis=1)
            for start in range(0, len(rows), ROWS_AT_ONCE)
        ]
    )


def _moved(centres: Floats, rows: Floats, owner: NDArray[np.int64]) -> Floats:
    """Each centre goes to the direction of its rows; one without rows stays."""
    order = np.argsort(owner, kind="stable")
    present, first = np.unique(owner[order], return_index=True)
    sums = np.add.reduceat(rows[order], first, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    moved = centres.copy()
    moved[present] = sums / np.where(lengths > 0, lengths, 1.0)
    return moved
