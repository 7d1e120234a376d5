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

POOL = 100
SEARCHED = 18

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
Shares = list[tuple[Term, float]]
PARTS = {"profile": 0.35, "line": 0.2, "cover": 0.15, "line_cover": 0.1, "letters": 0.2}


@dataclass
class Candidate:
    """A document being weighed; `best_line` is the row of its best line."""

    number: int
    best_line: int | None = None
    matched: tuple[Term, ...] = ()
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    score: float = 0.0


def rank(
    connection: sqlite3.Connection, request: Request, k: int, allowed: str | None
) -> list[Candidate]:
    """At least `k` candidates when there are, unordered.

    `allowed` is a JSON list of document numbers, or None for all.
    """
    shares = _shares(connection, request)
    match = _expression(request, shares)
    if not match:
        return []
    found = _found(connection, match, max(k, POOL), allowed)
    _cover(connection, shares, {candidate.number: candidate for candidate in found})
    _score(found)
    return found


def _found(
    connection: sqlite3.Connection, match: str, pool: int, allowed: str | None
) -> list[Candidate]:
    """The best by the words alone; `profile` and `line` are set, over the best of each."""
    found: dict[int, Candidate] = {}
    for number, score in connection.execute(_SEARCH["whole"], (match, allowed, 1, pool)):
        found[number] = Candidate(number)
        found[number].parts["profile"] = score
    per_document = LINES_PER_DOCUMENT
    for row, score in connection.execute(_SEARCH["line"], (match, allowed, per_document, 2 * pool)):
        number = row // per_document
        candidate = found.setdefault(number, Candidate(number))
        if score > candidate.parts["line"]:
            candidate.parts["line"], candidate.best_line = score, row
    candidates = list(found.values())
    _normalise(candidates, "profile")
    _normalise(candidates, "line")
    return sorted(candidates, key=lambda one: -one.parts["profile"] - one.parts["line"])[:pool]


def _normalise(candidates: list[Candidate], name: str) -> None:
    best = _best(candidates, name)
    for candidate in candidates:
        candidate.parts[name] /= best


def _expression(request: Request, shares: Shares) -> str:
    """An FTS5 expression in which every word is quoted: nothing typed is ever syntax.

    Of a long text, only the words that tell most are searched; all of them weigh afterwards.
    """
    telling = sorted(shares, key=lambda pair: -pair[1])
    worth = {term.stem: place for place, (term, _) in enumerate(telling)}
    terms = sorted(request.searched, key=lambda term: worth[term.stem])[:SEARCHED]
    kept = {term.stem for term in terms}
    words = [f'"{stem}"' for term in terms for stem in term.stems]
    phrases = [f'"{left} {right}"' for left, right in request.phrases if kept & {left, right}]
    return " OR ".join(dict.fromkeys([*words, *phrases])) if words else ""


def _score(candidates: list[Candidate]) -> None:
    """The factor common to the whole answer leaves the order as it is.

    It keeps the best of a poor answer from looking like a good one.
    """
    confidence = math.sqrt(_best(candidates, "cover"))
    for candidate in candidates:
        total = sum(PARTS[name] * value for name, value in candidate.parts.items())
        candidate.score = round(min(confidence * total, 1.0), 6)


def _best(candidates: list[Candidate], name: str) -> float:
    return max((candidate.parts[name] for candidate in candidates), default=0.0) or 1.0


def _cover(connection: sqlite3.Connection, shares: Shares, found: dict[int, Candidate]) -> None:
    for number, stems in _stems(connection, "whole", found):
        found[number].matched, found[number].parts["cover"] = _held(shares, stems)
    wanted = _trigrams(tuple(term.stem for term, _ in shares if term.kind != "request"))
    lines = {item.best_line: item for item in found.values() if item.best_line is not None}
    for row, stems in _stems(connection, "line", lines):
        lines[row].parts["line_cover"] = _held(shares, stems)[1]
        lines[row].parts["letters"] = _dice(wanted, _trigrams(tuple(stems.split())))


def _held(shares: Shares, stems: str) -> tuple[tuple[Term, ...], float]:
    """Terms with a stem among the words of `stems`, and the sum of their shares."""
    words = set(stems.split())
    held = [(term, share) for term, share in shares if not words.isdisjoint(term.stems)]
    return tuple(term for term, _ in held), sum(share for _, share in held)


def _shares(connection: sqlite3.Connection, request: Request) -> Shares:
    """The part of the request's information that each term brings, times our trust in it.

    Information is the inverse document frequency, times what the kind of the word is worth.
    """
    total = connection.execute("SELECT count(*) FROM document").fetchone()[0]
    values = [
        (
            term,
            WEIGHTS[term.kind] * math.log(1 + (total + 0.5) / (_frequency(connection, term) + 0.5)),
        )
        for term in {term.stem: term for term in request.terms}.values()
    ]
    whole = sum(value for _, value in values) or 1.0
    return [(term, term.trust * value / whole) for term, value in values]


def _frequency(connection: sqlite3.Connection, term: Term) -> int:
    row = connection.execute(
        "SELECT coalesce(max(doc), 0) FROM frequency"
        " WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(term.stems),),
    ).fetchone()
    return int(row[0])


def _stems(
    connection: sqlite3.Connection, table: str, rows: Iterable[int]
) -> Iterable[tuple[int, str]]:
    return connection.execute(_STEMS[table], (json.dumps(list(rows)),))


@lru_cache(maxsize=2_048)
def _letters(stem: str) -> frozenset[str]:
    word = f" {stem} "
    return frozenset(word[at : at + 3] for at in range(len(word) - 2))


def _trigrams(stems: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(_letters, stems))


def _dice(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
