"""Eight processes write at once: no lost update, no lock left to the user."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os
import django
django.setup()
from django.db import connection, transaction
for _ in range(7):
    if not os.fork():
        break
for _ in range(25):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT value FROM counter")
            value = cursor.fetchone()[0]
            cursor.execute("UPDATE counter SET value = %s", [value + 1])
"""


@pytest.mark.concurrency
def test_read_then_write_loses_nothing(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "counter.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE counter (value integer)")
        database.execute("INSERT INTO counter VALUES (0)")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ESSAIM_DATABASE_URL": f"sqlite:///{path}",
    }

    command = [sys.executable, "-c", SCRIPT]
    # The error stream ends with the last of them.
    done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT value FROM counter").fetchone() == (200,)
