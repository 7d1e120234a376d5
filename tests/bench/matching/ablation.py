"""What each part of the engine brings: the same tests with one part off."""

import argparse
from collections.abc import Callable
from functools import partial

from tests.bench.figures import Figure, Figures, table
from tests.bench.matching.data import Benchmark, Question, benchmarks
from tests.bench.matching.parts import WHOLE
from tests.bench.matching.quality import OURS, Scores, measure
from tests.bench.matching.report import MEAN, mean_mrr
from tests.bench.matching.variants import asked
from tests.bench.matching.work import run

Row = tuple[str, dict[str, Scores]]


def ablation(options: argparse.Namespace, say: Callable[[str], object]) -> Figures:
    """The tests of `mean_mrr`, once with all parts and once without each that is named."""
    tests = benchmarks(options.data, options.split, options.sample)
    parts = [WHOLE, *options.without]
    jobs = [partial(_row, test, part) for part in parts for test in tests]
    total = len(parts) * sum(len(some) for test in tests for some in _compared(test).values())
    rows: dict[str, dict[str, Scores]] = {part: {} for part in parts}
    for part, scores in run(jobs, total):
        rows[part] |= scores
    say(ablation_table(rows))
    return {
        f"without_{part}_mean_mrr" if part else "mean_mrr": Figure(
            round(mean_mrr(scores, MEAN), 4), "MRR"
        )
        for part, scores in rows.items()
    }


def _row(test: Benchmark, part: str, tick: Callable[[], None]) -> Row:
    return part, measure(_compared(test), test.documents(), OURS, tick, without=part)


def _compared(test: Benchmark) -> dict[str, list[Question]]:
    return {name: questions for name, questions in asked(test).items() if name in MEAN}


def ablation_table(rows: dict[str, dict[str, Scores]]) -> str:
    """The row of the whole engine gives the MRR, the others what is lost or gained without."""
    whole = rows[WHOLE]
    names = [name for name in MEAN if name in whole]
    lines = [
        ("whole", *(f"{whole[name].mrr:.3f}" for name in names), f"{mean_mrr(whole, MEAN):.3f}")
    ]
    for part, scores in rows.items():
        if part != WHOLE:
            changes = [scores[name].mrr - whole[name].mrr for name in names]
            mean = mean_mrr(scores, MEAN) - mean_mrr(whole, MEAN)
            lines.append((f"without {part}", *(f"{change:+.3f}" for change in [*changes, mean])))
    return table(("MRR", *names, "mean_mrr"), lines)
