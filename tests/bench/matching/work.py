"""Runs jobs in two processes at most, and draws how far they are."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from typing import TypeVar

T = TypeVar("T")
Tick = Callable[[], None]
Job = Callable[[Tick], T]

PROCESSES = 2
WIDTH = 40


class _Counter:
    """How many questions the processes have answered; shared with those that are started."""

    shared: "Synchronized[int] | None" = None


def run(jobs: Sequence[Job[T]], total: int) -> list[T]:
    """The results in the order of the jobs; each of `total` questions is one tick.

    Give the longest job first: the other process takes what remains.
    """
    context = get_context("spawn")
    done = context.Value("q", 0)
    bar = Bar(total)
    with ProcessPoolExecutor(PROCESSES, context, _begin, (done,)) as pool:
        futures = [pool.submit(_do, job) for job in jobs]
        while wait(futures, timeout=0.5).not_done:
            bar.show(done.value)
        results = [future.result() for future in futures]
    bar.show(total)
    return results


def _begin(done: "Synchronized[int]") -> None:
    # One core each: a library of vectors would otherwise take them all.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    _Counter.shared = done


def _do(job: Job[T]) -> T:
    return job(tick)


def tick() -> None:
    """One more question answered, by this process."""
    if _Counter.shared is not None:
        with _Counter.shared.get_lock():
            _Counter.shared.value += 1


class Bar:
    """On a terminal a bar that moves; elsewhere a line every tenth."""

    def __init__(self, total: int) -> None:
        self._total, self._tenth, self._started = max(total, 1), 0, time.monotonic()

    def show(self, done: int) -> None:
        share = min(done / self._total, 1.0)
        seconds = time.monotonic() - self._started
        told = f"{share:4.0%} of {self._total} questions, {seconds:.0f} s"
        if sys.stderr.isatty():
            filled = "#" * round(share * WIDTH)
            sys.stderr.write(f"\r[{filled:{WIDTH}}] {told}" + ("\n" if share == 1 else ""))
        elif int(share * 10) > self._tenth:
            self._tenth = int(share * 10)
            sys.stderr.write(f"{told}\n")
        sys.stderr.flush()
