"""Bringing a spreadsheet in, as the pages do, for the tests of every kind."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from essaim.core.imports import actions, checking, receiving, running, undoing
from essaim.core.imports.kinds import KINDS
from essaim.core.models import ImportLine, ImportRun


def receive(kind: str, text: str | bytes, *, by: Any, hub_id: UUID | None = None) -> ImportRun:
    raw = text.encode() if isinstance(text, str) else text
    upload = SimpleUploadedFile("liste.csv", raw)
    run = receiving.receive_file(upload=upload, kind=KINDS[kind], hub_id=hub_id, by=by)
    assert isinstance(run, ImportRun)
    return run


def check(run: ImportRun) -> ImportRun:
    actions.name_columns(run=run, mapping=run.mapping, by=run.owner)
    checking.check(run.pk)
    run.refresh_from_db()
    return run


def bring(kind: str, text: str | bytes, *, by: Any, hub_id: UUID | None = None) -> ImportRun:
    """Received and checked."""
    return check(receive(kind, text, by=by, hub_id=hub_id))


def write(run: ImportRun, mode: str = "good") -> ImportRun:
    actions.start(run=run, mode=mode, by=run.owner)
    running.work(run.pk)
    run.refresh_from_db()
    return run


def take_back(run: ImportRun) -> ImportRun:
    actions.take_back(run=run, by=run.owner)
    undoing.undo(run.pk)
    run.refresh_from_db()
    return run


def line(run: ImportRun, number: int) -> ImportLine:
    return run.lines.get(number=number)


def said(run: ImportRun, number: int) -> list[str]:
    """The msgids of what is said against a line."""
    return [kept["text"] for kept in line(run, number).problems]
