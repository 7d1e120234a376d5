"""From a file to an import: of its only list, or of the sheet that somebody chooses among several.

Each sheet is an import of its own, with its own columns, preview and undoing; they share the file.
"""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile as DjangoUploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import documents, journal, spreadsheets
from essaim.core.imports import headers, sheets
from essaim.core.imports.actions import check_right
from essaim.core.imports.documents import SPREADSHEET
from essaim.core.imports.kinds import KINDS, Kind
from essaim.core.models import Document, ImportLine, ImportRun, ImportState, Workbook
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.spreadsheets import Page, Row, Table
from essaim.core.states import Overtaken


class OnlyHeaders(Refusal):
    message = _("This file has headers, but no line under them. Nothing was imported.")


class SheetTaken(Refusal):
    message = _("This sheet was opened meanwhile, by you or by another host: go on from there.")


class UnderWay(Refusal):
    message = _("A sheet of this file is being read or written: wait until it is done.")


def receive_file(
    *, upload: "DjangoUploadedFile[Any]", kind: Kind | None, hub_id: UUID | None, by: Any
) -> ImportRun | Workbook:
    """The import of the list that is meant, or the sheets when that must be asked.

    `kind` is nothing when a whole workbook is brought.
    """
    _check_some_right(kind, hub_id, by)
    pages = spreadsheets.pages(upload)
    told = [sheets.described(page) for page in pages]
    upload.seek(0)
    meant = _meant(pages, told, kind)
    with transaction.atomic():
        document = documents.store(upload, purpose=SPREADSHEET, by=by, hub_id=hub_id)
        workbook = Workbook(document=document, sheets=told)
        if len(pages) > 1 or meant is None:
            workbook.save()
        if meant is None:
            return workbook
        page, meant_kind = meant
        return _open(document, page, meant_kind, by, sheet=page.title if len(pages) > 1 else "")


def _check_some_right(kind: Kind | None, hub_id: UUID | None, by: Any) -> None:
    if kind is not None:
        check_right(kind, hub_id, by)
    elif not any(each.place(by, hub_id) for each in KINDS.values()):
        raise NotAllowed


def _meant(
    pages: list[Page], told: list[sheets.Told], kind: Kind | None
) -> tuple[Page, Kind] | None:
    """The only sheet, or the only one that is a list; and of which kind it is."""
    if len(pages) == 1 and pages[0].refusal:
        raise pages[0].refusal
    lists = [number for number, sheet in enumerate(told) if sheet["kind"]]
    if len(pages) == 1 and kind is not None:
        return pages[0], kind
    if len(lists) != 1:
        return None
    found = KINDS[told[lists[0]]["kind"]]
    return (pages[lists[0]], found) if kind in (None, found) else None


def open_sheet(*, document: Document, title: str, kind: Kind, by: Any) -> ImportRun:
    """An import of one sheet of a file that is here already."""
    check_right(kind, document.hub_id, by)
    with document.file.open("rb") as file:
        page = spreadsheets.pages(file, title or None)[0]
    if page.refusal:
        raise page.refusal
    with transaction.atomic():
        _lock(document)
        if opened(document).filter(sheet=title).exists():
            raise SheetTaken
        return _open(document, page, kind, by, sheet=title)


def opened(document: Document) -> Any:
    """Its imports; a sheet whose import was taken back may be brought again."""
    return ImportRun.objects.filter(document=document).exclude(state=ImportState.UNDONE)


@transaction.atomic
def forget_workbook(*, document: Document, by: Any) -> None:
    """The file goes, with the imports of which nothing was written; those that are done stay."""
    _check_some_right(None, document.hub_id, by)
    _lock(document)
    runs = ImportRun.objects.filter(document=document)
    if runs.filter(state__in=AT_WORK).exists():
        raise UnderWay
    for run in runs.filter(state__in=UNWRITTEN):
        journal.record("drop_import", run, by=by, hub_id=run.hub_id)
        run.delete()
    document.delete()


AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
UNWRITTEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)


def _lock(document: Document) -> None:
    """Two hosts may hold the page of the same file open."""
    if Workbook.objects.select_for_update().filter(document=document).first() is None:
        raise Overtaken


def _open(document: Document, page: Page, kind: Kind, by: Any, *, sheet: str) -> ImportRun:
    run = _new_run(page.table, kind, document.hub_id)
    run.owner, run.document, run.name, run.sheet = by, document, document.name, sheet
    run.save()
    _keep_lines(run, page.table)
    journal.record("receive_import", run, by=by, hub_id=run.hub_id, lines=run.total)
    return run


def _new_run(table: Table, kind: Kind, hub_id: UUID | None) -> ImportRun:
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
