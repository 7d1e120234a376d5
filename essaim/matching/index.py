"""The index: documents in, ranked documents out."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from essaim.matching import writing
from essaim.matching.ranking import Candidate, rank
from essaim.matching.request import read
from essaim.matching.spelling import Spelling
from essaim.matching.store import LINES_PER_DOCUMENT, Store, fact, set_fact
from essaim.matching.values import Document, Hit, Reasons

Facets = Mapping[str, str | Collection[str]]


class Index:
    """Documents of one kind in one side file (or ":memory:"), for all threads and processes.

    Raises `IndexUnreadableError` when the file is damaged or belongs to something else. A file
    written by another version of the analyser is emptied on opening: `mark()` is then None and the
    caller indexes again.
    """

    def __init__(self, path: str | Path) -> None:
        self._store = Store(path)
        self._spelling = Spelling()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    def put(self, documents: Iterable[Document], *, mark: str | None = None) -> None:
        """Adds or replaces by id, all or none."""
        self.change(put=documents, mark=mark)

    def remove(self, ids: Iterable[str], *, mark: str | None = None) -> None:
        """Takes out; an unknown id is no error."""
        self.change(remove=ids, mark=mark)

    def change(
        self,
        *,
        put: Iterable[Document] = (),
        remove: Iterable[str] = (),
        mark: str | None = None,
    ) -> None:
        """Removes, then puts, then notes how far the caller has read, in one transaction."""
        words = writing.Vocabulary()
        with self._store.writing() as connection:
            writing.remove(connection, remove, words)
            writing.put(connection, put, words)
            words.write(connection)
            if mark is not None:
                set_fact(connection, "mark", mark)

    def mark(self) -> str | None:
        """The opaque string stored with the last change that carried one."""
        with self._store.reading() as connection:
            return fact(connection, "mark")

    def versions(self, within: Collection[str] | None = None) -> dict[str, str | int]:
        """What is indexed: id to version, as they were given; of those ids only, when given."""
        condition = "" if within is None else "WHERE id IN (SELECT value FROM json_each(?))"
        values = [] if within is None else [json.dumps(list(within))]
        with self._store.reading() as connection:
            rows = connection.execute(
                f"SELECT id, version FROM document {condition} ORDER BY id",  # noqa: S608
                values,
            )
            return dict(rows)

    def search(
        self,
        text: str,
        k: int = 20,
        *,
        within: Collection[str] | None = None,
        facets: Facets | None = None,
    ) -> list[Hit]:
        """At most `k` documents for a sentence, best first, equals by id; never fails on `text`.

        `within` keeps those ids only (an empty collection keeps none); `facets` keeps documents
        having, for each name, the value or one of the values. Only the first 2,000 characters and
        40 words are read.
        """
        with self._store.reading() as connection:
            request = read(connection, text, self._spelling)
            candidates = rank(connection, request, k, _allowed(connection, within, facets))
            return _hits(connection, candidates, max(k, 0))


def _allowed(
    connection: sqlite3.Connection, within: Collection[str] | None, facets: Facets | None
) -> str | None:
    if within is None and not facets:
        return None
    queries, values = [], []
    if within is not None:
        queries.append("SELECT number FROM document WHERE id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(within)))
    for name, wanted in (facets or {}).items():
        queries.append(
            "SELECT document FROM facet"
            " WHERE name = ? AND value IN (SELECT value FROM json_each(?))"
        )
        values += [name, json.dumps([wanted] if isinstance(wanted, str) else sorted(wanted))]
    rows = connection.execute(" INTERSECT ".join(queries), values)
    return json.dumps([row[0] for row in rows])


def _hits(connection: sqlite3.Connection, candidates: list[Candidate], k: int) -> list[Hit]:
    ids = dict(
        connection.execute(
            "SELECT number, id FROM document WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps([candidate.number for candidate in candidates]),),
        )
    )
    best = sorted(candidates, key=lambda item: (-item.score, ids[item.number]))[:k]
    return [
        Hit(
            ids[item.number],
            item.score,
            {name: round(value, 6) for name, value in item.parts.items()},
            _reasons(connection, item),
        )
        for item in best
    ]


def _reasons(connection: sqlite3.Connection, candidate: Candidate) -> Reasons:
    told = [term for term in candidate.matched if term.kind != "request"]
    return Reasons(
        matched=tuple(term.surface for term in told),
        corrected=tuple((term.surface, term.correction) for term in told if term.correction),
        line=_line(connection, candidate),
    )


def _line(connection: sqlite3.Connection, candidate: Candidate) -> str | None:
    if candidate.best_line is None:
        return None
    profile, lines = connection.execute(
        "SELECT profile, lines FROM document WHERE number = ?", (candidate.number,)
    ).fetchone()
    return writing.quotable(profile, json.loads(lines))[candidate.best_line % LINES_PER_DOCUMENT]
