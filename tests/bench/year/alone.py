"""One year in the process that its environment describes: `python -m tests.bench.year.alone`."""

import gc
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.bench.figures import Figure, Figures, as_json
from tests.bench.year.assumed import LEVELS, MOVED

# A year whose holidays are all to come.
FIRST_DAY = datetime(2027, 1, 4, 7, tzinfo=ZoneInfo("Europe/Paris"))


def main() -> None:
    import django

    django.setup()
    gc.set_threshold(50_000)  # rows come and go by the thousand
    _module, name, seed, weeks = sys.argv
    sys.stdout.write(as_json(measure(name, seed=int(seed), weeks=int(weeks))))


def measure(name: str, *, seed: int, people: int = 100, weeks: int = 52) -> Figures:
    from tests.bench.year import clock as clocks
    from tests.bench.year import rules
    from tests.bench.year.days import live
    from tests.bench.year.outcome import figures_of

    started, processor = time.perf_counter(), time.process_time()
    clock = clocks.Clock(FIRST_DAY)
    assumed = {**LEVELS, **MOVED}.get(name, LEVELS["middle"])
    with clocks.on(clock), rules.in_force(name):
        year = live(clock, assumed, seed=seed, people=people, weeks=weeks)
        found = figures_of(year)
    found["year_s"] = Figure(round(time.perf_counter() - started, 1), "s")
    found["year_cpu_s"] = Figure(round(time.process_time() - processor, 1), "s", 120)
    sys.stderr.write(f"{name}: {dict(year.life.refused)} {dict(year.watch.broken)}\n")
    return found


if __name__ == "__main__":
    main()
