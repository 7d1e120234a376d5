"""Weighs a few hundred documents exactly: every word, every line of theirs, every likeness.

What is told of a document here depends on it, on the request and on the counts of the whole index;
never on the segment it is in nor on what was beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from essaim.matching.query import Phrase, Query
from essaim.matching.ranking import Weights
from essaim.matching.segment import Postings, Segment
from essaim.matching.vectors import cosines

_LINES_AT_ONCE = 50_000
# How sharp the soft maximum of lines is, and what the largest profiles reach.
_SHARPNESS = 20
_MOST = np.float32(1.2)
# Mean likeness of two lines of a document: below the first it speaks of unlike things, from the
# second on of one. Five skills drawn at random are at 0.00, a trade of ROME with its own at 0.30.
_UNLIKE, _ONE_THING = 0.05, 0.2

Values = NDArray[np.float32]
Held = NDArray[np.bool_]
Places = NDArray[np.integer]


@dataclass(frozen=True)
class Evidence:
    """What is found in n documents for t terms.

    `numbers`, `lines` (numbers of their best lines): (n,). `whole`, `single`: BM25, (n,).
    `cosine`, `several`, `alike`: likeness of the best line, of all lines together and of the whole,
    (n,). `unity`: from 0 for a document of unlike lines to 1 for one that speaks of one thing.
    `held`, `line_held`: which terms are in the document and in its best line, (n, t).
    """

    numbers: Places
    lines: Places
    whole: Values
    single: Values
    cosine: Values
    several: Values
    alike: Values
    unity: Values
    held: Held
    line_held: Held

    def __len__(self) -> int:
        return len(self.numbers)

    def only(self, which: NDArray[np.bool_]) -> "Evidence":
        return Evidence(*(array[which] for array in vars(self).values()))


@dataclass(frozen=True)
class _Lines:
    """The lines of the documents weighed, one after the other; `first`: where each begins."""

    places: NDArray[np.int32]
    counts: NDArray[np.int64]
    single: Values
    cosine: Values
    phrases: Values

    @property
    def first(self) -> NDArray[np.int64]:
        begin: NDArray[np.int64] = np.cumsum(self.counts) - self.counts
        return begin


def weighed(segment: Segment, places: Places, query: Query, weights: Weights) -> Evidence:
    """Evidence about documents of a segment, by their places. Those without lines are left out."""
    counts = segment.document_lines.offsets[places + 1] - segment.document_lines.offsets[places]
    places = places[counts > 0]
    lines = _lines(segment, places, query, weights.phrase)
    words = _values(segment.whole, places, query, query.whole_worth, "whole")
    said = _most(lines.phrases, lines) * query.whole_worth[segment.document_levels[places]]
    best = lines.places[_best(lines, query, weights)]
    line_words = _values(segment.single, best, query, query.single_worth, "single")
    unity, nearest = _unity(segment, places, lines), _most(lines.cosine, lines)
    return Evidence(
        segment.documents[places],
        segment.lines[best],
        words.sum(axis=0) + said,
        _most(lines.single, lines),
        nearest,
        _several(lines),
        unity * _alike(segment, places, lines) + (1 - unity) * nearest,
        unity,
        words.T > 0,
        line_words.T > 0,
    )


def together(parts: Sequence[Evidence]) -> Evidence:
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Evidence(*map(np.concatenate, columns))


def brought(found: Evidence, query: Query, floor: float) -> NDArray[np.bool_]:
    """Who holds a word that brings, or has a line whose likeness reaches `floor`."""
    bringing = sorted({one.term for one in query.sought if one.brings})
    return found.held[:, bringing].any(axis=1) | (found.cosine >= floor)


def _lines(segment: Segment, documents: Places, query: Query, phrase_weight: float) -> _Lines:
    places, counts = segment.document_lines.rows(documents)
    words = _values(segment.single, places, query, query.single_worth, "single")
    phrases = np.zeros(len(places), np.float32)
    for phrase in query.phrases:
        phrases[_saying(segment, places, phrase)] += np.float32(phrase_weight * phrase.worth)
    said = phrases * query.single_worth[segment.line_levels[places]]
    cosine = _cosines(segment, places, query)
    return _Lines(places, counts, words.sum(axis=0) + said, cosine, phrases)


def _values(
    postings: Postings, rows: Places, query: Query, worth: Values, of: str
) -> NDArray[np.float32]:
    """What each term is worth in each row, (t, n): of the stems of a term, the best."""
    values = np.zeros((len(query.terms), len(rows)), np.float32)
    for sought in query.sought:
        codes = postings.codes_in(sought.number, rows)
        found = np.where(codes >= 0, worth[codes] * np.float32(getattr(sought, of)), np.float32(0))
        np.maximum(values[sought.term], found, out=values[sought.term])
    return values


def _saying(segment: Segment, lines: Places, phrase: Phrase) -> NDArray[np.int64]:
    """Which of `lines` say two stems one after the other."""
    left, right = (segment.single.codes_in(stem, lines) for stem in (phrase.left, phrase.right))
    both = np.flatnonzero((left >= 0) & (right >= 0))
    stems, counts = segment.line_stems.rows(lines[both])
    follows = (stems[:-1] == phrase.left) & (stems[1:] == phrase.right)
    owner = np.repeat(np.arange(len(both)), counts)
    same = owner[:-1] == owner[1:]
    # In order already: `np.unique` alone would load the part of numpy for masked arrays.
    saying = owner[:-1][follows & same]
    said: NDArray[np.int64] = both[saying[np.diff(saying, prepend=-1) > 0]]
    return said


def _cosines(segment: Segment, lines: Places, query: Query) -> Values:
    found = np.zeros(len(lines), np.float32)
    if query.vector is None:
        return found
    for start in range(0, len(lines), _LINES_AT_ONCE):
        some = lines[start : start + _LINES_AT_ONCE]
        likeness = cosines(segment.vectors[some], segment.scales[some], query.vector)
        found[start : start + _LINES_AT_ONCE] = np.clip(likeness, 0, 1)
    return found


def _best(lines: _Lines, query: Query, weights: Weights) -> NDArray[np.int64]:
    """Where the best line of each document is; the first of equals."""
    words = lines.single / np.float32(query.ideal_single or 1)
    value = words * np.float32(weights.words) + lines.cosine * np.float32(weights.meaning)
    highest = np.repeat(_most(value, lines), lines.counts)
    reaching = np.flatnonzero(value == highest)
    owner = np.repeat(np.arange(len(lines.counts)), lines.counts)[reaching]
    found: NDArray[np.int64] = reaching[np.unique(owner, return_index=True)[1]]
    return found


def _most(values: Values, lines: _Lines) -> Values:
    if not len(values):
        return values
    found: Values = np.maximum.reduceat(values, lines.first)
    return found


def _several(lines: _Lines) -> Values:
    """Soft maximum of the cosines of each document's lines, in 0..1: nothing for lines unlike."""
    if not len(lines.cosine):
        return lines.cosine
    sums = np.add.reduceat(np.expm1(_SHARPNESS * lines.cosine), lines.first)
    found: Values = np.minimum(np.log1p(sums) / _SHARPNESS / _MOST, 1).astype(np.float32)
    return found


