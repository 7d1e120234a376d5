"""Friday, half past twelve: a hundred hives at once, a screen for each who is there, a real server.

Everything stays on loopback, and ends after four minutes of talk. In between all screens lose
their network at once, and the whole server is restarted.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

from tests.bench.buzz_screens import Host, Screen, Seen
from tests.bench.figures import Figure, Figures
from tests.bench.networks import ROOT, Network, empty
from tests.bench.servers import Server, free_port, processor_s, resident_mb, served

SECONDS = 240.0
CUT_AT, RESTART_AT = 80.0, 160.0
WEB_PROCESSES = 2
CLIENTS = 3_500
DELIVERY_S = 1.0
# How long the last screens have to get the last events.
LAST_WORDS = 20.0


def run(server: str) -> Figures:
    with empty("buzz", server) as network:
        _hall(network, "fill")
        # Read once before, as the worker does all along.
        network.run("manage.py", "reindex")
        plans = _hall(network, "ring")
        return asyncio.run(_friday(network, plans))


def _hall(network: Network, what: str) -> Any:
    command = [sys.executable, "-m", "tests.bench.buzz_hall", what]
    ran = subprocess.run(
        command, check=True, cwd=ROOT, env=network.environment, stdout=subprocess.PIPE, text=True
    )
    return json.loads(ran.stdout)


async def _friday(network: Network, plans: list[dict[str, Any]]) -> Figures:
    seen, port = Seen(), free_port()
    with ExitStack() as stack:
        running = stack.enter_context(_serve(network, port))
        [live] = running.live_processes()
        before = resident_mb(live)
        screens = _screens(plans, running, seen)
        listening = [asyncio.create_task(screen.live()) for screen in screens]
        await _all_open(screens)
        each = (resident_mb(live) - before) / len(screens)
        feeling = asyncio.create_task(seen.feel_the_machine())
        began, used = time.monotonic(), _used(running)
        rng = random.Random(1)
        talking = [asyncio.create_task(Host(plan, port, seen).run(SECONDS, rng)) for plan in plans]
        await _cut(screens)
        seen.cores = (_used(running) - used) / (time.monotonic() - began)
        await _restart(stack, network, port)
        await asyncio.gather(*talking)
        await _last_words(network, screens)
        for screen in screens:
            screen.over = True
        for task in (*listening, feeling):
            task.cancel()
    return _figures(seen, screens, _hall(network, "ends"), each)


def _serve(network: Network, port: int) -> Any:
    return served(network, web_processes=WEB_PROCESSES, port=port)


def _screens(plans: list[dict[str, Any]], running: Server, seen: Seen) -> list[Screen]:
    """Of those who are there, and a wall for each hive until there are enough."""
    people = [Screen(p["buzz"], key, seen, running.live_port) for p in plans for key in p["people"]]
    walls = [Screen(p["buzz"], p["host"], seen, running.live_port) for p in plans] * 2
    return [*people, *walls][:CLIENTS] if len(people) < CLIENTS else people[:CLIENTS]


async def _all_open(screens: list[Screen]) -> None:
    until = time.monotonic() + 90
    while not all(screen.open for screen in screens):
        if time.monotonic() > until:
            closed = sum(not screen.open for screen in screens)
            raise TimeoutError(f"{closed} screens of {len(screens)} found no open door")
        await asyncio.sleep(0.5)


def _used(running: Server) -> float:
    return sum(processor_s(pid) for pid in running.processes())


async def _cut(screens: list[Screen]) -> None:
    await asyncio.sleep(CUT_AT)
    say(f"all {len(screens)} screens lose their network")
    for screen in screens:
        screen.cut()
    await asyncio.sleep(RESTART_AT - CUT_AT)


async def _restart(stack: ExitStack, network: Network, port: int) -> None:
    say("the server is restarted")
    await asyncio.to_thread(stack.close)
    stack.enter_context(await asyncio.to_thread(_entered, network, port))


class _Entered:
    """A server started in a thread, stopped by the stack like the first one."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        self.context.__exit__(*error)


def _entered(network: Network, port: int) -> _Entered:
    context = _serve(network, port)
    context.__enter__()
    return _Entered(context)


async def _last_words(network: Network, screens: list[Screen]) -> None:
    ends = await asyncio.to_thread(_hall, network, "ends")
    until = time.monotonic() + LAST_WORDS
    while time.monotonic() < until:
        if all(screen.last >= max(ends[screen.buzz], default=0) for screen in screens):
            return
        await asyncio.sleep(0.5)


def _figures(seen: Seen, screens: list[Screen], ends: dict[str, list[int]], each: float) -> Figures:
    lost = sum(len(set(ends[screen.buzz]) - set(screen.got)) for screen in screens)
    doubled = sum(times - 1 for screen in screens for times in screen.got.values())
    for problem, times in seen.problems.most_common(10):
        say(f"{times} × {problem}")
    delays = sorted(delay for delay, _at in seen.delays)
    cuts = statistics.quantiles(delays, n=100)
    posts = statistics.quantiles(seen.posts, n=100)
    return {
        "clients": Figure(len(screens), "connections", CLIENTS),
        "hubs": Figure(len(ends), "hives", 100),
        "events": Figure(sum(map(len, ends.values())), "events"),
        "deliveries": Figure(sum(s.got.total() for s in screens), "events on screens"),
        "delivery_p50_s": Figure(round(cuts[49], 3), "s"),
        "delivery_p95_s": Figure(round(cuts[94], 3), "s", DELIVERY_S),
        "delivery_p99_s": Figure(round(cuts[98], 3), "s"),
        "delivery_max_s": Figure(round(delays[-1], 1), "s"),
        "machine_lag_p95_s": Figure(round(statistics.quantiles(seen.lags, n=100)[94], 3), "s"),
        "server_cores": Figure(round(seen.cores, 2), "cores"),
        "gesture_p95_s": Figure(round(posts[94], 3), "s"),
        "lost": Figure(lost, "events", 0),
        "doubled": Figure(doubled, "events", 0),
        "mb_per_client": Figure(round(each, 4), "MB"),
        "connections_made": Figure(seen.comings, "connections"),
        "buzz_problems": Figure(seen.problems.total(), "answers", 0),
    }


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
