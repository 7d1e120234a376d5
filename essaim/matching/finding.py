"""Finds who is worth weighing: a few hundred documents, from words and from vectors.

Every document and line is given a rough score, at a few nanoseconds each; only those that the best
lines or the rare words point at are weighed afterwards (weighing.py). Who may not be found has no
score at all, so that nobody unseen takes a place. Equals at the cut are taken in the order of ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from essaim.matching.query import Query
from essaim.matching.ranking import Weights
from essaim.matching.segment import Postings, Segment
from essaim.matching.shelf import Live
from essaim.matching.vectors import cosines

LINES = 200
_BLOCK = 256
_TINY = float(np.finfo(np.float32).tiny)

Values = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Scope:
    """A segment, and who in it may be found; None when all of it may."""

    segment: Segment
    documents: Mask | None
    lines: Mask | None

    def __len__(self) -> int:
        return len(self.segment) if self.documents is None else int(self.documents.sum())


@dataclass(frozen=True)
class Field:
    """Rough evidence of a segment: BM25 of documents and of lines, cosines of lines."""

    scope: Scope
    whole: Values
    single: Values
    near: Values


def scope(live: Live, allowed: Mask | None) -> Scope:
    """Where a filter keeps few, only their lines are looked at."""
    if allowed is None:
        return Scope(live.segment, live.documents, live.lines)
    documents = allowed if live.documents is None else allowed & live.documents
    places = np.flatnonzero(documents)
    if 4 * len(places) > len(live.segment):
        return Scope(live.segment, documents, live.lines)
    lines = np.zeros(len(live.segment.lines), np.bool_)
    lines[live.segment.document_lines.rows(places)[0]] = True
    return Scope(live.segment, documents, lines)


def candidates(scopes: Sequence[Scope], query: Query, weights: Weights, pool: int) -> list[Places]:
    """Places of the `pool` best documents of each scope, rising; of all when they are few."""
    if sum(map(len, scopes)) <= pool:
        return [_all(one) for one in scopes]
    fields = [_field(one, query, weights.floor) for one in scopes]
    lines = _line_scores(fields, query, weights)
    least = _threshold(lines, LINES)
    documents = _document_scores(fields, query, weights)
    for field, scores, line_scores in zip(fields, documents, lines, strict=True):
        _raise_by_lines(field.scope, scores, line_scores, least)
    least = _threshold(documents, pool)
    found = zip(fields, documents, strict=True)
    return [_best(field.scope.segment, scores, least, pool) for field, scores in found]


def _all(one: Scope) -> Places:
    return np.arange(len(one.segment)) if one.documents is None else np.flatnonzero(one.documents)


def _field(one: Scope, query: Query, floor: float) -> Field:
    segment = one.segment
    whole = np.zeros(len(segment), np.float32)
    single = np.zeros(len(segment.lines), np.float32)
    for sought in query.sought:
        if sought.brings:
            _add(whole, segment.whole, sought.number, query.whole_worth * np.float32(sought.whole))
            _add(
                single,
                segment.single,
                sought.number,
                query.single_worth * np.float32(sought.single),
            )
    near = _near(segment, query, floor)
    if one.documents is not None:
        whole *= one.documents
    if one.lines is not None:
        single *= one.lines
        near *= one.lines
    return Field(one, whole, single, near)


def _add(total: Values, postings: Postings, stem: int, worth: Values) -> None:
    where = postings.of(stem)
    total[postings.rows[where]] += worth[postings.codes[where]]


def _near(segment: Segment, query: Query, floor: float) -> Values:
    """Cosines from `floor` up, else 0; only of the nearest groups of a large segment."""
    found = np.zeros(len(segment.lines), np.float32)
    if query.vector is None or not len(found):
        return found
    if segment.groups is None:
        found = cosines(segment.vectors, segment.scales, query.vector)
    else:
        some = segment.groups.near(query.vector)
        found[some] = cosines(segment.vectors[some], segment.scales[some], query.vector)
    found[found < floor] = 0
    return found


def _line_scores(fields: Sequence[Field], query: Query, weights: Weights) -> list[Values]:
    best = max((float(field.single.max(initial=0)) for field in fields), default=0.0)
    scale = np.float32(_damped(weights.words, best, query.ideal_single))
    return [field.single * scale + field.near * np.float32(weights.meaning) for field in fields]


def _document_scores(fields: Sequence[Field], query: Query, weights: Weights) -> list[Values]:
    best = max((float(field.whole.max(initial=0)) for field in fields), default=0.0)
    scale = np.float32(_damped(weights.profile + weights.cover, best, query.ideal_whole))
    return [np.multiply(field.whole, scale, out=field.whole) for field in fields]


def _damped(weight: float, best: float, ideal: float) -> float:
    return weight / best * min(1.0, best / ideal) ** 0.5 if best > 0 else 0.0


def _raise_by_lines(one: Scope, scores: Values, line_scores: Values, least: float) -> None:
    """Adds to each document its best line, of the lines that reach `least`."""
    lines = np.flatnonzero(line_scores >= least)
    lines = lines[np.argsort(line_scores[lines], kind="stable")]
    owners, counts = one.segment.line_documents.rows(lines)
    best = np.zeros(len(scores), np.float32)
    # Of several values for one place the last stays: the best line comes last.
    best[owners] = np.repeat(line_scores[lines], counts)
    scores += best
    if one.documents is not None:
        scores *= one.documents


def _threshold(scores: Sequence[Values], count: int) -> float:
    """The score that `count` reach among all, or the least above nothing when fewer have one."""
    found = np.concatenate([_highest(one, count) for one in scores])
    if len(found) > count:
        found = np.partition(found, len(found) - count)[-count:]
    return float(found.min(initial=np.inf))


def _highest(scores: Values, count: int) -> Values:
    """At least the `count` highest above 0. Most blocks hold none of them, and are skipped."""
    whole = len(scores) - len(scores) % _BLOCK
    blocks = scores[:whole].reshape(-1, _BLOCK)
    if len(blocks) <= 4 * count:
        return scores[scores > 0]
    heads = blocks.max(axis=1)
    least = np.partition(heads, len(heads) - count)[-count]
    some = np.concatenate([blocks[heads >= max(least, _TINY)].ravel(), scores[whole:]])
    found: Values = some[some >= max(least, _TINY)]
    return found


def _best(segment: Segment, scores: Values, least: float, pool: int) -> Places:
    found = np.flatnonzero(scores >= least)
    if len(found) <= pool:
        return found
    order = np.lexsort((segment.ranks[found], -scores[found]))
    return np.sort(found[order[:pool]])
