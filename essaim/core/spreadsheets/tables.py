"""A sheet as rows of text, and the reasons for which a file is no sheet."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from essaim.core.refusals import Refusal
from essaim.core.sayings import Saying

MAX_LINES = 20_000
MAX_COLUMNS = 100
MAX_CELLS = 500_000
MAX_SHEETS = 40
# A file with a stray cell a million lines below its table is read until this many empty lines.
MAX_GAP = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line as a spreadsheet shows it; `formulas` the columns that hold one."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Table:
    """Rows with something in them, and what the reader should be told about the file."""

    rows: list[Row]
    remarks: list[Saying] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A sheet that holds something: its table, or why this one cannot be taken."""

    title: str
    table: Table
    refusal: type["Unreadable"] | None = None


class Unreadable(Refusal):
    message = _("This file cannot be read as a spreadsheet. Nothing was imported.")


class NotASpreadsheet(Unreadable):
    pass


class OldExcel(Unreadable):
    message = _(
        "This is an Excel file of the old kind (.xls), or one with a password. Open it and save it "
        "as .xlsx without a password. Nothing was imported."
    )


class OtherArchive(Unreadable):
    message = _(
        "This file is an archive, but not an Excel workbook. From LibreOffice or Numbers, save it "
        "as .xlsx or .csv. Nothing was imported."
    )


class Damaged(Unreadable):
    message = _(
        "This Excel file is damaged. Open it, save it again, and send it once more. "
        "Nothing was imported."
    )


class Inflated(Unreadable):
    message = _(
        "Once unpacked, this Excel file would be huge. Copy the table alone into a new workbook. "
        "Nothing was imported."
    )


class Booby(Unreadable):
    message = _(
        "This Excel file holds instructions that a workbook never needs (a document type with "
        "entities). Nothing was opened nor imported."
    )


class WrongAlphabet(Unreadable):
    message = _(
        "This text file is written in UTF-16. In Excel, choose “CSV UTF-8” when you save it. "
        "Nothing was imported."
    )


class NotText(Unreadable):
    message = _("This file is neither an Excel workbook nor text. Nothing was imported.")


class BrokenQuotes(Unreadable):
    text = _(
        "Near line %(line)d, a quotation mark opens and never closes properly. Mend it, or save "
        "the file as .xlsx. Nothing was imported."
    )


class NothingInside(Unreadable):
    message = _("This file holds no line. Nothing was imported.")


class TooManyLines(Unreadable):
    message = _(
        "This file has more than 20,000 lines. Cut it into several files. Nothing was imported."
    )


class TooManyColumns(Unreadable):
    message = _("This file has more than 100 columns. Keep those you need. Nothing was imported.")


class TooManyCells(Unreadable):
    message = _(
        "This file has more than 500,000 filled cells. Cut it into several files. "
        "Nothing was imported."
    )


class Gatherer:
    """Collects rows within the limits; a row too many, too wide or too far ends the reading."""

    def __init__(self, cells_left: int = MAX_CELLS) -> None:
        self.rows: list[Row] = []
        self.cells_left = cells_left
        self.cells = 0
        self.gap = 0
        self.cut = False

    def take(self, row: Row) -> None:
        filled = sum(1 for cell in row.cells if cell) + len(row.formulas)
        if not filled:
            self.gap += 1
            self.cut = self.gap > MAX_GAP
            return
        self.gap = 0
        self.cells += filled
        self._check(row)
        self.rows.append(row)

    def _check(self, row: Row) -> None:
        if len(row.cells) > MAX_COLUMNS and any(row.cells[MAX_COLUMNS:]):
            raise TooManyColumns
        if len(self.rows) >= MAX_LINES + 1:  # the headers are a line too
            raise TooManyLines
        if self.cells > self.cells_left:
            raise TooManyCells

    def gathered(self) -> list[Row]:
        if not self.rows:
            raise NothingInside
        return self.rows


# A cell that begins so would be computed by a spreadsheet program: an apostrophe goes before it.
DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def escape(cell: str) -> str:
    return f"'{cell}" if DANGEROUS.match(cell) else cell


def unescape(cell: str) -> str:
    return cell[1:] if ESCAPED.match(cell) else cell
