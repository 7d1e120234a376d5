"""Measures the matching engine: `python -m tests.bench.matching --data DIR`."""

import argparse
import sys
from pathlib import Path

from tests.bench.figures import as_json
from tests.bench.matching.command import add_options, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there")
    options = parser.parse_args()
    figures = run(options, sys.stdout.write)
    if options.json:
        options.json.write_text(as_json(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
