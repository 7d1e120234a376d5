"""A real `essaim serve` on a free port, and what its processes hold in memory."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench.networks import ROOT, Network

START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def live_port(self) -> int:
        return self.port + 1

    def processes(self) -> list[int]:
        """The web processes' parent, the web processes and the worker, but not the starter."""
        return list(_descendants(self.process.pid))

    def web_processes(self) -> list[int]:
        """Those that answer visitors: the children of the parent that only watches them."""
        return self._workers_of("config.wsgi")

    def live_processes(self) -> list[int]:
        """Those that hold the screens of the Buzz."""
        return self._workers_of("config.asgi")

    def _workers_of(self, door: str) -> list[int]:
        parents = [pid for pid in _children(self.process.pid) if door in _command(pid)]
        return [child for parent in parents for child in _children(parent)]

    def duty_processes(self) -> list[int]:
        return [pid for pid in _children(self.process.pid) if "granian" not in _command(pid)]


@contextmanager
def served(network: Network, *, web_processes: int, port: int | None = None) -> Iterator[Server]:
    port = port or free_port()
    command = [sys.executable, "-m", "config", "serve"]
    command += ["--port", str(port), "--workers", str(web_processes)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=network.environment, stdout=sys.stderr, stderr=sys.stderr
    )
    try:
        until_it_answers(port, "/compte/login/", 200)
        until_it_answers(port + 1, "/", 404)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def resident_mb(pid: int) -> float:
    return _smaps(pid, "Rss") / 1_000


def processor_s(pid: int) -> float:
    """Seconds of processor that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def shared_out_mb(pid: int) -> float:
    """Memory where what several processes share is divided among them (PSS)."""
    return _smaps(pid, "Pss") / 1_000


def _smaps(pid: int, name: str) -> int:
    """In units of 1,000 bytes, from the kernel's of 1,024."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1_024 // 1_000
    raise LookupError(name)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in listed for child in task.read_text().split()]


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def free_port() -> int:
    """One whose next is free as well: live events are served there."""
    for _ in range(20):
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with suppress(OSError, OverflowError):
                beside.bind(("127.0.0.1", port + 1))
                return port
    raise OSError("no two free ports beside each other")


def until_it_answers(port: int, path: str, status: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as door:
            door.timeout = 5
            door.request("GET", path)
            with door.getresponse() as answer:
                if answer.status == status:
                    return
        time.sleep(0.2)
    raise TimeoutError(f"no answer on port {port} after {START_SECONDS} s")
