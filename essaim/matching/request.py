"""Reads a request: which words count, how much, and how each is looked for."""

import re
import sqlite3
from dataclasses import dataclass

from essaim.matching.spelling import Spelling, is_known, is_written, relative, shown
from essaim.matching.text import (
    QUERY_LENGTH,
    Token,
    english_stem,
    french_stem,
    is_empty,
    tokens,
)
from essaim.matching.words import ASKING, GENERAL, REQUEST

TERMS = 40
STEMS_PER_TERM = 6

MISSPELT, RELATIVE = 0.8, 0.5
WEIGHTS = {"strong": 1.0, "general": 0.3, "request": 0.05}

_ASKING = re.compile("|".join(ASKING).replace(" ", r"\s+"), re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """A word of the request. `stems` are looked for as one; `correction` is what was understood.

    `trust`, in 0..1, is how sure we are to have read it well.
    """

    surface: str
    stem: str
    stems: tuple[str, ...]
    kind: str
    correction: str | None = None
    trust: float = 1.0


@dataclass(frozen=True)
class Request:
    """`terms` in the order of the sentence, grammar left out; a repeated word counts once."""

    terms: tuple[Term, ...]

    @property
    def searched(self) -> tuple[Term, ...]:
        """The words that may bring a document: the strong ones or, without any, the general ones.

        How one asks (« je cherche quelqu’un pour m’aider ») never does.
        """
        for kind in ("strong", "general"):
            found = tuple(term for term in self.terms if term.kind == kind)
            if found:
                return _once(found)
        return _once(self.terms) if len(self.terms) == 1 else ()

    @property
    def words(self) -> int:
        """How many different words say something: what each evidence weighs follows."""
        return len({term.stem for term in self.terms if term.kind != "request"})

    @property
    def phrases(self) -> tuple[tuple[str, str], ...]:
        """Neighbours of the sentence of which one at least is strong."""
        pairs = zip(self.terms, self.terms[1:], strict=False)
        return tuple(
            dict.fromkeys(
                (left.stem, right.stem)
                for left, right in pairs
                if left.stem != right.stem and "strong" in (left.kind, right.kind)
            )
        )


def read(connection: sqlite3.Connection, text: str, spelling: Spelling) -> Request:
    asked = _ASKING.sub(" ", text[:QUERY_LENGTH])
    words = [token for token in tokens(asked) if not is_empty(token.word)]
    return Request(tuple(_term(connection, token, spelling) for token in words[:TERMS]))


def _term(connection: sqlite3.Connection, token: Token, spelling: Spelling) -> Term:
    word, kind, english = token.word, _kind(token.word), english_stem(token.word)
    read_as = Term(token.surface, token.stem, _alike(connection, token.stem, english), kind)
    if kind != "strong" or _is_acronym(token) or is_written(connection, word):
        return read_as
    corrected = spelling.correct(connection, word)
    known = is_known(connection, token.stem, english)
    if corrected and (not known or _same_but_misspelt(word, corrected)):
        return _understood(connection, token, corrected, _kind(corrected), MISSPELT)
    kin = None if known else relative(connection, token.stem)
    # A relative is searched for only when no word of the request is known for sure.
    return _understood(connection, token, kin, "general", RELATIVE) if kin else read_as


def _is_acronym(token: Token) -> bool:
    """A short word in capitals is not a misspelling, even where no one has written it yet."""
    return token.surface.isupper() and len(token.word) <= 5


def _same_but_misspelt(word: str, corrected: str) -> bool:
    """« financment » has the stem of « financement »; « financements » is no mistake."""
    alike = any(stem(word) == stem(corrected) for stem in (french_stem, english_stem))
    return alike and word[-3:] == corrected[-3:]


def _understood(
    connection: sqlite3.Connection, token: Token, word: str, kind: str, trust: float
) -> Term:
    stem = french_stem(word)
    stems = _alike(connection, stem, english_stem(word))
    return Term(token.surface, stem, stems, kind, shown(connection, word), trust)


def _kind(word: str) -> str:
    if word in REQUEST:
        return "request"
    return "general" if word in GENERAL else "strong"


def _alike(connection: sqlite3.Connection, french: str, english: str) -> tuple[str, ...]:
    """The French stem, and those of the index's words that share the English one.

    So « managing » finds « management » in an index that holds French stems only.
    """
    rows = connection.execute(
        "SELECT french FROM word WHERE english = ? AND french <> ?"
        " GROUP BY french ORDER BY sum(documents) DESC, french LIMIT ?",
        (english, french, STEMS_PER_TERM - 1),
    )
    return (french, *(str(row[0]) for row in rows))


def _once(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple({term.stem: term for term in reversed(terms)}.values())[::-1]
