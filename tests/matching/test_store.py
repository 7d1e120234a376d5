import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from essaim.matching import Document, Index, IndexUnreadableError, shelf, store
from essaim.matching.building import Rows, built
from tests.matching.hashed import HashedEncoder

Ranks = NDArray[np.integer]
Arrays = dict[str, NDArray[Any]]

# A fresh interpreter for each process, as web workers are.
processes = multiprocessing.get_context("spawn")

COUNT = 40


def person(number: int, skill: str = "comptabilité") -> Document:
    return Document(f"p{number:03}", number, f"Membre {number}.", [skill, "accueil"])


def assert_sound(path: Path) -> None:
    """SQLite's own checks, and what is counted as words come and go, counted again."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (documents,) = connection.execute("SELECT count(*) FROM document").fetchone()
    shared = connection.execute("SELECT documents FROM word WHERE word = 'accueil'").fetchone()
    assert (shared or (0,)) == (documents,)
    shared = connection.execute("SELECT documents FROM stem WHERE stem = 'accueil'").fetchone()
    assert (shared or (0,)) == (documents,)
    (held,) = connection.execute("SELECT sum(documents) FROM segment").fetchone()
    (dead,) = connection.execute("SELECT count(*) FROM dead").fetchone()
    assert held - dead == documents
    connection.close()


def write_then_hang(path: Path, begun: Event) -> None:
    def documents() -> Iterator[Document]:
        for number in range(COUNT):
            yield person(number, "menuiserie")
        begun.set()
        signal.pause()

    Index(path).put(documents(), mark="never")


def write_without_end(path: Path, begun: Event) -> None:
    with Index(path) as index:
        for turn in range(100_000):
            index.put([person(number) for number in range(turn % 7, COUNT)], mark=f"{turn}")
            begun.set()


def write_one(path: Path, name: str) -> None:
    with Index(path) as index:
        index.put([Document(name, 1, "", ["Apiculture"])])


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
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.02, 0.03, 0.05])
def test_a_writer_killed_at_any_moment_leaves_a_correct_index(
    tmp_path: Path, seconds: float
) -> None:
    path = tmp_path / "index"
    begun = processes.Event()
    writer = processes.Process(target=write_without_end, args=(path, begun))
    writer.start()
    assert begun.wait(30)
    time.sleep(seconds)
    assert writer.pid
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    with Index(path) as index:
        assert len(index.versions()) == COUNT
        assert len(index.search("comptabilité", k=2 * COUNT)) == COUNT
        index.put([person(COUNT)])
        assert len(index.search("comptabilité", k=2 * COUNT)) == COUNT + 1
    assert_sound(path)


@pytest.mark.concurrency
def test_a_change_is_seen_by_the_next_search_of_another_process(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)])
        assert index.search("apiculture") == []
        writer = processes.Process(target=write_one, args=(path, "bee"))
        writer.start()
        writer.join()
        start = time.monotonic()
        assert [hit.id for hit in index.search("apiculture")] == ["bee"]
        assert time.monotonic() - start < 1


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


def test_a_segment_that_is_missing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)])
    (segment,) = segments(path)
    segment.unlink()
    with Index(path) as index, pytest.raises(IndexUnreadableError):
        index.search("comptable")


@pytest.mark.parametrize("kept", [0, 4, 40, -1])
def test_a_segment_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)])
    (segment,) = segments(path)
    segment.write_bytes(segment.read_bytes()[:kept])
    with Index(path) as index, pytest.raises(IndexUnreadableError):
        index.search("comptable")


def segments(path: Path) -> list[Path]:
    return list(path.with_name(f"{path.name}.segments").glob("*.segment"))


def test_a_file_of_another_encoder_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)], mark="7")
    with Index(path, HashedEncoder()) as index:
        assert index.mark() is None
        assert index.versions() == {}
        index.put([person(1)])
        assert len(index.search("comptable")) == 1


def test_one_person_at_a_time_makes_few_segments(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        for number in range(100):
            index.put([person(number)])
        index.remove([f"p{number:03}" for number in range(50)])
        assert len(index.search("comptable", k=100)) == 50
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM segment").fetchone()
    assert count <= 4
    connection.close()
    assert_sound(path)


def test_segments_that_are_current_no_more_are_deleted_later(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path) as index:
        index.put([person(1)])
        (old,) = segments(path)
        index.put([person(2)])
        assert old.exists()
        long_ago = time.time() - 2 * shelf.KEPT_SECONDS
        os.utime(old, (long_ago, long_ago))
        index.put([person(3)])
        assert not old.exists()
        assert len(index.search("comptable")) == 3


@pytest.fixture
def small_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a change merges nothing by itself."""
    monkeypatch.setattr(shelf, "AT_ONCE", 2)


@pytest.mark.usefixtures("small_changes")
def test_merging_changes_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index(path, HashedEncoder()) as index:
        for first in range(0, COUNT, 5):
            index.put([person(number) for number in range(first, first + 5)])
        index.remove([f"p{number:03}" for number in range(7)])
        before = index.search("comptabilités et accueils", k=COUNT)
        assert len(before) == COUNT - 7
        index.merge()
        assert index.search("comptabilités et accueils", k=COUNT) == before
        index.merge()
    assert_sound(path)


@pytest.mark.usefixtures("small_changes")
def test_who_leaves_during_a_merge_stays_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index"

    def leave_meanwhile(rows: Rows, ranks: Ranks) -> Arrays:
        monkeypatch.setattr(shelf, "built", built)
        with Index(path) as other:
            other.remove(["p003"])
        return built(rows, ranks)

    with Index(path) as index:
        index.put([person(number) for number in range(1, 6)])
        index.put([person(number) for number in range(6, 11)])
        monkeypatch.setattr(shelf, "built", leave_meanwhile)
        index.merge()
        assert len(index.search("comptable")) == 9
    assert_sound(path)
