"""A measure in a process of its own, whose peak of memory is its own."""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """`answer` is what was computed, reduced to a number."""

    seconds: float
    cpu_seconds: float
    answer: float
    megabytes: float


def apart(measure: Callable[[], Measured]) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure)


def timed(solve: Callable[[], float]) -> Measured:
    started, cpu_started = time.perf_counter(), time.process_time()
    answer = solve()
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    unit = 1e6 if sys.platform == "darwin" else 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return Measured(seconds, cpu_seconds, answer, peak)
