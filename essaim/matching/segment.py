"""One immutable part of the index: arrays in one file, mapped into memory and never changed.

    documents   their numbers, in order; `document_ranks`, their order by id; lengths as levels
    lines       each distinct text once, by its number; `line_stems`, its words in order
    between     `document_lines`, in the order of the document; `line_documents`
    words       by number of stem: documents and lines that hold it, each with one byte (levels.py)
    vectors     of lines, and groups of them when there are many (vectors.py)
    facets      by number of facet: the documents that have it

Inside, everything is named by its place (0, 1, 2…); numbers are those of the side file. No text is
kept here.
"""

import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaim.matching.vectors import Groups

MAGIC = b"ESSAIM-S"
_ALIGNED = 64

Arrays = Mapping[str, NDArray[Any]]
Places = NDArray[np.int32]


class SegmentDamagedError(Exception):
    """The file is not whole. The side file holds what it takes to build it again."""


@dataclass(frozen=True)
class Lists:
    """Rows of different lengths: row r is `values[offsets[r]:offsets[r + 1]]`."""

    offsets: NDArray[np.int64]
    values: Places

    def row(self, place: int) -> Places:
        return self.values[self.offsets[place] : self.offsets[place + 1]]

    def rows(self, places: NDArray[np.integer]) -> tuple[Places, NDArray[np.int64]]:
        """The values of several rows one after the other, and how many each row has."""
        counts = self.offsets[places + 1] - self.offsets[places]
        return self.values[spread(self.offsets[places], counts)], counts


def spread(starts: NDArray[np.integer], counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """(2, 7), (3, 2) to 2 3 4 7 8."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


@dataclass(frozen=True)
class Postings:
    """Which rows (documents, or lines) hold each stem."""

    stems: Places
    offsets: NDArray[np.int64]
    rows: Places
    codes: NDArray[np.uint8]

    def of(self, stem: int) -> slice:
        """Where the rows of a stem are, by its number; an empty slice when nobody holds it."""
        place = int(np.searchsorted(self.stems, stem))
        if place == len(self.stems) or self.stems[place] != stem:
            return slice(0, 0)
        return slice(int(self.offsets[place]), int(self.offsets[place + 1]))

    def codes_in(self, stem: int, rows: NDArray[np.integer]) -> NDArray[np.int16]:
        """The byte of a stem in each of `rows`; -1 where it is not."""
        where = self.of(stem)
        known = self.rows[where]
        if not len(known):
            return np.full(len(rows), -1, np.int16)
        at = np.minimum(np.searchsorted(known, rows), len(known) - 1)
        return np.where(known[at] == rows, self.codes[where][at].astype(np.int16), np.int16(-1))


class Segment:
    """The arrays of one file (or of one block of memory) under their names."""

    def __init__(self, name: str, buffer: bytes | mmap.mmap) -> None:
        self.name = name
        self._arrays = arrays_of(name, buffer)
        self.documents = self._arrays["documents"]
        self.ranks = self._arrays["document_ranks"]
        self.document_levels = self._arrays["document_levels"]
        self.line_levels = self._arrays["line_levels"]
        self.norms = self._arrays["document_norms"]
        self.lines = self._arrays["lines"]
        self.weights = self._arrays["line_weights"]
        self.vectors = self._arrays["vectors"]
        self.scales = self._arrays["scales"]

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def document_lines(self) -> Lists:
        return self._lists("document_lines")

    @cached_property
    def line_documents(self) -> Lists:
        return self._lists("line_documents")

    @cached_property
    def line_stems(self) -> Lists:
        """Values are numbers of stems."""
        return self._lists("line_stems")

    @cached_property
    def whole(self) -> Postings:
        return self._postings("whole")

    @cached_property
    def single(self) -> Postings:
        return self._postings("single")

    @cached_property
    def groups(self) -> Groups | None:
        if "centres" not in self._arrays:
            return None
        found = self._arrays
        return Groups(found["centres"], found["group_offsets"], found["group_members"])

    @cached_property
    def facets(self) -> tuple[Places, Lists]:
        return self._arrays["facets"], self._lists("facet_documents")

    def places(self, numbers: NDArray[np.integer]) -> NDArray[np.int64]:
        """Places of those of the documents that are here; `numbers` in any order."""
        if not len(self):
            return np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self.documents, numbers), len(self) - 1)
        found: NDArray[np.int64] = at[self.documents[at] == numbers]
        return found

    def _lists(self, name: str) -> Lists:
        return Lists(self._arrays[f"{name}_offsets"], self._arrays[name])

    def _postings(self, name: str) -> Postings:
        found = self._arrays
        return Postings(
            found["stems"], found[f"{name}_offsets"], found[f"{name}_rows"], found[f"{name}_codes"]
        )


def packed(arrays: Arrays) -> list[bytes | memoryview]:
    """What to write, piece by piece: a mark, the table of the arrays, and the arrays aligned."""
    table: dict[str, list[object]] = {}
    at = 0
    for name, array in arrays.items():
        table[name] = [array.dtype.str, list(array.shape), at]
        at += _padded(array.nbytes)
    head = json.dumps({"arrays": table, "bytes": at}).encode()
    start = _padded(len(MAGIC) + 8 + len(head))
    first = MAGIC + len(head).to_bytes(8, "little") + head
    pieces: list[bytes | memoryview] = [first.ljust(start, b"\0")]
    for array in arrays.values():
        pieces.append(np.ascontiguousarray(array).data)
        pieces.append(b"\0" * (_padded(array.nbytes) - array.nbytes))
    return pieces


def mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise SegmentDamagedError(f"{path} is empty") from error


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def arrays_of(name: str, buffer: bytes | mmap.mmap) -> dict[str, NDArray[Any]]:
    start = len(MAGIC) + 8
    if buffer[: len(MAGIC)] != MAGIC:
        raise SegmentDamagedError(f"{name} is no segment")
    length = int.from_bytes(buffer[len(MAGIC) : start], "little")
    try:
        head = json.loads(buffer[start : start + length])
    except ValueError as error:
        raise SegmentDamagedError(f"{name}: its table cannot be read") from error
    first = _padded(start + length)
    if len(buffer) != first + head["bytes"]:
        raise SegmentDamagedError(f"{name} is cut short")
    return {
        key: _array(buffer, dtype, shape, first + at)
        for key, (dtype, shape, at) in head["arrays"].items()
    }


def _array(buffer: bytes | mmap.mmap, dtype: str, shape: list[int], at: int) -> NDArray[Any]:
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(buffer, dtype, count, at).reshape(shape)
