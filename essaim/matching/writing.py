"""Puts documents into the side file and takes them out, with the words and lines they bring.

The side file holds each distinct text once, and exact counts of what holds each word: rarity never
depends on what was there before. New documents wait here until a segment is made of them.
"""

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from essaim.matching.building import Rows, lists
from essaim.matching.encoder import Encoder
from essaim.matching.shelf import Shelf
from essaim.matching.store import bump
from essaim.matching.text import DOCUMENT_LENGTH, Token, content, english_stem, sentences
from essaim.matching.values import Document
from essaim.matching.vectors import rounded

LINES_PER_DOCUMENT = 1_024
DOCUMENTS_AT_ONCE = 100_000
TEXTS_AT_ONCE = 2_000


@dataclass(eq=False)
class Line:
    """A distinct text with words; `held` is in how many documents it was before the change."""

    number: int
    text: str
    words: frozenset[str]
    stems: tuple[int, ...]
    held: int
    vector: tuple[bytes, float] | None


@dataclass
class Vocabulary:
    """How many documents use each word, gathered over a change and written once."""

    change: Counter[str] = field(default_factory=Counter)
    seen: dict[str, Token] = field(default_factory=dict)

    def write(self, connection: sqlite3.Connection) -> None:
        rows = [
            (word, token.surface.lower(), token.stem, english_stem(word), self.change[word])
            for word, token in self.seen.items()
            if self.change[word]
        ]
        connection.executemany(
            "INSERT INTO word VALUES (?, ?, ?, ?, ?) ON CONFLICT (word)"
            " DO UPDATE SET documents = documents + excluded.documents",
            rows,
        )
        fewer = [(word,) for word, by in self.change.items() if by < 0]
        connection.executemany("DELETE FROM word WHERE word = ? AND documents <= 0", fewer)
        if rows:
            bump(connection, "generation")
        self.change.clear()
        self.seen.clear()


