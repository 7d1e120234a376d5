"""Which kind of file this is, by what it holds; then its table."""

from typing import IO

from django.utils.translation import gettext as _

from essaim.core.documents import MAGIC, NAMES, XLSX
from essaim.core.spreadsheets import csv_files, xlsx_files
from essaim.core.spreadsheets.tables import (
    NotASpreadsheet,
    OldExcel,
    Table,
    WrongAlphabet,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read(stream: IO[bytes]) -> Table:
    """The first sheet that holds something; raises `Unreadable` with the reason."""
    stream.seek(0)
    start = stream.read(16)
    stream.seek(0)
    if start.startswith(MAGIC[XLSX]):
        return xlsx_files.read(stream)
    if start.startswith(OLE):
        raise OldExcel
    if start.startswith(UTF_16):
        raise WrongAlphabet
    for content_type, magic in MAGIC.items():
        if start.startswith(magic):
            raise NotASpreadsheet(_not_a_spreadsheet(NAMES[content_type]))
    return csv_files.read(stream)


def _not_a_spreadsheet(found: str) -> str:
    return _(
        "This file is a %(found)s. Choose a spreadsheet, .xlsx or .csv; nothing was imported."
    ) % {"found": found}
