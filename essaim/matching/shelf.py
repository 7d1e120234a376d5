"""The segments of an index: which are current, and how they come, grow together and go.

As in Lucene (Cutting and Pedersen 1990; McCandless 2010), a segment never changes. The side file
names those that are current, in the same transaction that moves the mark: whoever is killed at any
moment leaves the former ones. A segment is written beside, made durable, then renamed. One that is
current no more stays for ten minutes, for searches that began before; so does what a killed writer
left.
"""

import json
import mmap
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaim.matching.building import Rows, built, joined, rows_of
from essaim.matching.segment import Segment, SegmentDamagedError, mapped, packed
from essaim.matching.store import IndexUnreadableError, Store, bump, fact, number_of

# What a change merges itself, in documents: some tens of milliseconds at most.
AT_ONCE = 2_000
# A segment this small is written again rather than left with somebody who is gone.
TINY = 256
KEPT_SECONDS = 600

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Live:
    """A segment, and what of it still lives; None when all of it does."""

    segment: Segment
    documents: Mask | None
    lines: Mask | None


@dataclass(frozen=True)
class View:
    """The index at one moment. Averages are in words."""

    change: str | None
    parts: tuple[Live, ...]
    documents: int
    lines: int
    average_document: float
    average_line: float


@dataclass(frozen=True)
class Part:
    """What decides on a merge. `dead`: how many of its documents are gone."""

    name: str
    documents: int
    dead: int


class Shelf:
    """Shared by all threads of a process; a segment is opened once."""

    def __init__(self, path: str) -> None:
        self._folder = None if path == ":memory:" else Path(f"{path}.segments")
        self._memory: dict[str, bytes] = {}
        self._open: dict[str, Segment] = {}
        self._lock = threading.Lock()
        self._view: View | None = None

    def view(self, connection: sqlite3.Connection) -> View:
        """What is current for the transaction of `connection`; read again only after a change."""
        change = fact(connection, "change")
        with self._lock:
            if self._view is None or self._view.change != change:
                self._view = self._read(connection, change)
            return self._view

    def add(self, connection: sqlite3.Connection, rows: Rows) -> None:
        """Makes documents current with the transaction of `connection`."""
        if len(rows.documents):
            name = self._write(built(rows, _ranks(connection, rows)))
            _insert(connection, name, len(rows.documents))

    def tidy(self, connection: sqlite3.Connection) -> None:
        """Merges what is small, within a change, so that there are never many segments."""
        if due := to_merge(self._parts(connection), AT_ONCE):
            rows = self._together(connection, due)
            self._drop(connection, due)
            self.add(connection, rows)
        self._sweep(connection)

    def merge(self, store: Store) -> bool:
        """One merge of large segments, made while others write; False when none is due."""
        with store.reading() as connection:
            large = [part for part in self._parts(connection) if 2 * part.documents > AT_ONCE]
            due = to_merge(large, None)
            if not due:
                return False
            rows = self._together(connection, due)
            ranks = _ranks(connection, rows)
        name = self._write(built(rows, ranks)) if len(rows.documents) else None
        with store.writing() as connection:
            # Somebody may have merged them meanwhile: theirs is as good.
            if {part.name for part in due} <= set(_names(connection)):
                self._drop(connection, due, rows.documents)
                if name:
                    _insert(connection, name, len(rows.documents))
                bump(connection, "change")
            self._sweep(connection)
        return True

    def _parts(self, connection: sqlite3.Connection) -> list[Part]:
        dead = _dead(connection)
        return [
            Part(segment.name, len(segment), len(segment.places(dead)))
            for segment in self._opened(_names(connection))
        ]

    def _together(self, connection: sqlite3.Connection, parts: Sequence[Part]) -> Rows:
        dead = _dead(connection)
        segments = self._opened([part.name for part in parts])
        return joined([rows_of(one, _alive(one, dead)) for one in segments])

    def _drop(
        self,
        connection: sqlite3.Connection,
        parts: Sequence[Part],
        kept: NDArray[np.int32] | None = None,
    ) -> None:
        """Takes segments off, with their dead; of those in `kept`, whoever died since is noted."""
        for segment in self._opened([part.name for part in parts]):
            gone = segment.documents[segment.places(_dead(connection))]
            gone = gone if kept is None else np.setdiff1d(gone, kept)
            connection.executemany(
                "DELETE FROM dead WHERE document = ?", [(number,) for number in gone.tolist()]
            )
            connection.execute("DELETE FROM segment WHERE name = ?", (segment.name,))
            if self._folder:
                os.utime(self._folder / segment.name)

    def _read(self, connection: sqlite3.Connection, change: str | None) -> View:
        segments = self._opened(_names(connection))
        self._open = {segment.name: segment for segment in segments}
        dead = _dead(connection)
        documents, lines = number_of(connection, "documents"), number_of(connection, "lines")
        return View(
            change,
            tuple(_live(segment, dead) for segment in segments),
            documents,
            lines,
            number_of(connection, "document_words") / max(documents, 1),
            number_of(connection, "line_words") / max(lines, 1),
        )

    def _opened(self, names: Sequence[str]) -> list[Segment]:
        try:
            return [self._open.get(name) or Segment(name, self._buffer(name)) for name in names]
        except (SegmentDamagedError, FileNotFoundError) as error:
            raise IndexUnreadableError(f"{self._folder}: {error}") from error

    def _buffer(self, name: str) -> bytes | mmap.mmap:
        return mapped(self._folder / name) if self._folder else self._memory[name]

    def _write(self, arrays: dict[str, NDArray[Any]]) -> str:
        name = f"{secrets.token_hex(8)}.segment"
        pieces = packed(arrays)
        if self._folder is None:
            self._memory[name] = b"".join(pieces)
            return name
        self._folder.mkdir(exist_ok=True)
        path = self._folder / name
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        _make_durable(self._folder)
        return name

    def _sweep(self, connection: sqlite3.Connection) -> None:
        current = set(_names(connection))
        for name in self._memory.keys() - current:
            del self._memory[name]
        if self._folder is None or not self._folder.exists():
            return
        for path in self._folder.iterdir():
            if path.name not in current and time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink(missing_ok=True)


