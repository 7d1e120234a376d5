import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

import pytest

from essaim.matching import Document, Index, IndexUnreadableError, store

# A fresh interpreter for each process, as web workers are.
processes = multiprocessing.get_context("spawn")

COUNT = 40


def person(number: int, skill: str = "comptabilité") -> Document:
    return Document(f"p{number:03}", number, f"Membre {number}.", [skill, "accueil"])


def assert_sound(path: Path) -> None:
    """SQLite's own checks, and the vocabulary counted again."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in ("whole", "line"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    documents = connection.execute("SELECT count(*) FROM document").fetchone()
    assert connection.execute("SELECT count(*) FROM whole").fetchone() == documents
    shared = connection.execute("SELECT documents FROM word WHERE word = 'accueil'").fetchone()
    assert (shared or (0,)) == documents
    connection.close()


def write_then_hang(path: Path, begun: Event) -> None:
    def documents() -> Iterator[Document]:
        for number in range(COUNT):
            yield person(number, "menuiserie")
        begun.set()
        signal.pause()

    Index(path).put(documents(), mark="never")


def write_and_search(path: Path, start: Barrier, worker: int) -> None:
    start.wait()
    with Index(path) as index:
        for turn in range(5):
            first = 100 * worker + 10 * turn
            index.put([person(first + step) for step in range(10)], mark=f"{worker}")
            hits = index.search("comptable", k=1_000)
            assert len(hits) == len({hit.id for hit in hits}) >= 10


@pytest.mark.concurrency
def test_a_writer_killed_in_the_middle_leaves_the_last_whole_state(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1), person(2)], mark="kept")
        begun = processes.Event()
        writer = processes.Process(target=write_then_hang, args=(path, begun))
        writer.start()
        assert begun.wait(30)
        assert len(index.search("comptabilité")) == 2
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        assert index.versions() == {"p001": 1, "p002": 2}
        assert index.mark() == "kept"
        assert index.search("menuiserie") == []
        index.put([person(3, "menuiserie")], mark="again")
        assert [hit.id for hit in index.search("menuiserie")] == ["p003"]
    assert_sound(path)


@pytest.mark.concurrency
def test_eight_processes_open_write_and_search_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index"
    start = processes.Barrier(8)
    workers = [
        processes.Process(target=write_and_search, args=(path, start, number))
        for number in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    with Index(path) as index:
        assert len(index.versions()) == 8 * 50
    assert_sound(path)


@pytest.mark.parametrize("where", ["file", ":memory:"])
def test_threads_share_an_index(tmp_path: Path, where: str) -> None:
    with Index(tmp_path / "index" if where == "file" else where) as index:

        def work(number: int) -> int:
            index.put([person(number)])
            return len(index.search("comptabilité", k=100))

        with ThreadPoolExecutor(8) as pool:
            assert all(found >= 1 for found in pool.map(work, range(COUNT)))
        assert len(index.versions()) == COUNT


def test_a_failing_change_changes_nothing(tmp_path: Path) -> None:
    def documents() -> Iterator[Document]:
        yield person(2)
        raise LookupError

    with Index(tmp_path / "index") as index:
        index.put([person(1)], mark="kept")
        with pytest.raises(LookupError):
            index.change(put=documents(), remove=["p001"], mark="lost")
        assert index.versions() == {"p001": 1}
        assert index.mark() == "kept"


def test_what_is_indexed_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)], mark="7")
    with Index(path) as index:
        assert index.mark() == "7"
        assert [hit.id for hit in index.search("comptable")] == ["p001"]


def test_a_file_of_another_analyser_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)], mark="7")
    monkeypatch.setattr(store, "ANALYSER", "another")
    with Index(path) as index:
        assert index.mark() is None
        assert index.versions() == {}
        assert index.search("comptable") == []
        index.put([person(1)])
        assert len(index.search("comptable")) == 1


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("Chers voisins, " * 500)
    with pytest.raises(IndexUnreadableError):
        Index(path)
    assert path.read_text().startswith("Chers voisins")


def test_the_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE treasure (gold)")
    connection.commit()
    connection.close()
    with pytest.raises(IndexUnreadableError, match="something else"):
        Index(path)
