"""Makes the arrays of a segment, from documents just read or from other segments.

Both go the same way: a document is the list of its lines, a line the list of its stems. What a
whole document holds follows from its lines, a few documents at a time, so that the memory needed
stays near the size of what is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaim.matching import levels
from essaim.matching.segment import Lists, Segment, spread
from essaim.matching.vectors import Bytes, Floats, grouped

# Fewer distinct lines than this are compared with a request one by one.
GROUPED_FROM = 50_000
_PAIRS_AT_ONCE = 1_000_000

Numbers = NDArray[np.int32]
Key = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Documents and lines by their numbers, each in order; the input of `built`.

    `facets` are pairs (number of facet, number of document), shape (n, 2).
    """

    documents: Numbers
    document_lines: Lists
    lines: Numbers
    line_stems: Lists
    vectors: Bytes
    scales: Floats
    facets: Numbers


def lists(rows: Sequence[Sequence[int]]) -> Lists:
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    values = np.fromiter((value for row in rows for value in row), np.int32, int(offsets[-1]))
    return Lists(offsets, values)


def rows_of(segment: Segment, alive: NDArray[np.bool_] | None) -> Rows:
    """What a segment was made of, without its dead documents nor the lines only they had."""
    kept = np.arange(len(segment)) if alive is None else np.flatnonzero(alive)
    line_places, counts = segment.document_lines.rows(kept)
    used = np.unique(line_places)
    names, facet_documents = segment.facets
    owners = np.repeat(names, np.diff(facet_documents.offsets))
    staying = np.isin(facet_documents.values, kept)
    return Rows(
        segment.documents[kept],
        Lists(_starts(counts), segment.lines[line_places]),
        segment.lines[used],
        _some(segment.line_stems, used),
        segment.vectors[used],
        segment.scales[used],
        np.column_stack([owners, segment.documents[facet_documents.values]])[staying],
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """Several as one; a line that several have is taken from the first."""
    order = np.argsort(np.concatenate([part.documents for part in parts]), kind="stable")
    lines, first = np.unique(np.concatenate([part.lines for part in parts]), return_index=True)
    return Rows(
        np.concatenate([part.documents for part in parts])[order],
        _some(_chained([part.document_lines for part in parts]), order),
        lines,
        _some(_chained([part.line_stems for part in parts]), first),
        np.concatenate([part.vectors for part in parts])[first],
        np.concatenate([part.scales for part in parts])[first],
        np.concatenate([part.facets for part in parts]),
    )


def built(rows: Rows, ranks: NDArray[np.integer]) -> dict[str, NDArray[Any]]:
    """The arrays of a segment. `ranks`, (n,): the place of each document in the order of ids."""
    stems = np.unique(rows.line_stems.values)
    words = Lists(rows.line_stems.offsets, _places(stems, rows.line_stems.values))
    held = Lists(rows.document_lines.offsets, _places(rows.lines, rows.document_lines.values))
    document_levels = levels.length_levels(_lengths(held, words))
    found: dict[str, NDArray[Any]] = {
        "documents": rows.documents.astype(np.int32),
        "document_ranks": ranks.astype(np.int32),
        "document_levels": document_levels,
        "document_norms": _norms(rows, held),
        "lines": rows.lines.astype(np.int32),
        "line_levels": levels.length_levels(np.diff(words.offsets)),
        "line_weights": _weights(rows),
        "vectors": rows.vectors,
        "scales": rows.scales,
        "stems": stems.astype(np.int32),
        **_named("document_lines", held),
        **_named("line_documents", _turned(held, len(rows.lines))),
        **_named("line_stems", rows.line_stems),
        **_facets(rows),
    }
    found |= _postings("single", [words], found["line_levels"], len(stems))
    found |= _postings("whole", _of_documents(held, words), document_levels, len(stems))
    return found | _groups(rows)


def _of_documents(held: Lists, words: Lists) -> Iterator[Lists]:
    """The stems of each document, some documents at a time."""
    totals = np.cumsum(_lengths(held, words))
    start = 0
    while start < len(totals):
        before = int(totals[start - 1]) if start else 0
        end = max(int(np.searchsorted(totals, before + _PAIRS_AT_ONCE)), start + 1)
        lines = held.values[held.offsets[start] : held.offsets[end]]
        values, _ = words.rows(lines)
        yield Lists(np.append(0, totals[start:end] - before), values)
        start = end


def _postings(
    name: str, chunks: Sequence[Lists] | Iterator[Lists], levels_of: NDArray[np.uint8], stems: int
) -> dict[str, NDArray[Any]]:
    """Counting sort by stem: the chunks come in the order of rows, so each is put after another."""
    done, counts, first = [], np.zeros(stems, np.int64), 0
    for chunk in chunks:
        pairs, times = _counted(chunk, stems)
        rows = (pairs % _width(chunk) + first).astype(np.int32)
        of = pairs // _width(chunk)
        by_stem = np.bincount(of, minlength=stems)
        done.append((by_stem, rows, levels.codes(times, levels_of[rows])))
        counts += by_stem
        first += _width(chunk)
    offsets = _starts(counts)
    rows_out, codes_out = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.uint8)
    cursor = offsets[:-1].copy()
    for by_stem, rows, codes in done:
        target = spread(cursor, by_stem)
        rows_out[target], codes_out[target] = rows, codes
        cursor += by_stem
    return {f"{name}_offsets": offsets, f"{name}_rows": rows_out, f"{name}_codes": codes_out}


