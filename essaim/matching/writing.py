"""Puts documents into the side file and takes them out, with the vocabulary they bring."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from essaim.matching.store import LINES_PER_DOCUMENT, fact, set_fact
from essaim.matching.text import Token, content, english_stem, sentences
from essaim.matching.values import Document


@dataclass
class Vocabulary:
    """How many documents use each word, gathered over a change and written once."""

    change: Counter[str] = field(default_factory=Counter)
    seen: dict[str, Token] = field(default_factory=dict)

    def add(self, document: list[Token], by: int) -> None:
        words = {token.word: token for token in document}
        self.seen.update(words)
        for word in words:
            self.change[word] += by

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
        connection.execute("DELETE FROM word WHERE documents <= 0")
        if rows:
            set_fact(connection, "generation", str(int(fact(connection, "generation") or 0) + 1))


def put(connection: sqlite3.Connection, documents: Iterable[Document], words: Vocabulary) -> None:
    for document in documents:
        remove(connection, [document.id], words)
        profile = _storable(document.profile)
        lines = [_storable(line) for line in document.lines]
        number = connection.execute(
            "INSERT INTO document (id, version, profile, lines) VALUES (?, ?, ?, ?)",
            (document.id, document.version, profile, json.dumps(lines, ensure_ascii=False)),
        ).lastrowid
        assert number is not None
        _index(connection, number, profile, lines, words)
        connection.executemany(
            "INSERT INTO facet VALUES (?, ?, ?)",
            [(name, value, number) for name, value in document.facets.items()],
        )


def remove(connection: sqlite3.Connection, ids: Iterable[str], words: Vocabulary) -> None:
    for identifier in ids:
        row = connection.execute(
            "SELECT number, profile, lines FROM document WHERE id = ?", (identifier,)
        ).fetchone()
        if row is None:
            continue
        number, profile, lines = row
        words.add(content("\n".join([profile, *json.loads(lines)])), -1)
        first = number * LINES_PER_DOCUMENT
        connection.execute(
            "DELETE FROM line WHERE rowid BETWEEN ? AND ?", (first, first + LINES_PER_DOCUMENT - 1)
        )
        for table, key in (("whole", "rowid"), ("facet", "document"), ("document", "number")):
            connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (number,))  # noqa: S608


def quotable(profile: str, lines: list[str]) -> list[str]:
    """What can be quoted, in the order of its row numbers: the lines, then the sentences."""
    return [*lines, *sentences(profile)][:LINES_PER_DOCUMENT]


def _index(
    connection: sqlite3.Connection, number: int, profile: str, lines: list[str], words: Vocabulary
) -> None:
    everything = content("\n".join([profile, *lines]))
    words.add(everything, 1)
    connection.execute(
        "INSERT INTO whole (rowid, stems) VALUES (?, ?)",
        (number, " ".join(token.stem for token in everything)),
    )
    connection.executemany(
        "INSERT INTO line (rowid, stems) VALUES (?, ?)",
        [
            (number * LINES_PER_DOCUMENT + position, _stems(text))
            for position, text in enumerate(quotable(profile, lines))
        ],
    )


def _stems(text: str) -> str:
    return " ".join(token.stem for token in content(text))


def _storable(text: str) -> str:
    """A lone half of a surrogate pair cannot be written to a file."""
    return text.encode("utf-8", "replace").decode("utf-8")
