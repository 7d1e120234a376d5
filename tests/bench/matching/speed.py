"""Times the index, and what it weighs in memory and on disk."""

import random
import resource
import statistics
import tempfile
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from essaim.matching import Document, Index
from tests.bench.figures import Figure, Figures
from tests.bench.matching.data import SEED, read_csv, read_jsonl
from tests.bench.matching.variants import PHRASES


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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        with Index(path) as index:
            started = time.perf_counter()
            index.put(synthetic(data, count))
            built = time.perf_counter() - started
        some = [f"{number:06}" for number in range(0, count, max(count // 3_000, 1))]
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            times, grown = fresh.submit(_timed, path, asked).result()
            within, _ = fresh.submit(_timed, path, asked, some).result()
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    return _speed_figures(count, built, times, within, grown, size)


def _speed_figures(
    count: int, built: float, times: list[float], within: list[float], grown: float, size: float
) -> Figures:
    name = f"{count // 1_000}k"
    small = count <= 16_000
    return {
        f"search {name} p50": _figure(statistics.median(times), "ms CPU", 12 if small else None),
        f"search {name} p95": _figure(_p95(times), "ms CPU", None),
        f"search {name} within 3000 p50": _figure(statistics.median(within), "ms CPU", None),
        f"search {name} within 3000 p95": _figure(_p95(within), "ms CPU", None),
        f"memory {name}": _figure(grown, "MB", 15 if small else None),
        f"build {name}": _figure(built, "s", None),
        f"file {name}": _figure(size, "MB", None),
    }


def _timed(
    path: Path, asked: list[str], within: Collection[str] | None = None
) -> tuple[list[float], float]:
    """Milliseconds of each search, and megabytes that opening and searching have added."""
    before = _resident()
    times = []
    with Index(path) as index:
        for text in asked[:20]:
            index.search(text, within=within)
        for text in asked:
            started = time.process_time()
            index.search(text, within=within)
            times.append((time.process_time() - started) * 1_000)
    return times, _resident() - before


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _resident() -> float:
    """Megabytes in memory now (Linux), else the peak."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _figure(value: float, unit: str, target: float | None) -> Figure:
    return Figure(round(value, 4), unit, target)