def _counted(chunk: Lists, stems: int) -> tuple[Key, Key]:
    """Each (stem, row) as stem * rows + row, in order, and how often it occurs."""
    rows = np.repeat(np.arange(_width(chunk)), np.diff(chunk.offsets))
    key = np.sort(chunk.values.astype(np.int64) * _width(chunk) + rows)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return key[first], np.diff(first, append=len(key))


def _width(chunk: Lists) -> int:
    return len(chunk.offsets) - 1


def _norms(rows: Rows, held: Lists) -> Floats:
    """The length of the sum of the weighted vectors of each document's lines.

    A bag of features of a whole text is near that sum, so that its direction costs one number.
    """
    found = np.zeros(len(rows.documents), np.float32)
    scaled = rows.vectors * (rows.scales * _weights(rows))[:, None]
    filled = np.flatnonzero(np.diff(held.offsets))
    for start in range(0, len(filled), 8_192):
        some = filled[start : start + 8_192]
        places, counts = held.rows(some)
        sums = np.add.reduceat(scaled[places], np.cumsum(counts) - counts, axis=0)
        found[some] = np.sqrt((sums * sums).sum(axis=1))
    return found


def _weights(rows: Rows) -> Floats:
    """A line counts in the whole by the square root of its number of words."""
    return np.sqrt(np.diff(rows.line_stems.offsets)).astype(np.float32)


def _groups(rows: Rows) -> dict[str, NDArray[Any]]:
    if len(rows.lines) < GROUPED_FROM or not rows.vectors.shape[1]:
        return {}
    groups = grouped(rows.vectors, rows.scales)
    return {
        "centres": groups.centres,
        "group_offsets": groups.offsets,
        "group_members": groups.members,
    }


def _facets(rows: Rows) -> dict[str, NDArray[Any]]:
    order = np.lexsort((rows.facets[:, 1], rows.facets[:, 0]))
    names, counts = np.unique(rows.facets[:, 0], return_counts=True)
    documents = _places(rows.documents, rows.facets[order, 1])
    named = _named("facet_documents", Lists(_starts(counts), documents))
    return {"facets": names.astype(np.int32), **named}


def _named(name: str, found: Lists) -> dict[str, NDArray[Any]]:
    return {name: found.values.astype(np.int32), f"{name}_offsets": found.offsets}


def _turned(held: Lists, count: int) -> Lists:
    """From lines of documents to documents of lines."""
    owners = np.repeat(np.arange(_width(held), dtype=np.int32), np.diff(held.offsets))
    order = np.argsort(held.values, kind="stable")
    return Lists(_starts(np.bincount(held.values, minlength=count)), owners[order])


def _some(found: Lists, places: NDArray[np.integer]) -> Lists:
    values, counts = found.rows(places)
    return Lists(_starts(counts), values)


def _chained(found: Sequence[Lists]) -> Lists:
    counts = np.concatenate([np.diff(one.offsets) for one in found])
    return Lists(_starts(counts), np.concatenate([one.values for one in found]))


def _starts(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def _lengths(held: Lists, words: Lists) -> NDArray[np.int64]:
    """The number of words of each document."""
    running = _starts(np.diff(words.offsets)[held.values])
    return running[held.offsets[1:]] - running[held.offsets[:-1]]


def _places(known: NDArray[np.integer], wanted: NDArray[np.integer]) -> Numbers:
    return np.searchsorted(known, wanted).astype(np.int32)
