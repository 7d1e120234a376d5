"""Which kind of file this is, by what it holds; then its sheets."""

from typing import IO

from django.utils.translation import gettext as _

from essaim.core import addresses
from essaim.core.documents import MAGIC, NAMES, XLSX
from essaim.core.spreadsheets import csv_files, xlsx_files
from essaim.core.spreadsheets.tables import (
    NotASpreadsheet,
    NothingInside,
    OldExcel,
    Page,
    Table,
    WrongAlphabet,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def pages(stream: IO[bytes], only: str | None = None) -> list[Page]:
    """The sheets that hold something; a text file is one, without a name.

    Raises `Unreadable` with the reason when the file as a whole cannot be taken.
    """
    stream.seek(0)
    start = stream.read(16)
    stream.seek(0)
    if start.startswith(MAGIC[XLSX]):
        found = xlsx_files.pages(stream, only)
    else:
        _refuse_what_is_no_text(start)
        found = [Page("", csv_files.read(stream))]
    if not found:
        raise NothingInside
    return found


def read(stream: IO[bytes], title: str | None = None) -> Table:
    """The sheet of that name, else the first that holds something."""
    page = pages(stream, title)[0]
    if page.refusal:
        raise page.refusal
    return page.table


def mentions(stream: IO[bytes], address: str) -> bool:
    """Does this mail address stand anywhere in the file? Nothing is opened for it."""
    raw = stream.read()
    if raw.startswith(MAGIC[XLSX]):
        return xlsx_files.mentions(stream, address)
    return addresses.stands_in(address, raw.decode(errors="replace"))


def _refuse_what_is_no_text(start: bytes) -> None:
    if start.startswith(OLE):
        raise OldExcel
    if start.startswith(UTF_16):
        raise WrongAlphabet
    for content_type, magic in MAGIC.items():
        if start.startswith(magic):
            raise NotASpreadsheet(_not_a_spreadsheet(NAMES[content_type]))


def _not_a_spreadsheet(found: str) -> str:
    return _(
        "This file is a %(found)s. Choose a spreadsheet, .xlsx or .csv; nothing was imported."
    ) % {"found": found}