def to_merge(parts: Sequence[Part], limit: int | None) -> list[Part]:
    """From the smallest, each larger one that is less than twice what precedes: sizes grow by
    doubling, so that a document is written again about log2(n) times (O'Neil et al. 1996).

    Else one that holds many who are gone. Never more than `limit` documents, when given.
    """
    together: list[Part] = []
    total = 0
    for part in sorted(parts, key=lambda part: part.documents):
        if together and (part.documents >= 2 * total or _above(total + part.documents, limit)):
            break
        together.append(part)
        total += part.documents
    if len(together) > 1:
        return together
    stale = [part for part in parts if _is_stale(part) and not _above(part.documents, limit)]
    return stale[:1]


def _above(documents: int, limit: int | None) -> bool:
    return limit is not None and documents > limit


def _is_stale(part: Part) -> bool:
    return part.dead > 0 and (part.documents <= TINY or 16 * part.dead >= part.documents)


def _names(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM segment ORDER BY number")
    return [name for (name,) in rows]


def _insert(connection: sqlite3.Connection, name: str, documents: int) -> None:
    connection.execute("INSERT INTO segment (name, documents) VALUES (?, ?)", (name, documents))


def _dead(connection: sqlite3.Connection) -> NDArray[np.int32]:
    rows = connection.execute("SELECT document FROM dead")
    return np.fromiter((number for (number,) in rows), np.int32)


def _alive(segment: Segment, dead: NDArray[np.int32]) -> Mask | None:
    places = segment.places(dead)
    if not len(places):
        return None
    alive = np.ones(len(segment), np.bool_)
    alive[places] = False
    return alive


def _live(segment: Segment, dead: NDArray[np.int32]) -> Live:
    alive = _alive(segment, dead)
    if alive is None:
        return Live(segment, None, None)
    lines, _ = segment.document_lines.rows(np.flatnonzero(~alive))
    lines = np.unique(lines)
    owners, counts = segment.line_documents.rows(lines)
    living = np.ones(len(segment.lines), np.bool_)
    if len(lines):
        living[lines] = np.logical_or.reduceat(alive[owners], np.cumsum(counts) - counts)
    return Live(segment, alive, living)


def _ranks(connection: sqlite3.Connection, rows: Rows) -> NDArray[np.int64]:
    """The place of each document in the order of ids: equals are ordered by it."""
    found = dict(
        connection.execute(
            "SELECT number, id FROM document WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(rows.documents.tolist()),),
        )
    )
    order = sorted(range(len(rows.documents)), key=lambda at: found[int(rows.documents[at])])
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
