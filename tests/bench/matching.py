"""Ranks the public benchmarks and times the index: `python -m tests.bench.matching DATA_DIR`.

The data are read where they are and never copied. Wrong spellings and request phrases are made
here, from a seed.
"""

import argparse
import csv
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from essaim.matching import Document, Index

Figures = dict[str, dict[str, object]]

SEED = 7
DEPTH = 100
TARGETS = {"rome": 0.67, "rome~typo": 0.62, "rome~need": 0.63}
PHRASES = (
    "Je cherche quelqu’un pour m’aider : {}",
    "Bonjour, nous aurions besoin d’un coup de main, {}",
    "Qui pourrait m’aider ? Il me faudrait une personne qui sait : {}",
    "Est-ce que quelqu’un connaît un ou une {} s’il vous plaît",
    "Notre association recherche {}, merci d’avance",
    "J’aurais besoin de conseils : {}",
)


@dataclass(frozen=True)
class Question:
    text: str
    answers: Collection[str]


def rome(data: Path) -> tuple[list[Document], list[Question]]:
    items = {
        row["code_ogr"]: row["libelle"]
        for name in ("competences", "savoirs")
        for row in _csv(data / f"rome_v460/{name}.csv")
    }
    skills = defaultdict(list)
    for row in _csv(data / "rome_v460/liens_code_item.csv"):
        if row["code_ogr"] in items:
            skills[row["code_rome"]].append(items[row["code_ogr"]])
    definitions = {
        r["code_rome"]: r["definition"] for r in _csv(data / "rome_v460/definitions.csv")
    }
    documents = [
        Document(
            job["id"],
            1,
            definitions.get(job["id"], ""),
            [job["label"], *job["alts"], *skills[job["id"]]],
        )
        for job in _jsonl(data / "bench/rome_appellation.docs.jsonl")
    ]
    asked = _jsonl(data / "bench/rome_appellation.dev.jsonl")
    return documents, [Question(row["q"], row["rel"]) for row in asked]


def esco(data: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(row["uuid"], 1, "", [row["label"], *filter(None, row["alt"].split("|"))])
        for row in _csv(data / "esco/skills_fr.csv")
    ]
    asked = _jsonl(data / "bench/esco_skill.dev.jsonl")
    return documents, [Question(row["q"], row["rel"]) for row in asked]


def beta(data: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(row["id"], 1, f"{row['mission']}\n{row['solution']}")
        for row in _jsonl(data / "beta_nc/solutions.docs.jsonl")
    ]
    asked = _jsonl(data / "beta_nc/problems.dev.jsonl")
    return documents, [Question(row["short"], [row["id"]]) for row in asked]


def misspelt(text: str, chance: random.Random) -> str:
    """Half of the words of five letters and more get one edit: swap, loss, double or change."""
    return " ".join(
        _edited(word, chance) if len(word) >= 5 and chance.random() < 0.5 else word
        for word in text.split()
    )


def _edited(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    edits: list[Callable[[], str]] = [
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + chance.choice("abcdefghilmnoprstuv") + word[at + 1 :],
    ]
    return chance.choice(edits)()


def evaluate(index: Index, questions: list[Question]) -> dict[str, float]:
    """Mean reciprocal rank of the first right answer, share found in ten, share without answer."""
    ranks, empty = [], 0
    for question in questions:
        found = [hit.id for hit in index.search(question.text, DEPTH)]
        empty += not found
        right = [place for place, name in enumerate(found, 1) if name in question.answers]
        ranks.append(right[0] if right else 0)
    return {
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
        "hit@10": sum(0 < rank <= 10 for rank in ranks) / len(ranks),
        "empty": empty / len(ranks),
    }


def quality(data: Path, sample: int | None) -> Iterator[tuple[str, dict[str, float]]]:
    for name, load in (("rome", rome), ("esco", esco), ("beta~short", beta)):
        documents, questions = load(data)
        if sample and len(questions) > sample:
            questions = random.Random(SEED).sample(questions, sample)
        with tempfile.TemporaryDirectory() as folder, Index(Path(folder) / "index") as index:
            index.put(documents)
            for variant, asked in _variants(name, questions).items():
                yield variant, evaluate(index, asked)


def _variants(name: str, questions: list[Question]) -> dict[str, list[Question]]:
    if name != "rome":
        return {name: questions}
    chance = random.Random(SEED)
    typo = [Question(misspelt(q.text, chance), q.answers) for q in questions]
    need = [Question(chance.choice(PHRASES).format(q.text), q.answers) for q in questions]
    return {name: questions, f"{name}~typo": typo, f"{name}~need": need}


def synthetic(data: Path, count: int) -> Iterator[Document]:
    """Profiles of about fifty words: skills drawn from the open taxonomies."""
    chance = random.Random(SEED)
    skills = [row["libelle"] for row in _csv(data / "rome_v460/competences.csv")]
    skills += [row["label"] for row in _csv(data / "esco/skills_fr.csv")]
    for number in range(count):
        yield Document(f"{number:06}", 1, "", chance.sample(skills, 8))


def speed(data: Path, count: int) -> Figures:
    """Processor time of a search with the reasons of twenty hits, in a fresh process."""
    questions = [question.text for question in rome(data)[1]]
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


def _figure(value: float, unit: str, target: float | None) -> dict[str, object]:
    return {"value": round(value, 4), "unit": unit, "target": target}


def figures(data: Path, sample: int | None, sizes: list[int]) -> Figures:
    found: Figures = {}
    for size in sizes:
        found |= speed(data, size)
    for name, values in quality(data, sample):
        found[f"{name} MRR"] = _figure(values["mrr"], "MRR", TARGETS.get(name))
        found[f"{name} hit@10"] = _figure(values["hit@10"], "share", None)
        found[f"{name} empty"] = _figure(values["empty"], "share", 0)
    return found


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--sample", type=int, help="questions per benchmark; all of them if unset")
    parser.add_argument("--sizes", type=int, nargs="*", default=[16_000, 100_000])
    options = parser.parse_args()
    found = figures(options.data, options.sample, options.sizes)
    for name, figure in found.items():
        sys.stdout.write(f"{name:32} {figure['value']:>10} {figure['unit']}\n")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
