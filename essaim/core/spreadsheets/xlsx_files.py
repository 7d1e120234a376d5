"""Excel workbooks: weighed before they are opened, then read line by line."""

import datetime
import html
import re
import warnings
import zipfile
import zlib
from typing import IO, Any

from django.utils.translation import gettext_noop

from essaim.core import addresses
from essaim.core.sayings import Saying
from essaim.core.spreadsheets.tables import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_SHEETS,
    Booby,
    Damaged,
    Gatherer,
    Inflated,
    OtherArchive,
    Page,
    Row,
    Table,
    Unreadable,
    unescape,
)

MAX_UNPACKED = 80_000_000
MAX_PARTS = 2_000
LONGEST_TITLE = 100  # Excel allows 31
# XML of real sheets packs at most some forty times.
MAX_RATIO = 300
RATIO_MATTERS_FROM = 5_000_000

# What a spoilt archive raises in zipfile, in the XML parser and in openpyxl, as tens of
# thousands of them showed. Others would be our own mistakes.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a compression nobody uses
    RuntimeError,  # a part with a password
    SyntaxError,  # XML that does not parse
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
)

DOCUMENT_TYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\shidden="(?:1|true)"')
CODED = re.compile(r"_x[0-9A-Fa-f]{4}_")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

HIDDEN_LINES = gettext_noop("%(count)d lines of the file are hidden: they are read too.")
CUT = gettext_noop("There is something far below the table: it was not read.")


def pages(stream: IO[bytes], only: str | None = None) -> list[Page]:
    """Every visible sheet that holds something, or the one called `only`."""
    try:
        with zipfile.ZipFile(stream) as archive:
            hidden = _weigh(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not draw, we do not read
            return _read(stream, hidden, only)
    except BROKEN as error:
        raise Damaged from error


def mentions(stream: IO[bytes], address: str) -> bool:
    """Does this mail address stand anywhere in the workbook? Read without opening."""
    wanted = html.escape(address, quote=False)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith(".xml")]
            return any(addresses.stands_in(wanted, _words(archive.read(part))) for part in parts)
    except BROKEN:
        return False


def _words(part: bytes) -> str:
    """What Excel writes `_x000D_` ends a line: no part of the address that follows."""
    return CODED.sub(" ", part.decode(errors="replace"))


def _weigh(archive: zipfile.ZipFile) -> int:
    """Refuses bombs; tells how many rows are hidden."""
    parts = archive.infolist()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise OtherArchive
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS or any(map(_is_bomb, parts)):
        raise Inflated
    return sum(_look_into(archive, part) for part in parts if part.filename.endswith(".xml"))


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    ratio = part.file_size / max(part.compress_size, 1)
    return part.file_size > RATIO_MATTERS_FROM and ratio > MAX_RATIO


def _look_into(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    raw = archive.read(part)
    # Without zero bytes, so that UTF-16 hides nothing.
    if DOCUMENT_TYPE.search(raw.replace(b"\0", b"")):
        raise Booby
    return len(HIDDEN_ROW.findall(raw)) if part.filename.startswith("xl/worksheets/") else 0


def _read(stream: IO[bytes], hidden: int, only: str | None) -> list[Page]:
    from openpyxl import load_workbook

    stream.seek(0)
    # Formulas are wanted as formulas: the value they had when last computed is not what is said.
    workbook = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    found: list[Page] = []
    cells_left = MAX_CELLS
    try:
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets[:MAX_SHEETS]:
            if only in (None, sheet.title[:LONGEST_TITLE]):
                gatherer = Gatherer(cells_left)
                refusal = _gather(sheet, gatherer)
                cells_left -= gatherer.cells
                if gatherer.rows or refusal:
                    title = sheet.title[:LONGEST_TITLE]
                    found.append(_page(title, gatherer, hidden, refusal))
    finally:
        workbook.close()
    return found


def _gather(sheet: Any, gatherer: Gatherer) -> type[Unreadable] | None:
    """Tells why the sheet cannot be taken; the others of the file still can."""
    try:
        sheet.reset_dimensions()  # what the file says of its size may be anything
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            gatherer.take(_row(number, cells))
            if gatherer.cut:
                break
    except Unreadable as refusal:
        return type(refusal)
    except BROKEN:
        return Damaged
    return None


def _page(title: str, gatherer: Gatherer, hidden: int, refusal: type[Unreadable] | None) -> Page:
    remarks = []
    if hidden:
        remarks.append(Saying(HIDDEN_LINES, {"count": hidden}))
    if gatherer.cut:
        remarks.append(Saying(CUT))
    return Page(title, Table([] if refusal else gatherer.rows, remarks), refusal)


def _row(number: int, cells: tuple[Any, ...]) -> Row:
    texts, formulas = [], []
    for column, cell in enumerate(cells):
        value = cell.value
        if value is None:
            texts.append("")
        elif cell.data_type in ("f", "e"):  # an error is what is left of a formula
            formulas.append(column)
            texts.append(str(value) if isinstance(value, str) else "=")
        else:
            texts.append(_text(value))
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, tuple(texts), frozenset(formulas))


def _text(value: Any) -> str:
    """As a person reads the cell: 612345678.0 is 612345678, a day has no midnight."""
    match value:
        case str():
            return unescape(CONTROL.sub("", value).strip())
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        case datetime.datetime() | datetime.time():
            return _moment(value)
        case _:
            return str(value)


def _moment(value: datetime.datetime | datetime.time) -> str:
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    if value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ", "minutes")
