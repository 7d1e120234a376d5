"""Finds and orders documents for a request.

Okapi BM25 (Robertson and Zaragoza 2009, as SQLite's FTS5 computes it) over the whole document and
over each single line, of which the best counts: one column for both loses (measured). Neighbouring
words are searched as phrases too, each with its own rarity. The best candidates are then weighed
by the share of the request's information that they hold, and their best line by the letter
trigrams it shares with the request (Dice): it pays +0.015 MRR on ROME at the cost of no index.
Evidences are normalised by the best of the answer and summed: reciprocal ranks were at or below
that sum everywhere.
"""

import json
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

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
PARTS = {"profile": 0.28, "line": 0.26, "cover": 0.18, "line_cover": 0.1, "letters": 0.18}


@dataclass
class Candidate:
    """A document being weighed; `best_line` is the row of its best line."""

    number: int
    best_line: int | None = None
    matched: tuple[Term, ...] = ()
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    score: float = 0.0


def rank(connection: sqlite3.Connection, request: Request, allowed: str | None) -> list[Candidate]:
    """Candidates, unordered. `allowed` is a JSON list of document numbers, or None for all."""
    match = _expression(request)
    if not match:
        return []
    found: dict[int, Candidate] = {}
    for number, score in _bm25(connection, "whole", match, allowed):
        found[number] = Candidate(number)
        found[number].parts["profile"] = score
    for row, score in _bm25(connection, "line", match, allowed):
        number = row // LINES_PER_DOCUMENT
        candidate = found.setdefault(number, Candidate(number))
        if score > candidate.parts["line"]:
            candidate.parts["line"], candidate.best_line = score, row
    _cover(connection, request, found)
    _score(list(found.values()))
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


def _score(candidates: list[Candidate]) -> None:
    """The factor common to the whole answer leaves the order as it is.

    It keeps the best of a poor answer from looking like a good one.
    """
    best = {name: _best(candidates, name) for name in ("profile", "line")}
    confidence = math.sqrt(_best(candidates, "cover"))
    for candidate in candidates:
        for name, value in candidate.parts.items():
            candidate.parts[name] = round(value / best.get(name, 1.0), 6)
        total = sum(weight * candidate.parts[name] for name, weight in PARTS.items())
        candidate.score = round(min(confidence * total, 1.0), 6)


def _best(candidates: list[Candidate], name: str) -> float:
    return max((candidate.parts[name] for candidate in candidates), default=0.0) or 1.0


def _cover(connection: sqlite3.Connection, request: Request, found: dict[int, Candidate]) -> None:
    information = _information(connection, request)
    for number, stems in _stems(connection, "whole", found):
        matched = tuple(term for term in information if not stems.isdisjoint(term.stems))
        found[number].matched = matched
        found[number].parts["cover"] = _share(matched, information)
    wanted = _trigrams(term.stem for term in information if term.kind != "request")
    lines = {item.best_line: item for item in found.values() if item.best_line is not None}
    for row, stems in _stems(connection, "line", lines):
        matched = tuple(term for term in information if not stems.isdisjoint(term.stems))
        lines[row].parts["line_cover"] = _share(matched, information)
        lines[row].parts["letters"] = _dice(wanted, _trigrams(stems))


def _share(matched: Iterable[Term], information: dict[Term, float]) -> float:
    held = sum(term.trust * information[term] for term in matched)
    return held / (sum(information.values()) or 1)


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


@lru_cache(maxsize=8_192)
def _letters(stem: str) -> frozenset[str]:
    word = f" {stem} "
    return frozenset(word[at : at + 3] for at in range(len(word) - 2))


def _trigrams(stems: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(_letters, stems))


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
