"""A request as the segments are asked: numbers of stems with what each is worth."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from essaim.matching import levels
from essaim.matching.encoder import Encoder
from essaim.matching.request import WEIGHTS, Request, Term
from essaim.matching.shelf import View
from essaim.matching.text import plain
from essaim.matching.vectors import Asked, asked

# Of a long text, only the words that tell most are looked for; all of them weigh afterwards.
SEARCHED = 18


@dataclass(frozen=True)
class Sought:
    """A stem of a word of the request, `term` being the place of the word.

    `whole` and `single`: what finding it once is worth, in a document and in a line. `brings`: it
    may bring a document by itself.
    """

    number: int
    term: int
    whole: float
    single: float
    brings: bool


@dataclass(frozen=True)
class Phrase:
    """Two stems that follow each other, and what a line is worth that says so."""

    left: int
    right: int
    worth: float


@dataclass(frozen=True)
class Query:
    """`shares`: the part of the request's information that each of `terms` brings, times trust.

    `ideal_*`: the evidence of an average document, or line, that would hold every word once.
    `*_worth`: what each code is worth (levels.py).
    """

    terms: tuple[Term, ...]
    shares: NDArray[np.float32]
    sought: tuple[Sought, ...]
    phrases: tuple[Phrase, ...]
    ideal_whole: float
    ideal_single: float
    whole_worth: NDArray[np.float32]
    single_worth: NDArray[np.float32]
    vector: Asked | None


@dataclass(frozen=True)
class _Stem:
    number: int
    documents: int
    lines: int


def prepared(
    connection: sqlite3.Connection, request: Request, view: View, encoder: Encoder | None
) -> Query | None:
    """None when no word of the request may bring anybody."""
    if not request.searched:
        return None
    terms = tuple({term.stem: term for term in request.terms}.values())
    stems = _stems(connection, terms)
    whole = [_rarity(term, stems, view.documents, "documents") for term in terms]
    single = [_rarity(term, stems, view.lines, "lines") for term in terms]
    trust = np.array([term.trust for term in terms], np.float32)
    return Query(
        terms,
        (np.array(whole) / (sum(whole) or 1.0)).astype(np.float32) * trust,
        _sought(terms, stems, view, _bringing(request, terms, whole)),
        _phrases(request, stems, view),
        _ideal(terms, whole),
        _ideal(terms, single),
        levels.worth(view.average_document),
        levels.worth(view.average_line),
        _vector(request, encoder),
    )


def _rarity(term: Term, stems: dict[str, _Stem], total: int, of: str) -> float:
    """By the commonest of its stems; times what its kind of word is worth."""
    frequency = max((getattr(stems[stem], of) for stem in term.stems if stem in stems), default=0)
    return WEIGHTS[term.kind] * levels.rarity(total, frequency)


def _ideal(terms: Sequence[Term], worth: Sequence[float]) -> float:
    told = [value for term, value in zip(terms, worth, strict=True) if term.kind != "request"]
    return sum(told) or sum(worth)


def _bringing(request: Request, terms: Sequence[Term], worth: Sequence[float]) -> set[str]:
    able = {term.stem for term in request.searched}
    order = sorted(zip(worth, range(len(terms)), strict=True), key=lambda pair: (-pair[0], pair[1]))
    return {
        terms[at].stem
        for _, at in [pair for pair in order if terms[pair[1]].stem in able][:SEARCHED]
    }


def _sought(
    terms: Sequence[Term], stems: dict[str, _Stem], view: View, bringing: set[str]
) -> tuple[Sought, ...]:
    found = []
    for place, term in enumerate(terms):
        worth = WEIGHTS[term.kind] * term.trust
        for stem in (stems[name] for name in term.stems if name in stems):
            whole = worth * levels.rarity(view.documents, stem.documents)
            single = worth * levels.rarity(view.lines, stem.lines)
            found.append(Sought(stem.number, place, whole, single, term.stem in bringing))
    return tuple(found)


def _phrases(request: Request, stems: dict[str, _Stem], view: View) -> tuple[Phrase, ...]:
    """A phrase is at least as rare as the rarer of its words."""
    return tuple(
        Phrase(
            stems[left].number,
            stems[right].number,
            max(levels.rarity(view.lines, stems[stem].lines) for stem in (left, right)),
        )
        for left, right in request.phrases
        if left in stems and right in stems
    )


def _stems(connection: sqlite3.Connection, terms: Sequence[Term]) -> dict[str, _Stem]:
    names = sorted({stem for term in terms for stem in term.stems})
    rows = connection.execute(
        "SELECT stem, number, documents, lines FROM stem"
        " WHERE stem IN (SELECT value FROM json_each(?))",
        (json.dumps(names),),
    )
    return {stem: _Stem(*counts) for stem, *counts in rows}


def _vector(request: Request, encoder: Encoder | None) -> Asked | None:
    """Of what was understood, without the words of asking."""
    if encoder is None:
        return None
    told = [_meant(term, encoder) for term in request.terms if term.kind != "request"]
    return asked(encoder.encode([" ".join(told)])[0]) if told else None


def _meant(term: Term, encoder: Encoder) -> str:
    """A word that nobody in the index wrote may yet be one: then it was no slip."""
    known = term.correction is None or encoder.knows(plain(term.surface))
    return term.surface if known else str(term.correction)
