"""Ranks the public benchmarks and times the index: `python -m tests.bench.matching DATA_DIR`."""

import argparse
import sys
from pathlib import Path

from tests.bench.figures import as_json
from tests.bench.matching.report import figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--sample", type=int, help="questions per benchmark; all of them if unset")
    parser.add_argument("--sizes", type=int, nargs="*", default=[16_000, 100_000])
    options = parser.parse_args()
    found = figures(options.data, options.sample, options.sizes)
    for name, figure in found.items():
        sys.stdout.write(f"{name:32} {figure.value:>10} {figure.unit}\n")
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")


if __name__ == "__main__":
    main()
