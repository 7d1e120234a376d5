"""Files to take away: CSV as French Excel wants it, XLSX with nothing but text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from essaim.core.spreadsheets.tables import ESCAPED, escape

MARK = "\ufeff"  # tells Excel that the letters are UTF-8
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_CELL = 32_767
IN_MEMORY = 2_000_000
CHUNK = 64_000

Cells = Sequence[str]


@dataclass(frozen=True)
class Sheet:
    title: str
    rows: Iterable[Cells]
    widths: Sequence[int] = ()
    # How many lines stand in bold above the others.
    heads: int = 1


def csv_chunks(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Cells that Excel would compute are escaped; `read` takes the escape away again."""
    pad = io.StringIO(newline="")
    pad.write(MARK)
    writer = csv.writer(pad, delimiter=";")
    for row in rows:
        writer.writerow([escape(cell) for cell in row])
        if pad.tell() > CHUNK:
            yield _empty(pad)
    yield _empty(pad)


def _empty(pad: io.StringIO) -> bytes:
    text = pad.getvalue()
    pad.seek(0)
    pad.truncate()
    return text.encode()


def xlsx_file(*sheets: Sheet) -> IO[bytes]:
    """A workbook at its beginning, in memory while it is small."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write(workbook.create_sheet(sheet.title[:31]), sheet)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    workbook.save(file)
    file.seek(0)
    return file


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page.freeze_panes = f"A{sheet.heads + 1}"
    for column, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(sheet.rows):
        cells = [WriteOnlyCell(page, "") for _ in row]
        for cell, text in zip(cells, row, strict=True):
            cell.value = _storable(text)
            cell.data_type = "s"  # or openpyxl would take "=…" for a formula
            if number < sheet.heads:
                cell.font = Font(bold=True)
        page.append(cells)


def _storable(text: str) -> str:
    text = ILLEGAL.sub("", text)[:LONGEST_CELL]
    # In a workbook text is never computed; only what looks escaped must not lose its apostrophe.
    return f"'{text}" if ESCAPED.match(text) else text
