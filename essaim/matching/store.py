"""The side file: one SQLite database, shared by every thread and process, rebuilt at will.

WAL lets readers go on while one writer works; each change is one transaction, so that a killed
writer leaves the previous state and its mark.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from essaim.matching.text import ANALYSER

T = TypeVar("T")

SCHEMA = "2"
APPLICATION_ID = 0x45535341  # "ESSA"
BUSY_SECONDS = 15.0
IDLE_CONNECTIONS = 4

# Numbers are never given twice: a segment may still name one that is gone.
_TABLES = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, version NOT NULL,
    lines BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS line (
    number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE, stems TEXT NOT NULL,
    vector BLOB, scale REAL, documents INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS word (
    word TEXT PRIMARY KEY, shown TEXT NOT NULL, french TEXT NOT NULL, english TEXT NOT NULL,
    documents INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS word_french ON word (french);
CREATE INDEX IF NOT EXISTS word_english ON word (english, french);
CREATE TABLE IF NOT EXISTS stem (
    number INTEGER PRIMARY KEY AUTOINCREMENT, stem TEXT NOT NULL UNIQUE,
    documents INTEGER NOT NULL, lines INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS facet (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (name, value)
);
CREATE TABLE IF NOT EXISTS segment (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS dead (document INTEGER PRIMARY KEY);
"""
_EMPTY = """
DELETE FROM document; DELETE FROM line; DELETE FROM word; DELETE FROM stem; DELETE FROM facet;
DELETE FROM segment; DELETE FROM dead; DELETE FROM fact;
"""


class IndexUnreadableError(Exception):
    """The file is damaged or is not ours. It holds nothing of its own: delete it and index again.

    It is never deleted here: the path may be a mistake.
    """


class Store:
    """Connections to one side file, lent to one thread at a time.

    A connection never crosses a fork. ":memory:" has a single connection, lent in turn.
    """

    def __init__(self, path: str | Path, encoder: str = "") -> None:
        self.path = str(path)
        self._analysis = f"{SCHEMA}.{ANALYSER}.{encoder}"
        self._in_memory = self.path == ":memory:"
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._process = os.getpid()
        with self._lend() as connection:
            _retry(lambda: self._prepare(connection))

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state for all the queries of a search, whoever writes meanwhile."""
        with self._lend() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, kept whole or not at all."""
        with self._lend() as connection:
            _retry(lambda: connection.execute("BEGIN IMMEDIATE"))
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            _retry(connection.commit)

    @contextmanager
    def _lend(self) -> Iterator[sqlite3.Connection]:
        with self._turn if self._in_memory else nullcontext():
            try:
                connection = self._take()
                try:
                    yield connection
                finally:
                    self._give_back(connection)
            except sqlite3.DatabaseError as error:
                if _is(error, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    raise IndexUnreadableError(f"{self.path}: {error}") from error
                raise

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._process != os.getpid() and not self._in_memory:
                # Neither used nor closed here: both would disturb the parent's file locks.
                self._inherited += self._idle
                self._idle, self._process = [], os.getpid()
            if self._idle:
                return self._idle.pop()
        return self._open()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA cache_size = -2000")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._is_ours(connection):
            if fact(connection, "analyser") == self._analysis:
                return
        else:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._build(connection)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        """False for a new file. Tables are counted first: another process may be making them."""
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        if tables and not ours:
            raise IndexUnreadableError(f"{self.path} is the database of something else")
        return bool(ours)

    def _build(self, connection: sqlite3.Connection) -> None:
        """Empties a file analysed in another way: the caller sees no mark and indexes again."""
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        if fact(connection, "analyser") != self._analysis:
            for statement in _EMPTY.split(";"):
                connection.execute(statement)
            set_fact(connection, "analyser", self._analysis)


def fact(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def set_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def number_of(connection: sqlite3.Connection, name: str) -> int:
    return int(fact(connection, name) or 0)


def bump(connection: sqlite3.Connection, name: str, by: int = 1) -> None:
    set_fact(connection, name, str(number_of(connection, name) + by))


def _is(error: sqlite3.DatabaseError, *codes: int) -> bool:
    return error.sqlite_errorcode & 0xFF in codes


def _retry(attempt: Callable[[], T]) -> T:
    """Some locks of SQLite (change of journal, recovery of a WAL) do not wait by themselves."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            busy = _is(error, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
