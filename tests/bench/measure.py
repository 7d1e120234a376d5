"""Measures every page and write of one network, in the process that its environment describes.

`python -m tests.bench.measure` is started by `scripts/bench pages`, once per size, on a copy.
"""

import statistics
import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from tests.bench.figures import Figure, Figures, as_json

ROUNDS = 3  # of twenty people each


def main() -> None:
    application = load()
    # Rows can be chosen only once Django is set up.
    from tests.bench import pages, writes
    from tests.bench.meter import UnexpectedAnswer, measure_reads, measure_writes

    costs = measure_reads(application, pages.visits(), rounds=ROUNDS)
    figures = figures_of(costs, pages.targets_of)
    planned = writes.writes()
    costs = measure_writes(application, [write.visit for write in planned])
    if undone := writes.undone(planned):
        raise UnexpectedAnswer("refused: " + "; ".join(undone))
    sys.stdout.write(as_json(figures | figures_of(costs, writes.targets_of)))


def load() -> Any:
    """The project as a web server loads it, with two empty views beside it."""
    settings.ROOT_URLCONF = "tests.bench.urls"
    from config.wsgi import application

    return application


def figures_of(costs: dict[str, Any], targets_of: Any) -> Figures:
    figures: Figures = {}
    for page, cost in costs.items():
        targets = targets_of(page)
        figures |= {
            f"{page}_queries": Figure(max(cost.queries), "queries", targets["queries"]),
            f"{page}_cpu_ms": Figure(round(cost.median_ms, 2), "ms", targets["cpu_ms"]),
            f"{page}_p95_ms": Figure(round(cost.p95_ms, 2), "ms"),
            f"{page}_kb": Figure(_kilobytes(cost.sent), "kB"),
            f"{page}_plain_kb": Figure(_kilobytes(cost.plain), "kB"),
        }
    return figures


def _kilobytes(sizes: Iterable[int]) -> float:
    return round(statistics.median(sizes) / 1_000, 1)


if __name__ == "__main__":
    main()
