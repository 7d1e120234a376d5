"""Demonstration networks to measure on: built once, kept in .cache/bench, never measured directly.

Each measure gets its own copy, so that writes are real, committed, and gone afterwards.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.bench.figures import Figures, read_json

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
GENERATOR = ("essaim/home/demo", "essaim/home/management/commands/demo.py", "essaim/people/data")
# The demonstration is told from the day of its building: an old one has no needs of this week.
FRESH_FOR = 5 * 24 * 3600


@dataclass(frozen=True)
class Network:
    """One installation: its files and its database. `server` is empty on SQLite."""

    size: str
    folder: Path
    server: str = ""
    name: str = ""

    @property
    def vendor(self) -> str:
        return "postgresql" if self.server else "sqlite"

    @property
    def environment(self) -> dict[str, str]:
        given = {key: value for key, value in os.environ.items() if not key.startswith("ESSAIM_")}
        given |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ESSAIM_VAR": str(self.folder),
            "ESSAIM_LOG_LEVEL": "WARNING",
        }
        if self.server:
            parts = urlsplit(self.server)
            given["ESSAIM_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{self.name}"))
        return given

    def figures(self, module: str, *arguments: str) -> Figures:
        """What a module of the benches measures there, in a process of its own."""
        command = [sys.executable, "-m", module, *arguments]
        ran = subprocess.run(
            command, check=True, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        return read_json(ran.stdout)

    def run(self, *arguments: str) -> None:
        """Runs a command of the project there; what it says goes to our error stream."""
        command = [sys.executable, *arguments]
        subprocess.run(command, check=True, cwd=ROOT, env=self.environment, stdout=sys.stderr)


def network_of(size: str, server: str = "") -> Network:
    vendor = "postgresql" if server else "sqlite"
    return Network(size, CACHE / f"{size}-{vendor}", server, f"essaim_bench_{size.lower()}")


def find_postgres() -> str:
    found = [sys.executable, str(ROOT / "scripts" / "find_postgres.py")]
    return subprocess.run(found, check=True, capture_output=True, text=True).stdout.strip()


def prepared(size: str, server: str = "") -> Network:
    """The network of that size, built if it is not there or was built by another generator."""
    network = network_of(size, server)
    if not _is_usable(network):
        build(network)
    # New migrations and static files are brought to an old network, which stays as it is.
    network.run("manage.py", "prepare")
    return network


def build(network: Network) -> float:
    """Builds from nothing; tells the seconds it took."""
    _create(network)
    started = time.monotonic()
    network.run("manage.py", "demo", "--size", network.size)
    seconds = time.monotonic() - started
    _stamp(network).write_text(_fingerprint())
    return seconds


def _create(network: Network) -> None:
    drop(network)
    network.folder.mkdir(parents=True)
    if network.server:
        _on_server(network.server, "CREATE DATABASE {}", network.name)
    network.run("manage.py", "prepare")


@contextmanager
def empty(name: str, server: str = "") -> Iterator[Network]:
    """An installation without anybody, removed at the end."""
    network = network_of(name, server)
    _create(network)
    try:
        yield network
    finally:
        drop(network)


def drop(network: Network) -> None:
    shutil.rmtree(network.folder, ignore_errors=True)
    if network.server:
        _on_server(network.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", network.name)


@contextmanager
def copied(network: Network) -> Iterator[Network]:
    """A copy to write into, removed at the end."""
    copy = Network(
        network.size,
        network.folder.with_name(network.folder.name + "-copy"),
        network.server,
        network.name + "_copy",
    )
    drop(copy)
    shutil.copytree(network.folder, copy.folder)
    if network.server:
        _on_server(network.server, "CREATE DATABASE {} TEMPLATE {}", copy.name, network.name)
    try:
        yield copy
    finally:
        drop(copy)


def _is_usable(network: Network) -> bool:
    stamp = _stamp(network)
    if not stamp.exists() or time.time() - stamp.stat().st_mtime > FRESH_FOR:
        return False
    there = not network.server or network.name in _databases(network.server)
    return there and stamp.read_text() == _fingerprint()


def _stamp(network: Network) -> Path:
    return network.folder / "built-by"


def _fingerprint() -> str:
    """Of the code and texts that decide what is generated."""
    digest = hashlib.sha256()
    for name in GENERATOR:
        place = ROOT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _databases(server: str) -> set[str]:
    with psycopg.connect(server, autocommit=True) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def _on_server(server: str, statement: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def rows(network: Network) -> int:
    """How many rows all the tables hold together."""
    code = (
        "from django.apps import apps;"
        "print(sum(m._base_manager.count() for m in apps.get_models(include_auto_created=True)))"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    ran = subprocess.run(
        command, check=True, cwd=ROOT, env=network.environment, stdout=subprocess.PIPE, text=True
    )
    return int(ran.stdout)


def bytes_of(network: Network) -> int:
    """Of the database and of the files beside it."""
    files = sum(path.stat().st_size for path in network.folder.glob("*.sqlite3*"))
    if not network.server:
        return files
    with psycopg.connect(network.server) as connection:
        [size] = connection.execute("SELECT pg_database_size(%s)", [network.name]).fetchone() or [0]
    return files + int(size)
