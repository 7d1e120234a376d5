"""What a person does with an import, from the file to the undoing."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile as DjangoUploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import documents, journal, outbox, spreadsheets
from essaim.core.ids import uuid7
from essaim.core.imports import headers
from essaim.core.imports.documents import SPREADSHEET
from essaim.core.imports.kinds import KINDS, Kind
from essaim.core.models import (
    IMPORT,
    Decision,
    ImportLine,
    ImportMode,
    ImportRun,
    ImportState,
)
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.spreadsheets import Row, Table
from essaim.core.states import Overtaken


class OnlyHeaders(Refusal):
    message = _("This file has headers, but no line under them. Nothing was imported.")


class ColumnMissing(Refusal):
    text = _("Say which column holds “%(column)s”: without it no line can be imported.")


class ColumnTwice(Refusal):
    text = _("Two columns are said to be “%(column)s”: keep one of them.")


class NothingToWrite(Refusal):
    message = _("There is no line to import.")


class NotWhole(Refusal):
    message = _(
        "“All or none” needs every line to be in order and decided. Mend those listed, or import "
        "the good lines only."
    )


class DecisionImpossible(Refusal):
    message = _("This cannot be decided for that line.")


class TooLateToUndo(Refusal):
    message = _("The lines of this import are no longer kept: it cannot be taken back.")


def check_right(kind: Kind, hub_id: UUID | None, by: Any) -> None:
    if kind.place(by, hub_id) is None:
        raise NotAllowed


def receive_file(
    *, upload: "DjangoUploadedFile[Any]", kind: Kind, hub_id: UUID | None, by: Any
) -> ImportRun:
    check_right(kind, hub_id, by)
    table = spreadsheets.read(upload)
    upload.seek(0)
    with transaction.atomic():
        document = documents.store(upload, purpose=SPREADSHEET, by=by, hub_id=hub_id)
        run = _open_run(table, kind, hub_id)
        run.owner, run.document, run.name = by, document, document.name
        run.save()
        _keep_lines(run, table)
        journal.record("receive_import", run, by=by, hub_id=hub_id, lines=run.total)
    return run


def _open_run(table: Table, kind: Kind, hub_id: UUID | None) -> ImportRun:
    top = headers.find(table.rows, kind.fields)
    del table.rows[:top]
    if len(table.rows) < 2:
        raise OnlyHeaders
    named = _named(table.rows)
    mapping = headers.recognise(named, kind.fields, remembered(kind, hub_id))
    return ImportRun(
        kind=kind.code,
        hub_id=hub_id,
        headers=named,
        mapping=mapping,
        remarks=[remark.kept() for remark in table.remarks],
        total=len(table.rows) - 1,
    )


def _named(rows: list[Row]) -> list[str]:
    """Headers as wide as the widest line: a column without a name can still be chosen."""
    width = max(len(row.cells) for row in rows)
    cells = [cell[:120] for cell in rows[0].cells]
    return cells + [""] * (width - len(cells))


def _keep_lines(run: ImportRun, table: Table) -> None:
    ImportLine.objects.bulk_create(
        (
            ImportLine(
                run=run, number=row.number, cells=list(row.cells), formulas=sorted(row.formulas)
            )
            for row in table.rows[1:]
        ),
        batch_size=500,
    )


def remembered(kind: Kind, hub_id: UUID | None) -> dict[str, str]:
    """How the columns were named by hand the last time, here, for this kind."""
    last = (
        ImportRun.objects.filter(kind=kind.code, hub_id=hub_id)
        .exclude(state=ImportState.UPLOADED)
        .order_by("-created_at")
        .first()
    )
    if last is None:
        return {}
    known = {field.code for field in kind.fields}
    pairs = zip(last.headers, last.mapping, strict=False)
    return {headers.plain(name): code for name, code in pairs if name and code in known}


def name_columns(*, run: ImportRun, mapping: list[str], by: Any) -> None:
    """Says what each column is, and has the lines checked."""
    kind = KINDS[run.kind]
    check_right(kind, run.hub_id, by)
    for field in kind.fields:
        times = mapping.count(field.code)
        if times > 1:
            raise ColumnTwice(str(ColumnTwice.text) % {"column": field.label})
        if field.required and not times:
            raise ColumnMissing(str(ColumnMissing.text) % {"column": field.label})
    with transaction.atomic():
        IMPORT.fire(run, "check", mapping=mapping, position=0)
        _put(run, "import_check")


@transaction.atomic
def decide(*, run: ImportRun, number: int, decision: str, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.CHECKED)
    line = run.lines.filter(number=number, problems=[]).first()
    if line is None or decision not in choices_for(line):
        raise DecisionImpossible
    run.lines.filter(number=number).update(decision=decision)


@transaction.atomic
def decide_all(*, run: ImportRun, sure: bool, decision: str, by: Any) -> int:
    """One answer for all the lines that are surely, or perhaps, about something already here."""
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.CHECKED)
    if decision not in allowed_decisions(sure=sure):
        raise DecisionImpossible
    alike = run.lines.filter(problems=[], duplicate_id__isnull=False, sure=sure)
    return alike.update(decision=decision)


def choices_for(line: ImportLine) -> tuple[str, ...]:
    if line.duplicate_id is None:
        return (Decision.CREATE, Decision.SKIP)
    return allowed_decisions(sure=line.sure)


def allowed_decisions(*, sure: bool) -> tuple[str, ...]:
    """What is surely the same (one address, one SIRET) cannot stand here twice."""
    common = (Decision.FILL, Decision.REPLACE, Decision.SKIP)
    return common if sure else (*common, Decision.CREATE)


@transaction.atomic
def start(*, run: ImportRun, mode: str, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    if mode not in ImportMode.values:
        raise DecisionImpossible
    _locked(run, ImportState.CHECKED)
    if mode == ImportMode.ALL and run.lines.exclude(problems=[], decision__gt="").exists():
        raise NotWhole
    if not run.lines.filter(problems=[]).exclude(decision__in=("", Decision.SKIP)).exists():
        raise NothingToWrite
    IMPORT.fire(run, "run", mode=mode, position=0)
    journal.record("start_import", run, by=by, hub_id=run.hub_id, lines=run.total)
    _put(run, "import_run")


def take_back(*, run: ImportRun, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    if not run.lines.exists():
        raise TooLateToUndo
    with transaction.atomic():
        IMPORT.fire(run, "undo", position=0)
        journal.record("undo_import", run, by=by, hub_id=run.hub_id)
        _put(run, "import_undo")


@transaction.atomic
def drop(*, run: ImportRun, by: Any) -> None:
    """Forgets an import of which nothing was written."""
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
    journal.record("drop_import", run, by=by, hub_id=run.hub_id)
    document = run.document
    run.delete()
    if document is not None:
        document.delete()


def _locked(run: ImportRun, *states: ImportState) -> ImportRun:
    """As it stands now, until the end of the action: two hosts may hold the same page open."""
    rows = ImportRun.objects.select_for_update()
    now: ImportRun | None = rows.filter(pk=run.pk, state__in=states).first()
    if now is None:
        raise Overtaken
    return now


def _put(run: ImportRun, errand: str) -> None:
    outbox.put(errand, {"run": str(run.pk)}, key=f"{errand}:{uuid7()}")
