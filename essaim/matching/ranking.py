"""Finds and orders documents for a request.

Okapi BM25 (Robertson and Zaragoza 2009, as SQLite's FTS5 computes it) over the whole document and
over each single line, of which the best counts: one column for both loses (measured). Neighbouring
words are searched as phrases too, each with its own rarity. The best candidates are then weighed
by the share of the request's information that they hold. Evidences are normalised by the best of
the answer and summed: reciprocal ranks were at or below that sum everywhere.
"""

import json
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from essaim.matching.request import WEIGHTS, Request, Term
from essaim.matching.store import LINES_PER_DOCUMENT

POOL = 150
LINE_POOL = 300

# The arithmetic keeps SQLite from running the whole search once per allowed row.
_SEARCH = {
    "whole": "SELECT rowid, -rank FROM whole WHERE whole MATCH ?1"
    " AND (?2 IS NULL OR rowid / ?3 IN (SELECT value FROM json_each(?2)))"
    " ORDER BY rank, rowid LIMIT ?4",
    "line": "SELECT rowid, -rank FROM line WHERE line MATCH ?1"
    " AND (?2 IS NULL OR rowid / ?3 IN (SELECT value FROM json_each(?2)))"
    " ORDER BY rank, rowid LIMIT ?4",
}
_STEMS = {
    "whole": "SELECT rowid, stems FROM whole WHERE rowid IN (SELECT value FROM json_each(?))",
    "line": "SELECT rowid, stems FROM line WHERE rowid IN (SELECT value FROM json_each(?))",
}
PARTS = {"profile": 0.3, "line": 0.3, "cover": 0.2, "line_cover": 0.2}


@dataclass
class Candidate:
    """A document being weighed; `best_line` is the row of its best line."""

    number: int
    profile: float = 0.0
    line: float = 0.0
    best_line: int | None = None
    cover: float = 0.0
    line_cover: float = 0.0
    matched: tuple[Term, ...] = ()

    @property
    def parts(self) -> dict[str, float]:
        return {
            "profile": round(self.profile, 6),
            "line": round(self.line, 6),
            "cover": round(self.cover, 6),
            "line_cover": round(self.line_cover, 6),
        }

    @property
    def score(self) -> float:
        return round(sum(PARTS[name] * value for name, value in self.parts.items()), 6)


def rank(connection: sqlite3.Connection, request: Request, allowed: str | None) -> list[Candidate]:
    """Candidates, unordered. `allowed` is a JSON list of document numbers, or None for all."""
    match = _expression(request)
    if not match:
        return []
    found: dict[int, Candidate] = {}
    for number, score in _bm25(connection, "whole", match, allowed):
        found.setdefault(number, Candidate(number)).profile = score
    for row, score in _bm25(connection, "line", match, allowed):
        candidate = found.setdefault(
            row // LINES_PER_DOCUMENT, Candidate(row // LINES_PER_DOCUMENT)
        )
        if score > candidate.line:
            candidate.line, candidate.best_line = score, row
    _normalise(found.values())
    _cover(connection, request, found)
    return list(found.values())


def _expression(request: Request) -> str:
    """An FTS5 expression in which every word is quoted: nothing typed is ever syntax."""
    words = [f'"{stem}"' for term in request.searched for stem in term.stems]
    phrases = [f'"{left} {right}"' for left, right in request.phrases]
    return " OR ".join(dict.fromkeys([*words, *phrases])) if words else ""


def _bm25(
    connection: sqlite3.Connection, table: str, match: str, allowed: str | None
) -> list[tuple[int, float]]:
    """Rows with their score, best first."""
    per_document, limit = (1, POOL) if table == "whole" else (LINES_PER_DOCUMENT, LINE_POOL)
    rows = connection.execute(_SEARCH[table], (match, allowed, per_document, limit))
    return [(int(row), float(score)) for row, score in rows]


def _normalise(candidates: Iterable[Candidate]) -> None:
    candidates = list(candidates)
    profile = max((candidate.profile for candidate in candidates), default=0) or 1
    line = max((candidate.line for candidate in candidates), default=0) or 1
    for candidate in candidates:
        candidate.profile /= profile
        candidate.line /= line


def _cover(connection: sqlite3.Connection, request: Request, found: dict[int, Candidate]) -> None:
    information = _information(connection, request)
    whole = sum(information.values()) or 1
    for number, stems in _stems(connection, "whole", found):
        candidate = found[number]
        candidate.matched = tuple(term for term in information if not stems.isdisjoint(term.stems))
        candidate.cover = sum(information[term] for term in candidate.matched) / whole
    lines = {item.best_line: item for item in found.values() if item.best_line is not None}
    for row, stems in _stems(connection, "line", lines):
        held = (value for term, value in information.items() if not stems.isdisjoint(term.stems))
        lines[row].line_cover = sum(held) / whole


def _information(connection: sqlite3.Connection, request: Request) -> dict[Term, float]:
    """Inverse document frequency of each term, times what its kind is worth."""
    total = connection.execute("SELECT count(*) FROM document").fetchone()[0]
    terms = {term.stem: term for term in request.terms}.values()
    return {
        term: WEIGHTS[term.kind]
        * math.log(1 + (total + 0.5) / (_frequency(connection, term) + 0.5))
        for term in terms
    }


def _frequency(connection: sqlite3.Connection, term: Term) -> int:
    row = connection.execute(
        "SELECT coalesce(max(doc), 0) FROM frequency"
        " WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(term.stems),),
    ).fetchone()
    return int(row[0])


def _stems(
    connection: sqlite3.Connection, table: str, rows: Iterable[int]
) -> list[tuple[int, set[str]]]:
    found = connection.execute(_STEMS[table], (json.dumps(list(rows)),))
    return [(int(row), set(stems.split())) for row, stems in found]
