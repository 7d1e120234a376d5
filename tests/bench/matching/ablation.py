"""What each part of the engine brings: the same tests with one part off."""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, Figures, table
from tests.bench.matching.data import Benchmark, Question, benchmarks
from tests.bench.matching.parts import WHOLE, opened
from tests.bench.matching.quality import Scores, ids_of, scored
from tests.bench.matching.report import MEAN, mean_mrr
from tests.bench.matching.variants import asked
from tests.bench.matching.work import run

Rows = dict[str, dict[str, Scores]]


def ablation(options: argparse.Namespace, say: Callable[[str], object]) -> Figures:
    """The tests of `mean_mrr`, once with all parts and once without each that is named."""
    tests = benchmarks(options.data, options.split, options.sample)
    parts = [WHOLE, *options.without]
    jobs = [partial(_rows, test, parts) for test in tests if _compared(test)]
    total = len(parts) * sum(len(some) for test in tests for some in _compared(test).values())
    rows: Rows = {part: {} for part in parts}
    for some in run(jobs, total):
        for part, scores in some.items():
            rows[part] |= scores
    say(ablation_table(rows))
    return {
        f"without_{part}_mean_mrr" if part else "mean_mrr": Figure(
            round(mean_mrr(scores, MEAN), 4), "MRR"
        )
        for part, scores in rows.items()
    }


def _rows(test: Benchmark, parts: Sequence[str], tick: Callable[[], None]) -> Rows:
    """One index, opened again for each part."""
    rows, questions = {}, _compared(test)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        with opened(path) as index:
            index.put(test.documents())
        for part in parts:
            with opened(path, part) as index:
                rows[part] = scored(questions, ids_of(index), tick)
    return rows


def _compared(test: Benchmark) -> dict[str, list[Question]]:
    return {name: questions for name, questions in asked(test).items() if name in MEAN}


def ablation_table(rows: Rows) -> str:
    """The first row is the MRR of the whole engine, the others the change without a part."""
    names = [name for name in MEAN if name in rows[WHOLE]]
    values = {
        part: [*(scores[name].mrr for name in names), mean_mrr(scores, MEAN)]
        for part, scores in rows.items()
    }
    lines = [("whole", *(f"{value:.3f}" for value in values[WHOLE]))]
    for part in filter(None, values):
        changes = zip(values[part], values[WHOLE], strict=True)
        lines.append((f"without {part}", *(f"{off - on:+.3f}" for off, on in changes)))
    return table(("MRR", *names, "mean_mrr"), lines)