def _alike(segment: Segment, documents: Places, lines: _Lines) -> Values:
    """Cosine of the request with the sum of a document's lines, from theirs alone."""
    if not len(documents):
        return np.zeros(0, np.float32)
    sums = np.add.reduceat(lines.cosine * segment.weights[lines.places], lines.first)
    norms = segment.norms[documents]
    return np.clip(sums / np.where(norms > 0, norms, 1), 0, 1).astype(np.float32)


def _unity(segment: Segment, documents: Places, lines: _Lines) -> Values:
    """How far each document speaks of one thing: the mean likeness of its pairs of lines, scaled.

    The sum of a card with unlike skills is like none of them, and was held against whoever can do
    several things. A single line is one thing; without vectors nothing is known, and that is 0.
    """
    if not len(documents):
        return np.zeros(0, np.float32)
    weights = segment.weights[lines.places].astype(np.float64)
    total = np.add.reduceat(weights, lines.first)
    alone = np.add.reduceat(weights**2, lines.first)
    norms = segment.norms[documents].astype(np.float64)
    pairs = total**2 - alone
    likeness = np.where(pairs > 1e-9, (norms**2 - alone) / np.maximum(pairs, 1e-9), 1.0)
    scaled = np.clip((likeness - _UNLIKE) / (_ONE_THING - _UNLIKE), 0, 1)
    return np.where(norms > 0, scaled, 0.0).astype(np.float32)