class Change:
    """One change of the index, within one transaction of `connection`; `finish` ends it."""

    def __init__(
        self, connection: sqlite3.Connection, shelf: Shelf, encoder: Encoder | None
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._encoder = encoder
        self._words = Vocabulary()
        self._lines: dict[str, Line] = {}
        self._stems: dict[str, int] = {}
        self._facets: dict[tuple[str, str], int] = {}
        self._held: Counter[Line] = Counter()
        self._holding: Counter[int] = Counter()
        self._documents = self._document_words = 0
        self._waiting: dict[int, tuple[list[Line], list[int]]] = {}

    def put(self, documents: Iterable[Document]) -> None:
        for document in documents:
            self.remove([document.id])
            lines = [line for text in quotable(document) if (line := self._line(text))]
            number = self._connection.execute(
                "INSERT INTO document (id, version, lines) VALUES (?, ?, ?)",
                (document.id, document.version, _packed(line.number for line in lines)),
            ).lastrowid
            assert number is not None
            facets = [self._facet(*facet) for facet in document.facets.items()]
            self._waiting[number] = lines, facets
            self._count(lines, 1)
            if len(self._waiting) >= DOCUMENTS_AT_ONCE:
                self._settle()

    def remove(self, ids: Iterable[str]) -> None:
        for identifier in ids:
            row = self._connection.execute(
                "DELETE FROM document WHERE id = ? RETURNING number, lines", (identifier,)
            ).fetchone()
            if row is None:
                continue
            number, packed = row
            self._count([self._line(text) for text in self._texts(packed)], -1)
            if self._waiting.pop(number, None) is None:
                self._connection.execute("INSERT INTO dead VALUES (?)", (number,))

    def finish(self) -> None:
        self._settle()
        self._shelf.tidy(self._connection)
        bump(self._connection, "change")

    def _count(self, lines: Iterable[Line | None], by: int) -> None:
        known = [line for line in lines if line]
        add = Counter.update if by > 0 else Counter.subtract
        add(self._words.change, frozenset().union(*(line.words for line in known)))
        add(self._holding, set().union(*(line.stems for line in known)))
        add(self._held, known)
        self._documents += by
        self._document_words += by * sum(len(line.stems) for line in known)

    def _texts(self, packed: bytes) -> Iterator[str]:
        for number in array("i", packed):
            row = self._connection.execute("SELECT text FROM line WHERE number = ?", (number,))
            yield row.fetchone()[0]

    def _line(self, text: str) -> Line | None:
        """None for a text without a word."""
        if text not in self._lines:
            tokens = content(text)
            if not tokens:
                return None
            self._words.seen.update((token.word, token) for token in tokens)
            self._lines[text] = self._read(text, tokens) or self._new(text, tokens)
        return self._lines[text]

    def _read(self, text: str, tokens: list[Token]) -> Line | None:
        row = self._connection.execute(
            "SELECT number, documents, vector, scale FROM line WHERE text = ?", (text,)
        ).fetchone()
        if row is None:
            return None
        number, held, vector, scale = row
        return self._known(number, text, tokens, held, (vector, scale))

    def _new(self, text: str, tokens: list[Token]) -> Line:
        number = self._connection.execute(
            "INSERT INTO line (text, stems, documents) VALUES (?, ?, 0)",
            (text, " ".join(token.stem for token in tokens)),
        ).lastrowid
        assert number is not None
        return self._known(number, text, tokens, 0, None)

    def _known(
        self,
        number: int,
        text: str,
        tokens: list[Token],
        held: int,
        vector: tuple[bytes, float] | None,
    ) -> Line:
        words = frozenset(token.word for token in tokens)
        return Line(number, text, words, tuple(map(self._stem, tokens)), held, vector)

    def _stem(self, token: Token) -> int:
        if token.stem not in self._stems:
            self._stems[token.stem] = self._number(
                "SELECT number FROM stem WHERE stem = ?",
                "INSERT INTO stem (stem, documents, lines) VALUES (?, 0, 0)",
                (token.stem,),
            )
        return self._stems[token.stem]

    def _facet(self, name: str, value: str) -> int:
        if (name, value) not in self._facets:
            self._facets[name, value] = self._number(
                "SELECT number FROM facet WHERE name = ? AND value = ?",
                "INSERT INTO facet (name, value) VALUES (?, ?)",
                (name, value),
            )
        return self._facets[name, value]

    def _number(self, find: str, insert: str, values: tuple[str, ...]) -> int:
        row = self._connection.execute(find, values).fetchone()
        if row is not None:
            return int(row[0])
        number = self._connection.execute(insert, values).lastrowid
        assert number is not None
        return number

    def _settle(self) -> None:
        """Writes what waits: vectors, counts and a segment. What was learned is then forgotten."""
        self._encode()
        self._words.write(self._connection)
        self._write_counts()
        self._shelf.add(self._connection, self._rows())
        for learned in (self._waiting, self._lines, self._stems, self._held, self._holding):
            learned.clear()
        self._documents = self._document_words = 0

    def _encode(self) -> None:
        """Each new line once; a line read back has its vector already."""
        new = [line for line in self._lines.values() if line.vector is None]
        for start in range(0, len(new), TEXTS_AT_ONCE):
            some = new[start : start + TEXTS_AT_ONCE]
            if self._encoder is None:
                rows = np.empty((len(some), 0), np.int8)
                scales = np.zeros(len(some), np.float32)
            else:
                rows, scales = rounded(self._encoder.encode([line.text for line in some]))
            for line, row, scale in zip(some, rows, scales, strict=True):
                line.vector = row.tobytes(), float(scale)
        self._connection.executemany(
            "UPDATE line SET vector = ?, scale = ? WHERE number = ?",
            [(*line.vector, line.number) for line in new if line.vector],
        )

    def _write_counts(self) -> None:
        stems: Counter[int] = Counter()
        appeared, words = 0, 0
        for line, by in self._held.items():
            sign = (line.held + by > 0) - (line.held > 0)
            if sign:
                (stems.update if sign > 0 else stems.subtract)(set(line.stems))
                appeared, words = appeared + sign, words + sign * len(line.stems)
        self._write_stems(stems)
        counts = [(by, line.number) for line, by in self._held.items()]
        write = self._connection.executemany
        write("UPDATE line SET documents = documents + ? WHERE number = ?", counts)
        write("DELETE FROM line WHERE number = ? AND documents <= 0", [row[1:] for row in counts])
        bump(self._connection, "lines", appeared)
        bump(self._connection, "line_words", words)
        bump(self._connection, "documents", self._documents)
        bump(self._connection, "document_words", self._document_words)

    def _write_stems(self, lines: Counter[int]) -> None:
        self._connection.executemany(
            "UPDATE stem SET documents = documents + ?, lines = lines + ? WHERE number = ?",
            [(by, lines[number], number) for number, by in self._holding.items()],
        )
        self._connection.executemany(
            "DELETE FROM stem WHERE number = ? AND documents <= 0",
            [(number,) for number, by in self._holding.items() if by <= 0],
        )

    def _rows(self) -> Rows:
        waiting = list(self._waiting.values())
        used = {line.number: line for lines, _ in waiting for line in lines}
        lines = [used[number] for number in sorted(used)]
        dims = self._encoder.dims if self._encoder else 0
        facets = [
            (facet, number) for number, (_, found) in self._waiting.items() for facet in found
        ]
        vectors = b"".join(line.vector[0] for line in lines if line.vector)
        return Rows(
            np.fromiter(self._waiting, np.int32),
            lists([[line.number for line in held] for held, _ in waiting]),
            np.array([line.number for line in lines], np.int32),
            lists([line.stems for line in lines]),
            np.frombuffer(vectors, np.int8).reshape(len(lines), dims),
            np.array([line.vector[1] for line in lines if line.vector], np.float32),
            np.array(facets, np.int32).reshape(-1, 2),
        )


def quotable(document: Document) -> Iterator[str]:
    """Each of its texts once, in order: the lines, then the sentences of the profile.

    No more than 1,024 of them nor than 20,000 characters in all are read.
    """
    left = DOCUMENT_LENGTH
    texts = dict.fromkeys([*document.lines, *sentences(document.profile)])
    for text in list(texts)[:LINES_PER_DOCUMENT]:
        if left <= 0:
            return
        yield _storable(text[:left])
        left -= len(text)


def _packed(numbers: Iterable[int]) -> bytes:
    return array("i", numbers).tobytes()


def _storable(text: str) -> str:
    """A lone half of a surrogate pair cannot be written to a file."""
    return text.encode("utf-8", "replace").decode("utf-8")
