"""`scripts/bench NAME`: prints a table and, with --json, writes the same figures to a file."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import assignment as assignment_bench
from tests.bench import buzz as buzz_bench
from tests.bench import encounters as encounters_bench
from tests.bench import imports as imports_bench
from tests.bench import load as load_bench
from tests.bench import networks, page_tables
from tests.bench import sweeps as sweeps_bench
from tests.bench.figures import Figure, Figures, as_json, list_of
from tests.bench.matching import command as matching_bench
from tests.bench.year import command as year_bench

SIZES = ("S", "M", "L")


def pages(options: argparse.Namespace) -> Figures:
    """Queries, processor time and bytes of the most used pages and writes; S, M and L if unset."""
    sizes = [options.size] if options.size else list(SIZES)
    measured = {}
    for size in sizes:
        measured[size] = page_tables.measure(size, options.server)
        say(f"\n{size} on {_database(options)}\n\n{page_tables.page_table(measured[size])}")
    figures = measured[sizes[-1]]
    if len(sizes) > 1:
        say(f"\n{page_tables.growth_table(measured)}")
        figures |= page_tables.growth(measured[sizes[0]], measured[sizes[-1]])
    return figures


def build(options: argparse.Namespace) -> Figures:
    """Seconds and rows to generate a network of a size (M if unset)."""
    network = networks.network_of(options.size or "M", options.server)
    seconds = networks.build(network)
    found: Figures = {
        "build_s": Figure(round(seconds, 1), "s"),
        "build_rows": Figure(networks.rows(network), "rows"),
        "build_mb": Figure(round(networks.bytes_of(network) / 1e6, 1), "MB"),
    }
    return _listed(found)


def worker(options: argparse.Namespace) -> Figures:
    """Memory of a web process that has shown every page, and of the worker (M if unset)."""
    return _listed(load_bench.memory(options.size or "M", options.server))


def load(options: argparse.Namespace) -> Figures:
    """Eight browsers without a pause for a minute on a real server (M if unset)."""
    return _listed(load_bench.run(options.size or "M", options.server))


def imports(options: argparse.Namespace) -> Figures:
    """5,000 people brought into a network that has 16,000, from a spreadsheet, and taken back."""
    return _listed(imports_bench.run(options.server))


def sweeps(options: argparse.Namespace) -> Figures:
    """Processor time of each duty, with much to do and with nothing left (M if unset)."""
    return _listed(sweeps_bench.run(options.size or "M", options.server))


def assignment(options: argparse.Namespace) -> Figures:
    """100,000 needs to 100,000 helpers, and encounters of 600 people: time, memory and gap."""
    return _listed(assignment_bench.run())


def encounters(options: argparse.Namespace) -> Figures:
    """Encounters of 600 and of 16,000 people, and what comes of them in simulated hives."""
    figures, comparison = encounters_bench.run()
    say(f"{comparison}\n")
    return _listed(figures)


def buzz(options: argparse.Namespace) -> Figures:
    """100 hives and 3,500 open screens on a real server, cut off and restarted in the middle."""
    return _listed(buzz_bench.run(options.server))


def year(options: argparse.Namespace) -> Figures:
    """A year of a hive of 100 people through the real actions, under three assumptions."""
    return year_bench.run(options, say)


def _listed(figures: Figures) -> Figures:
    say(list_of(figures))
    return figures


def matching(options: argparse.Namespace) -> Figures:
    """Quality and speed of the matching engine on public data, beside other searches."""
    return matching_bench.run(options, say)


BENCHES: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "pages": pages,
    "build": build,
    "worker": worker,
    "load": load,
    "imports": imports,
    "sweeps": sweeps,
    "matching": matching,
    "assignment": assignment,
    "encounters": encounters,
    "buzz": buzz,
    "year": year,
}


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _database(options: argparse.Namespace) -> str:
    return "PostgreSQL" if options.server else "SQLite"


def main() -> None:
    options = _parsed()
    if options.postgres:
        options.server = networks.find_postgres()
    figures = BENCHES[options.name](options)
    if options.json:
        options.json.write_text(as_json(figures), encoding="utf-8")


def _parsed() -> argparse.Namespace:
    names = "\n".join(f"  {name:10} {bench.__doc__}" for name, bench in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=f"{__doc__}\n\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=BENCHES, metavar="NAME")
    parser.add_argument("--size", choices=SIZES, help="of the network")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there")
    server = "a PostgreSQL server, where databases essaim_bench_* are made"
    parser.add_argument("--database", dest="server", default="", metavar="URL", help=server)
    parser.add_argument("--postgres", action="store_true", help="the server that tests would find")
    matching_bench.add_options(parser)
    year_bench.add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
