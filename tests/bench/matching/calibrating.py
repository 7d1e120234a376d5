"""What evidences should weigh, learned from the public questions: `--calibrate`.

Each half of the questions is answered with the laws learned from the other, so that the gain that
is told is not learned by heart; what is shipped (`ranking.SEMANTIC`) is learned from both.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from essaim.matching import Index
from essaim.matching.calibration import Example, calibrated, example
from essaim.matching.encoder import default_encoder
from essaim.matching.ranking import SEMANTIC, Laws, score
from tests.bench.figures import Figure, Figures, table
from tests.bench.matching.data import Benchmark, Question, benchmarks
from tests.bench.matching.report import MEAN
from tests.bench.matching.variants import asked
from tests.bench.matching.work import run

# By test: each question with what it teaches, nothing where no right answer was among those found.
Taught = dict[str, list[Example | None]]
CAUTION = 5.0


def calibrating(options: argparse.Namespace, say: Callable[[str], object]) -> Figures:
    tests = benchmarks(options.data, options.split, options.sample)
    total = sum(len(some) for test in tests for some in _tests(test).values())
    taught: Taught = {}
    for part in run([partial(_taught, test) for test in tests], total):
        taught |= part
    halves = [_learned(taught, half) for half in (0, 1)]
    say(f"{_table(taught, halves)}\n\n{_learned(taught, None)}\n")
    return {
        "calibrated_mean_mrr": _mean(_crossed(taught, halves)),
        "shipped_mean_mrr": _mean({name: _mrr(some, SEMANTIC) for name, some in taught.items()}),
    }


def _tests(test: Benchmark) -> Mapping[str, list[Question]]:
    return {name: some for name, some in asked(test).items() if not name.endswith("_noacc")}


def _taught(test: Benchmark, tick: Callable[[], None]) -> Taught:
    with (
        tempfile.TemporaryDirectory() as folder,
        Index(Path(folder) / "index", default_encoder()) as index,
    ):
        index.put(test.documents())
        return {
            name: list(_examples(index, questions, tick))
            for name, questions in _tests(test).items()
        }


def _examples(
    index: Index, questions: Sequence[Question], tick: Callable[[], None]
) -> Iterator[Example | None]:
    for question in questions:
        yield example(index, question.text, question.answers, weight=1 / len(questions))
        tick()


def _learned(taught: Taught, half: int | None) -> Laws:
    """Every test counts the same; from the questions of one half, or from all."""
    some = [
        replace(one, weight=1_000 * one.weight)
        for examples in taught.values()
        for place, one in enumerate(examples)
        if one is not None and (half is None or place % 2 == half)
    ]
    return calibrated(some, SEMANTIC, caution=CAUTION)


def _mrr(examples: Sequence[Example | None], laws: Laws) -> float:
    return float(np.mean([_reciprocal(one, laws) for one in examples]))


def _reciprocal(one: Example | None, laws: Laws) -> float:
    if one is None:
        return 0.0
    scores = score(one.parts, laws.of(one.words))
    order = np.argsort(-scores, kind="stable")
    return float(1 / (np.flatnonzero(one.right[order])[0] + 1))


def _crossed(taught: Taught, halves: Sequence[Laws]) -> dict[str, float]:
    return {
        name: float(
            np.mean([_reciprocal(one, halves[1 - place % 2]) for place, one in enumerate(some)])
        )
        for name, some in taught.items()
    }


def _table(taught: Taught, halves: Sequence[Laws]) -> str:
    crossed = _crossed(taught, halves)
    rows = [
        (name, f"{_mrr(some, SEMANTIC):.3f}", f"{crossed[name]:.3f}")
        for name, some in taught.items()
    ]
    return table(("MRR", "shipped", "learned from the other half"), rows)


def _mean(values: Mapping[str, float]) -> Figure:
    some = [value for name, value in values.items() if name in MEAN]
    return Figure(round(float(np.mean(some)), 4), "MRR")
