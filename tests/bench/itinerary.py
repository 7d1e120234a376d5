"""Writes the visits of a network as JSON, for a client that knows nothing of Django."""

import json
import sys
from dataclasses import asdict

from tests.bench.measure import load


def main() -> None:
    load()
    from tests.bench import pages, writes

    reads = [visit for visit in pages.visits() if visit.data is None]
    planned = {"reads": reads, "writes": [write.visit for write in writes.writes()]}
    known = {
        kind: [asdict(visit) for visit in found if not visit.page.startswith("empty")]
        for kind, found in planned.items()
    }
    json.dump(known, sys.stdout, default=str)


if __name__ == "__main__":
    main()
