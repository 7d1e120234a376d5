"""One file that holds everything an installation must not lose: its database and its documents.

The matching index and the static files are not in it: both are made again from the rest.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from essaim.core import erasures

SQLITE = "essaim.sqlite3"
POSTGRES = "essaim.pgdump"


class BackupFailed(Exception):
    pass


def latest() -> datetime | None:
    times = [path.stat().st_mtime for path in erasures.folder().glob("*.tar.gz")]
    return datetime.fromtimestamp(max(times)).astimezone() if times else None


def back_up(target: Path) -> None:
    """Writes the archive beside `target` first: a half-written one is never taken for it.

    The record of the erased goes beside it, never into it: it must know of erasures to come.
    """
    erasures.note_from_database()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        dump = Path(scratch) / (SQLITE if connection.vendor == "sqlite" else POSTGRES)
        _dump(dump)
        half = Path(scratch) / "archive"
        with tarfile.open(half, "w:gz") as archive:
            archive.add(dump, dump.name)
            if Path(settings.MEDIA_ROOT).exists():
                archive.add(settings.MEDIA_ROOT, "documents")
        half.chmod(0o600)
        half.replace(target)
    erasures.take_along(target.parent)


def _dump(path: Path) -> None:
    if connection.vendor == "sqlite":
        # SQLite's own copy is consistent while others write.
        connection.ensure_connection()
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={path}"])


def restore(source: Path) -> None:
    """Puts the archive's database and documents in place of those of this installation.

    The database may be of an older version: `erasures.replay` waits for its migrations.
    """
    erasures.note_from_database()
    erasures.bring(source)
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(source) as archive:
        # The filter refuses links and paths that lead out of the folder.
        archive.extractall(scratch, filter="data")
        _load(Path(scratch))
        documents = Path(scratch) / "documents"
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        if documents.exists():
            shutil.copytree(documents, settings.MEDIA_ROOT)


def _load(scratch: Path) -> None:
    wanted = SQLITE if connection.vendor == "sqlite" else POSTGRES
    dump = scratch / wanted
    if not dump.exists():
        raise BackupFailed(
            "This backup is of the other kind of database. Restore it on that kind, "
            "then use `essaim move-to-postgres`."
        )
    if connection.vendor == "sqlite":
        _load_sqlite(dump)
    else:
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", str(dump)])


def _load_sqlite(dump: Path) -> None:
    connection.ensure_connection()
    with sqlite3.connect(dump) as copy:
        copy.backup(connection.connection)
    copy.close()
    connections.close_all()


def _run(command: list[str]) -> None:
    """The address goes by the environment: on the command line other users could read it."""
    database: dict[str, Any] = connection.settings_dict
    environment = os.environ | {
        "PGDATABASE": str(database["NAME"]),
        "PGHOST": str(database["HOST"] or ""),
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": str(database["USER"] or ""),
        "PGPASSWORD": str(database["PASSWORD"] or ""),
    }
    if command[0] == "pg_restore":
        command = [command[0], f"--dbname={database['NAME']}", *command[1:]]
    if shutil.which(command[0]) is None:
        raise BackupFailed(f"{command[0]} is not installed (package postgresql-client).")
    connections.close_all()
    done = subprocess.run(  # noqa: S603
        command, check=False, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise BackupFailed(done.stderr.strip())
