"""People at work: some browsers ask a real server without a pause, reading mostly, writing too."""

import http.client
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.bench.figures import Figure, Figures
from tests.bench.networks import ROOT, Network, copied, prepared
from tests.bench.servers import Server, resident_mb, served, shared_out_mb

BROWSERS = 8
SECONDS = 60
WRITES_IN_100 = 10
MEMORY_MB = 130.0

Visits = list[dict[str, Any]]


@dataclass
class Seen:
    """What the browsers met."""

    times: list[float] = field(default_factory=list)
    write_times: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)


def itinerary(network: Network) -> tuple[Visits, Visits]:
    command = [sys.executable, "-m", "tests.bench.itinerary"]
    ran = subprocess.run(
        command, check=True, cwd=ROOT, env=network.environment, stdout=subprocess.PIPE, text=True
    )
    planned = json.loads(ran.stdout)
    return planned["reads"], planned["writes"]


def memory(size: str, server: str) -> Figures:
    """Of a web process that has shown every page, and of the worker beside it."""
    with copied(prepared(size, server)) as network:
        reads, writes = itinerary(network)
        with served(network, web_processes=1) as running:
            seen = Seen()
            for visit in [*reads, *writes, *reads]:
                _ask(running.port, visit, seen)
            return _weighed(running, seen)


def _weighed(running: Server, seen: Seen) -> Figures:
    [web], [duties] = running.web_processes(), running.duty_processes()
    together = sum(shared_out_mb(pid) for pid in running.processes())
    return {
        "worker_mb": Figure(round(resident_mb(web), 1), "MB", MEMORY_MB),
        "worker_pss_mb": Figure(round(shared_out_mb(web), 1), "MB"),
        "duty_worker_mb": Figure(round(resident_mb(duties), 1), "MB", MEMORY_MB),
        "all_processes_mb": Figure(round(together, 1), "MB"),
        "worker_errors": Figure(seen.problems.total(), "errors", 0),
    }


def run(size: str, server: str, *, seconds: float = SECONDS) -> Figures:
    with copied(prepared(size, server)) as network:
        reads, writes = itinerary(network)
        with served(network, web_processes=2) as running:
            for visit in reads[:: max(len(reads) // 60, 1)]:
                _ask(running.port, visit, Seen())
            seen = _together(running.port, reads, writes, seconds)
    for problem, count in seen.problems.most_common(10):
        sys.stderr.write(f"{count} × {problem}\n")
    return _figures(seen, seconds)


def _together(port: int, reads: Visits, writes: Visits, seconds: float) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    left = list(writes)
    random.Random(1).shuffle(left)
    browsers = [
        threading.Thread(target=_browse, args=(port, reads, left, seen, until, number))
        for number in range(BROWSERS)
    ]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    return seen


def _browse(
    port: int, reads: Visits, left: Visits, seen: Seen, until: float, number: int
) -> None:  # fmt: skip
    chance = random.Random(number)
    while time.monotonic() < until:
        writes = chance.random() * 100 < WRITES_IN_100
        try:
            visit = left.pop() if writes else chance.choice(reads)
        except IndexError:
            continue
        _ask(port, visit, seen)


def _ask(port: int, visit: dict[str, Any], seen: Seen) -> None:
    writes = visit["data"] is not None
    body = urlencode(visit["data"] or {}, doseq=True) if writes else None
    started = time.perf_counter()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        method = "POST" if writes else "GET"
        connection.request(method, visit["path"], body, _headers(visit["cookies"]))
        response = connection.getresponse()
        response.read()
        connection.close()
    except OSError as error:
        seen.problems[f"{visit['page']}: {error!r}"] += 1
        return
    (seen.write_times if writes else seen.times).append(time.perf_counter() - started)
    if response.status != visit["status"]:
        seen.problems[f"{visit['page']}: {response.status}"] += 1


def _headers(cookies: dict[str, str]) -> dict[str, str]:
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies.get("csrftoken", ""),
        "Accept-Encoding": "gzip",
        "Accept-Language": "fr",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def _figures(seen: Seen, seconds: float) -> Figures:
    everything = [*seen.times, *seen.write_times]
    found = {
        "load_errors": Figure(seen.problems.total(), "errors", 0),
        "load_requests_per_s": Figure(round(len(everything) / seconds, 1), "/s"),
        "load_writes": Figure(len(seen.write_times), "writes"),
        "load_p50_ms": Figure(_percentile(everything, 50), "ms"),
        "load_p95_ms": Figure(_percentile(everything, 95), "ms"),
        "load_p99_ms": Figure(_percentile(everything, 99), "ms"),
    }
    if len(seen.write_times) > 1:
        found["load_write_p95_ms"] = Figure(_percentile(seen.write_times, 95), "ms")
    return found


def _percentile(times: list[float], share: int) -> float:
    return round(statistics.quantiles(times, n=100, method="inclusive")[share - 1] * 1_000, 1)
