"""`scripts/bench year`: a hive lives a year under three assumptions, each in its own database."""

import argparse
from collections.abc import Callable, Mapping

from tests.bench.figures import Figure, Figures, table
from tests.bench.networks import empty
from tests.bench.year.assumed import LEVELS, MOVED
from tests.bench.year.rules import RULES

MIDDLE = "middle"
AIMS = ("answered_48h_share", "orphan_share", "gini_given", "over_pledge")
FIRST = ("met_share", "first_answer_h", "asks_sent", "year_cpu_s")
TOTALS = ("guards_exceeded", "ladder_broken", "ledger_sum")


def add_options(parser: argparse.ArgumentParser) -> None:
    options = parser.add_argument_group("year")
    options.add_argument("--seed", type=int, default=1, help="of the people and of their luck")
    options.add_argument("--weeks", type=int, default=52, help="how long the hive lives")
    options.add_argument(
        "--moved", action="store_true", help="then one assumption, or one rule, moved at a time"
    )


def run(options: argparse.Namespace, say: Callable[[str], None]) -> Figures:
    """The figures of the middle assumptions; those of the others under their names."""
    years = {name: _lived(name, options) for name in LEVELS}
    say(f"\n{options.weeks} weeks, seed {options.seed}\n\n{comparison(years)}")
    figures = years[MIDDLE] | {
        f"{aim}_{name}": years[name][aim] for name in years if name != MIDDLE for aim in AIMS
    }
    # What must hold holds in none of the years.
    figures |= {name: _sum(name, years) for name in TOTALS}
    if options.moved:
        moved = {MIDDLE: years[MIDDLE]}
        moved |= {name: _lived(name, options) for name in (*MOVED, *RULES)}
        say(f"\n{lines(moved)}")
    return figures


def _lived(name: str, options: argparse.Namespace) -> Figures:
    with empty("year", options.server) as network:
        return network.figures(
            "tests.bench.year.alone", name, str(options.seed), str(options.weeks)
        )


def _sum(name: str, years: Mapping[str, Figures]) -> Figure:
    total = sum(abs(figures[name].value) for figures in years.values())
    return Figure(total, years[MIDDLE][name].unit, 0)


def comparison(years: Mapping[str, Figures]) -> str:
    """One line per figure, one column per level."""
    rows = [
        (name, *(_words(found.get(name)) for found in years.values()), _aim(figure))
        for name, figure in years[MIDDLE].items()
    ]
    return table(("figure", *years, "target"), rows)


def lines(years: Mapping[str, Figures]) -> str:
    """One line per year, for what is moved one at a time."""
    rows = [
        (name, *(_words(found[figure]) for figure in (*AIMS, *FIRST)))
        for name, found in years.items()
    ]
    return table(("moved", *AIMS, *FIRST), rows)


def _words(figure: Figure | None) -> str:
    """A step of the ladder that no need of that year had has no figure."""
    if figure is None:
        return ""
    return f"{figure.value:g}" + (f" {figure.unit}" if figure.unit in ("h", "s") else "")


def _aim(figure: Figure) -> str:
    return "" if figure.target is None else f"{figure.target:g}"
