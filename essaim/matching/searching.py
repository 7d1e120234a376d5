"""A search from the sentence to the hits: reads, finds, weighs, and says why."""

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from essaim.matching.bridge.crossing import Crossing, Found, Told, fused, telling
from essaim.matching.encoder import Encoder
from essaim.matching.finding import Scope, candidates, scope
from essaim.matching.query import Query, prepared
from essaim.matching.ranking import Laws, Values, Weights, relative, score
from essaim.matching.request import read
from essaim.matching.segment import Segment
from essaim.matching.shelf import View
from essaim.matching.spelling import Spelling
from essaim.matching.values import Hit, Reasons
from essaim.matching.weighing import Evidence, brought, together, weighed

# How many are weighed exactly, at least.
POOL = 200

Facets = Mapping[str, str | Collection[str]]
Filter = tuple[Collection[str] | None, Facets]


@dataclass(frozen=True)
class Searcher:
    """How to search: shared by all threads."""

    spelling: Spelling
    encoder: Encoder | None
    laws: Laws
    pool: int = POOL

    def words(self, connection: sqlite3.Connection, text: str) -> int:
        return read(connection, text, self.spelling).words

    def search(
        self,
        connection: sqlite3.Connection,
        view: View,
        text: str,
        k: int,
        only: Filter,
        crossing: Crossing | None = None,
    ) -> list[Hit]:
        request = read(connection, text, self.spelling)
        query = prepared(connection, request, view, self.encoder)
        scopes = _scopes(connection, view, only)
        if query is None or not scopes or k <= 0:
            return []
        weights, pool = self.laws.of(request.words), max(k, self.pool)
        crossed = crossing.documents(scopes, pool) if crossing else None
        found = _evidence(scopes, query, weights, pool, crossed)
        parts = _parts(connection, query, found, weights)
        scores = score(parts, weights)
        if crossing is None or crossed is None:
            return _hits(connection, query, found, parts, scores, k)
        parts["bridge"] = crossed.of(found.numbers)
        either = fused(scores, parts["bridge"])
        hits = _hits(connection, query, found, parts, either, k)
        through = found.numbers[telling(scores, found.cosine, parts["bridge"])]
        return _with_paths(connection, hits, through, partial(crossing.paths, scopes))


def _evidence(
    scopes: list[Scope], query: Query, weights: Weights, pool: int, crossed: Found | None
) -> Evidence:
    chosen = candidates(scopes, query, weights, pool)
    if crossed:
        chosen = list(map(np.union1d, chosen, crossed.places))
    found = together(
        [
            weighed(one.segment, places, query, weights)
            for one, places in zip(scopes, chosen, strict=True)
        ]
    )
    kept = brought(found, query, weights.floor)
    if crossed:
        kept |= crossed.of(found.numbers) > 0
    return found.only(kept)


def _scopes(connection: sqlite3.Connection, view: View, only: Filter) -> list[Scope]:
    within, facets = only
    if within is None and not facets:
        return [scope(live, None) for live in view.parts]
    ids = None if within is None else _numbers(connection, within)
    names = [_facets(connection, name, wanted) for name, wanted in facets.items()]
    found = [scope(live, _allowed(live.segment, ids, names)) for live in view.parts]
    return [one for one in found if len(one)]


def _allowed(
    segment: Segment, ids: NDArray[np.int32] | None, facets: list[set[int]]
) -> NDArray[np.bool_]:
    allowed = np.ones(len(segment), np.bool_)
    if ids is not None:
        allowed = _marked(segment, [segment.places(ids)])
    names, documents = segment.facets
    for wanted in facets:
        rows = [documents.row(at) for at, name in enumerate(names.tolist()) if name in wanted]
        allowed &= _marked(segment, rows)
    return allowed


def _marked(segment: Segment, places: Sequence[NDArray[np.integer]]) -> NDArray[np.bool_]:
    found = np.zeros(len(segment), np.bool_)
    for some in places:
        found[some] = True
    return found


