"""Who was erased and when, outside the database and outside its backups: ids and moments only.

A backup made before an erasure still holds the person. The record lies beside the archives, so that
whoever copies them takes it along; `essaim restore` and `essaim prepare` read it and erase again.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.utils import timezone

NAME = "erased.txt"
LINE = re.compile(r"^(\S+) ([0-9a-f-]{36})$", re.MULTILINE)

# Never through a link that somebody laid.
APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)

# Forgets the person; False when there is nobody to forget any more.
Eraser = Callable[[UUID], bool]
ERASERS: list[Eraser] = []


class ForeignRecord(Exception):
    """The record beside an archive is a link, or belongs to a stranger."""


def register(eraser: Eraser) -> Eraser:
    ERASERS.append(eraser)
    return eraser


def folder() -> Path:
    return Path(settings.VAR_DIR) / "backups"


def note(person_id: UUID) -> None:
    _add({person_id: timezone.now().isoformat(timespec="seconds")}, folder())


def noted(where: Path | None = None) -> dict[UUID, str]:
    """When each was erased, by their id."""
    path = (where or folder()) / NAME
    found = LINE.findall(path.read_text()) if path.exists() else []
    return {UUID(pk): at for at, pk in found}


def note_from_database() -> None:
    """For those whose line was lost: a crash after the commit, another machine's disk."""
    erased = get_user_model()._default_manager.filter(state="erased")
    at = timezone.now().isoformat(timespec="seconds")
    try:
        _add(dict.fromkeys(erased.values_list("pk", flat=True), at), folder())
    except DatabaseError:
        return  # empty, or broken: that is why one restores


def beside(archive: Path) -> set[UUID]:
    """Whom the record beside an archive knows, and ours does not.

    Erasing cannot be undone: a record put there by somebody else than the archive is not believed.
    """
    path = archive.parent / NAME
    if path.is_symlink() or (path.exists() and not _is_of_one_hand(path, archive)):
        raise ForeignRecord
    return noted(archive.parent).keys() - noted().keys()


def bring(archive: Path) -> None:
    """Notes here those whom the record beside an archive knows."""
    found = noted(archive.parent)
    _add({person_id: found[person_id] for person_id in beside(archive)}, folder())


def take_along(there: Path) -> None:
    _add(noted(), there)


def replay() -> int:
    """Erases again those whom a backup brought back; tells how many."""
    return sum(eraser(person_id) for person_id in noted() for eraser in ERASERS)


def _add(erased: dict[UUID, str], where: Path) -> None:
    """Appends those who are not there, and waits for the disk."""
    known = noted(where)
    lines = [f"{at} {pk}\n" for pk, at in erased.items() if pk not in known]
    if not lines:
        return
    where.mkdir(parents=True, exist_ok=True)
    # A line that a crash cut short stays alone on its line.
    start = "\n" if _is_cut_short(where / NAME) else ""
    descriptor = os.open(where / NAME, APPENDING, 0o600)
    with os.fdopen(descriptor, "w") as record:
        record.write(start + "".join(lines))
        record.flush()
        os.fsync(descriptor)


def _is_cut_short(path: Path) -> bool:
    return path.exists() and not path.read_bytes().endswith(b"\n")


def _is_of_one_hand(path: Path, archive: Path) -> bool:
    owners = {archive.stat().st_uid, os.getuid() if hasattr(os, "getuid") else 0}
    return path.stat().st_uid in owners
