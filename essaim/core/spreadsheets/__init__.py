"""Spreadsheets that people bring (XLSX, CSV) and take away. What they claim to be is not believed.

Reading gives rows of text, the way a person reads the sheet; a formula is never computed, it is
told. Writing gives files that Excel opens in French and that read back without a loss.
"""

from essaim.core.spreadsheets.reading import mentions, pages, read
from essaim.core.spreadsheets.tables import (
    MAX_COLUMNS,
    MAX_LINES,
    Page,
    Row,
    Table,
    Unreadable,
)
from essaim.core.spreadsheets.writing import Sheet, csv_chunks, xlsx_file

__all__ = [
    "MAX_COLUMNS",
    "MAX_LINES",
    "Page",
    "Row",
    "Sheet",
    "Table",
    "Unreadable",
    "csv_chunks",
    "mentions",
    "pages",
    "read",
    "xlsx_file",
]
