"""Prints the address of a PostgreSQL server for tests, or fails.

Tries ESSAIM_TEST_POSTGRES, then a local server that trusts us, then starts a private one in .cache
from the server programs of this machine.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import psycopg

CLUSTER = Path(__file__).resolve().parent.parent / ".cache" / "postgres"
PORT = "54329"


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


def start_private_server() -> str | None:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        return None
    folder = programs[-1].parent
    # PostgreSQL refuses to run as root: its own user runs it then.
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if not CLUSTER.exists():
        CLUSTER.mkdir(parents=True)
        if owner:
            os.chown(CLUSTER, pwd.getpwnam("postgres").pw_uid, -1)
        run([*owner, str(folder / "initdb"), "-D", str(CLUSTER), "-U", "postgres", "-A", "trust"])
    options = f"-p {PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control = [*owner, str(folder / "pg_ctl"), "-D", str(CLUSTER), "-w", "-l", f"{CLUSTER}/log"]
    run([*control, "-o", options, "start"])
    return f"postgres://postgres@127.0.0.1:{PORT}/postgres"


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


def find() -> str | None:
    if given := os.environ.get("ESSAIM_TEST_POSTGRES"):
        return given if answers(given) else None
    for port in ("5432", PORT):
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        if answers(url):
            return url
    return start_private_server()


if __name__ == "__main__":
    url = find()
    print(url or "no PostgreSQL server found", file=sys.stdout if url else sys.stderr)
    sys.exit(0 if url else 1)
