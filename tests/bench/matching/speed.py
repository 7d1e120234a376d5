"""Times the index with its vectors, and tells what it weighs in memory and on disk."""

import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from essaim.matching import Document, Index
from essaim.matching.encoder import default_encoder
from tests.bench.figures import Figure, Figures
from tests.bench.matching.data import SEED, read_csv, read_jsonl
from tests.bench.matching.variants import PHRASES

TARGETS = {100_000: 15, 1_000_000: 30}


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor of each, and megabytes that the process has grown by."""

    times: list[float]
    grown: float


def synthetic(data: Path, count: int) -> Iterator[Document]:
    """Profiles of about fifty words: skills drawn from the open taxonomies."""
    chance = random.Random(SEED)
    skills = [row["libelle"] for row in read_csv(data / "rome_v460/competences.csv")]
    skills += [row["label"] for row in read_csv(data / "esco/skills_fr.csv")]
    for number in range(count):
        yield Document(f"{number:06}", 1, "", chance.sample(skills, 8))


def speed(data: Path, count: int) -> Figures:
    """Processor time of a search with the reasons of twenty hits, in a fresh process."""
    questions = [row["q"] for row in read_jsonl(data / "bench/rome_appellation.dev.jsonl")]
    chance = random.Random(SEED)
    asked = [chance.choice(PHRASES).format(text) for text in chance.sample(questions, 150)]
    some = [f"{number:06}" for number in range(0, count, max(count // 3_000, 1))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        built = _in_a_fresh_process(_built, path, data, count)
        found = _in_a_fresh_process(_searched, path, asked, None)
        within = _in_a_fresh_process(_searched, path, asked, some)
        added = _in_a_fresh_process(_added, path)
        size = _megabytes(path)
    return _named(count, built, found, within, added, size)


def _named(count: int, built: Cost, found: Cost, within: Cost, added: Cost, size: float) -> Figures:
    name = f"{count // 1_000_000}m" if count >= 1_000_000 else f"{count // 1_000}k"
    return {
        f"p50_{name}_ms": _figure(statistics.median(found.times), "ms CPU"),
        f"p95_{name}_ms": _figure(_p95(found.times), "ms CPU", TARGETS.get(count)),
        f"p50_{name}_within_3000_ms": _figure(statistics.median(within.times), "ms CPU"),
        f"p95_{name}_within_3000_ms": _figure(_p95(within.times), "ms CPU"),
        f"memory_{name}_mb": _figure(found.grown, "MB"),
        f"build_{name}_s": _figure(sum(built.times) / 1_000, "s CPU"),
        f"build_{name}_mb": _figure(built.grown, "MB"),
        f"add_one_{name}_ms": _figure(statistics.median(added.times), "ms CPU"),
        f"add_one_{name}_p95_ms": _figure(_p95(added.times), "ms CPU"),
        f"index_{name}_mb": _figure(size, "MB"),
    }


def _in_a_fresh_process(work: Callable[..., Cost], *values: object) -> Cost:
    # On one core: numpy reads this when it is first imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(work, *values).result()


def _built(path: Path, data: Path, count: int) -> Cost:
    """Memory is that of the process when it has put and merged."""
    before, started = _resident(), time.process_time()
    with Index(path, default_encoder()) as index:
        index.put(synthetic(data, count))
        index.merge()
    return Cost([_since(started)], _resident() - before)


def _searched(path: Path, asked: list[str], within: Collection[str] | None) -> Cost:
    """The memory that opening and searching have added; pages of the files are counted."""
    before, times = _resident(), []
    with Index(path, default_encoder()) as index:
        for text in asked[:20]:
            index.search(text, within=within)
        for text in asked:
            started = time.process_time()
            index.search(text, within=within)
            times.append(_since(started))
    return Cost(times, _resident() - before)


def _added(path: Path) -> Cost:
    """One document at a time, until the next search finds it."""
    before, times = _resident(), []
    with Index(path, default_encoder()) as index:
        index.search("xylophone")
        for number in range(40):
            started = time.process_time()
            index.put([Document(f"new{number}", 1, "", [f"Xylophone numéro {number}"])])
            assert f"new{number}" in {hit.id for hit in index.search("xylophone", k=100)}
            times.append(_since(started))
    return Cost(times, _resident() - before)


def _megabytes(path: Path) -> float:
    """The side file and its current segments; former ones are deleted after ten minutes."""
    with closing(sqlite3.connect(path)) as connection:
        names: list[str] = [name for (name,) in connection.execute("SELECT name FROM segment")]
    folder = path.with_name(f"{path.name}.segments")
    files = [path, *(folder / name for name in names)]
    return sum(file.stat().st_size for file in files) / 1e6


def _since(started: float) -> float:
    return (time.process_time() - started) * 1_000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _resident() -> float:
    """Megabytes in memory now (Linux), else the peak."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _figure(value: float, unit: str, target: float | None = None) -> Figure:
    return Figure(round(value, 2), unit, target)