def _numbers(connection: sqlite3.Connection, ids: Collection[str]) -> NDArray[np.int32]:
    rows = connection.execute(
        "SELECT number FROM document WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return np.fromiter((number for (number,) in rows), np.int32)


def _facets(connection: sqlite3.Connection, name: str, wanted: str | Collection[str]) -> set[int]:
    values = [wanted] if isinstance(wanted, str) else list(wanted)
    rows = connection.execute(
        "SELECT number FROM facet WHERE name = ? AND value IN (SELECT value FROM json_each(?))",
        (name, json.dumps(values)),
    )
    return {number for (number,) in rows}


def _parts(
    connection: sqlite3.Connection, query: Query, found: Evidence, weights: Weights
) -> dict[str, Values]:
    """Evidence brought to 0..1, (n,) each. Letters cost a reading: only when they weigh."""
    whole = relative(found.whole, query.ideal_whole)
    line = relative(found.single, query.ideal_single)
    parts = {
        "profile": whole,
        # Of a document that speaks of one thing, where a word stands says nothing.
        "line": found.unity * whole + (1 - found.unity) * line,
        "cover": found.held @ query.shares,
        "line_cover": found.line_held @ query.shares,
        "cosine": found.cosine,
        "several": found.several,
        "whole": found.alike,
    }
    if weights.letters:
        parts["letters"] = _letters(connection, query, found)
    return parts


def _hits(
    connection: sqlite3.Connection,
    query: Query,
    found: Evidence,
    parts: dict[str, Values],
    scores: NDArray[np.float64],
    k: int,
) -> list[Hit]:
    ids = _column(connection, "SELECT number, id FROM document WHERE number IN {}", found.numbers)
    order = sorted(range(len(found)), key=lambda at: (-scores[at], ids[int(found.numbers[at])]))
    best = order[:k]
    texts = _column(
        connection, "SELECT number, text FROM line WHERE number IN {}", found.lines[best]
    )
    return [
        Hit(
            ids[int(found.numbers[at])],
            float(scores[at]),
            {name: round(float(values[at]), 6) for name, values in parts.items()},
            _reasons(query, found.held[at], texts[int(found.lines[at])]),
        )
        for at in best
    ]


def _with_paths(
    connection: sqlite3.Connection,
    hits: list[Hit],
    through: NDArray[np.integer],
    paths_of: Callable[[NDArray[np.integer]], Mapping[int, Told]],
) -> list[Hit]:
    """The path beside the other reasons, of those hits whose numbers are in `through`."""
    shown = _numbers(connection, [hit.id for hit in hits])
    paths = paths_of(np.intersect1d(shown, through))
    ids = _column(connection, "SELECT number, id FROM document WHERE number IN {}", [*paths])
    lines = [line for _, line in paths.values()]
    texts = _column(connection, "SELECT number, text FROM line WHERE number IN {}", lines)
    by_id = {ids[number]: replace(path, line=texts[line]) for number, (path, line) in paths.items()}
    return [replace(hit, reasons=replace(hit.reasons, path=by_id.get(hit.id))) for hit in hits]


def _column(
    connection: sqlite3.Connection, select: str, numbers: Sequence[int] | NDArray[np.integer]
) -> dict[int, str]:
    rows = connection.execute(
        select.format("(SELECT value FROM json_each(?))"),
        (json.dumps(np.unique(numbers).tolist()),),
    )
    return dict(rows)


def _reasons(query: Query, held: NDArray[np.bool_], line: str) -> Reasons:
    told = [
        term
        for term, found in zip(query.terms, held.tolist(), strict=True)
        if found and term.kind != "request"
    ]
    return Reasons(
        matched=tuple(term.surface for term in told),
        corrected=tuple((term.surface, term.correction) for term in told if term.correction),
        line=line,
    )


def _letters(connection: sqlite3.Connection, query: Query, found: Evidence) -> Values:
    """Letter trigrams that the best line shares with the request (Dice)."""
    wanted = _trigrams(tuple(term.stem for term in query.terms if term.kind != "request"))
    stems = _column(connection, "SELECT number, stems FROM line WHERE number IN {}", found.lines)
    alike = {
        number: _dice(wanted, _trigrams(tuple(said.split()))) for number, said in stems.items()
    }
    return np.array([alike[number] for number in found.lines.tolist()], np.float32)


@lru_cache(maxsize=2_048)
def _of_stem(stem: str) -> frozenset[str]:
    word = f" {stem} "
    return frozenset(word[at : at + 3] for at in range(len(word) - 2))


def _trigrams(stems: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(_of_stem, stems))


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
