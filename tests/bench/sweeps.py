"""Seconds of each duty, for a worker that wakes up on a Friday afternoon in a network at work.

Once with all that time has made due since the network was built, once again with nothing left.
"""

import sys
import time
from datetime import datetime, timedelta

from tests.bench.figures import Figure, Figures, as_json
from tests.bench.networks import copied, prepared

# A duty keeps its worker from the others, and on SQLite may keep visitors from writing.
TARGET_S = 5.0
FRIDAY, AFTERNOON = 4, 15


def run(size: str, server: str) -> Figures:
    with copied(prepared(size, server)) as network:
        return network.figures("tests.bench.sweeps")


def main() -> None:
    import django

    django.setup()
    sys.stdout.write(as_json(measure()))


def measure() -> Figures:
    from essaim.core.duties import DUTIES

    now, found = friday_afternoon(), {}
    for planned in DUTIES.values():
        name = planned.task.__name__
        start, processor = time.perf_counter(), time.process_time()
        planned.task(now)
        found[f"{name}_s"] = _seconds(time.perf_counter() - start)
        found[f"{name}_cpu_s"] = _seconds(time.process_time() - processor, TARGET_S)
        processor = time.process_time()
        planned.task(now + timedelta(minutes=1))
        found[f"{name}_again_cpu_s"] = _seconds(time.process_time() - processor, TARGET_S)
    return found


def _seconds(value: float, target: float | None = None) -> Figure:
    return Figure(round(value, 2), "s", target)


def friday_afternoon() -> datetime:
    """The next one."""
    from django.utils import timezone

    today = timezone.localtime()
    day = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    return day.replace(hour=AFTERNOON, minute=0)


if __name__ == "__main__":
    main()
