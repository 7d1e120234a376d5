"""Files to take away: a kind's lines, its empty template, and the lines to be mended."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from essaim.core.documents import CSV, XLSX
from essaim.core.imports.kinds import Kind, Place
from essaim.core.imports.readings import NOTE, READINGS, Reading
from essaim.core.models import ImportLine, ImportRun
from essaim.core.spreadsheets import Sheet, csv_chunks, xlsx_file

# Addresses and phones do not stay in the browser of a shared machine.
NOT_KEPT = {"Cache-Control": "no-store"}

Cells = list[str]


def exported(kind: Kind, viewer: Any, hub_id: UUID | None) -> Iterator[Cells]:
    yield [str(field.label) for field in kind.fields]
    for line in kind.export(viewer, hub_id):
        yield [line.get(field.code, "") for field in kind.fields]


def template(kind: Kind) -> Iterator[Cells]:
    yield [str(field.label) for field in kind.fields]


def explained(kind: Kind) -> Iterator[Cells]:
    """The second sheet of a template: it is told to be aside when the file comes back."""
    yield [_("Column"), _("Needed"), _("What to write")]
    for field in kind.fields:
        yield [str(field.label), _("yes") if field.required else "", str(field.help)]


def problems(run: ImportRun) -> Iterator[Cells]:
    yield [_("Line"), _("Reason"), *map(str, run.headers)]
    for line in bad_lines(run):
        for problem in line.told_problems:
            yield [str(line.number), str(problem), *_padded(line, run)]


def to_mend(run: ImportRun) -> Iterator[Cells]:
    """The bad lines as they came: mended here, this file is imported again."""
    yield [str(name) for name in run.headers]
    for line in bad_lines(run):
        yield _padded(line, run)


def bad_lines(run: ImportRun) -> Iterable[ImportLine]:
    return run.lines.exclude(problems=[]).order_by("number").iterator()


def _padded(line: ImportLine, run: ImportRun) -> Cells:
    return [*line.cells, *[""] * (len(run.headers) - len(line.cells))]


def whole(kinds: Iterable[Kind], place: Place, viewer: Any) -> HttpResponseBase:
    """A workbook with a sheet for each list, then those that are only to be read."""
    sheets = [
        Sheet(
            str(kind.name),
            exported(kind, viewer, place.hub_id),
            [field.width for field in kind.fields],
        )
        for kind in kinds
    ]
    for reading in READINGS.values():
        widths = [width for _name, width in reading.columns]
        sheets.append(
            Sheet(str(reading.name), _read_only(reading, viewer, place.hub_id), widths, heads=2)
        )
    return _workbook(str(place.name), *sheets)


def _read_only(reading: Reading, viewer: Any, hub_id: UUID | None) -> Iterator[Cells]:
    yield [str(NOTE)]
    yield [str(name) for name, _width in reading.columns]
    yield from reading.rows(viewer, hub_id)


def answer(
    rows: Iterator[Cells], *, name: str, extension: str, kind: Kind, more: tuple[Sheet, ...] = ()
) -> HttpResponseBase:
    if extension == "csv":
        disposition = f'attachment; filename="{_dated(name, "csv")}"'
        headers = NOT_KEPT | {"Content-Disposition": disposition}
        return StreamingHttpResponse(csv_chunks(rows), content_type=CSV, headers=headers)
    widths = [field.width for field in kind.fields]
    return _workbook(name, Sheet(str(kind.name), rows, widths), *more)


def _workbook(name: str, *sheets: Sheet) -> HttpResponseBase:
    return FileResponse(
        xlsx_file(*sheets),
        as_attachment=True,
        filename=_dated(name, "xlsx"),
        content_type=XLSX,
        headers=NOT_KEPT,
    )


def _dated(name: str, extension: str) -> str:
    return f"{slugify(name)}-{timezone.localdate().isoformat()}.{extension}"
