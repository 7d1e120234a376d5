"""The options of the bench, the same for `scripts/bench matching` and for this package alone."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tests.bench.figures import Figures
from tests.bench.matching.ablation import ablation
from tests.bench.matching.calibrating import calibrating
from tests.bench.matching.data import NoQuestionsError
from tests.bench.matching.parts import SWITCHES
from tests.bench.matching.report import all_figures

# Where the public data are laid beside a clone.
BESIDE = Path(__file__).parents[4] / "shared/data/matching"
ALL = "all"


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("matching")
    group.add_argument("--data", type=Path, default=BESIDE, metavar="DIR", help="public data")
    group.add_argument("--split", default="dev", metavar="NAME", help="reads *.NAME.jsonl")
    group.add_argument("--sample", type=int, metavar="N", help="questions of a benchmark at most")
    group.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[100_000, 1_000_000],
        metavar="N",
        help="documents to time; without a number: quality only",
    )
    group.add_argument(
        "--calibrate", action="store_true", help="learn what each evidence should weigh"
    )
    parts = (*SWITCHES, ALL)
    group.add_argument(
        "--without",
        nargs="+",
        choices=parts,
        default=[],
        metavar="PART",
        help=f"what a part brings: {', '.join(parts)}",
    )


def run(options: argparse.Namespace, say: Callable[[str], object]) -> Figures:
    if ALL in options.without:
        options.without = list(SWITCHES)
    measure = calibrating if options.calibrate else ablation if options.without else all_figures
    try:
        return measure(options, say)
    except NoQuestionsError as error:
        raise SystemExit(f"{error}: say where they are with --data DIR and --split NAME") from error
