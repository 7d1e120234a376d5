"""Text files: which letters, which separator, then the rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import IO

from django.utils.translation import gettext_noop

from essaim.core.sayings import Saying
from essaim.core.spreadsheets.tables import (
    BrokenQuotes,
    Gatherer,
    NotText,
    Row,
    Table,
    unescape,
)

SEPARATORS = ";,\t"
SAMPLE = 50

READ_AS_WINDOWS = gettext_noop(
    "The letters were read as Windows-1252 (the file does not say). Look at the accents."
)


def read(stream: IO[bytes]) -> Table:
    text, remarks = _decode(stream.read())
    text, separator = _separator(text)
    gatherer = Gatherer()
    for number, cells in enumerate(_records(text, separator), start=1):
        gatherer.take(_row(number, cells))
    return Table(gatherer.gathered(), remarks)


def _decode(raw: bytes) -> tuple[str, list[Saying]]:
    if b"\0" in raw:
        raise NotText
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), [Saying(READ_AS_WINDOWS)]
    except UnicodeDecodeError:
        raise NotText from None


def _separator(text: str) -> tuple[str, str]:
    """The separator that cuts most lines alike; Excel may name it in a first line `sep=;`."""
    first, _, rest = text.partition("\n")
    named = first.strip().lower()
    if named.startswith("sep=") and named[4:] in SEPARATORS and len(named) == 5:
        return rest, named[4:]
    return text, max(SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text: str, separator: str) -> tuple[int, int]:
    try:
        widths = Counter(
            len(cells) for cells in islice(_records(text, separator), SAMPLE) if any(cells)
        )
    except BrokenQuotes:
        return (0, 0)
    # Of those that cut at all, the one whose usual width is met most often.
    wide = {width: times for width, times in widths.items() if width > 1}
    if not wide:
        return (0, 0)
    width, times = max(wide.items(), key=lambda item: (item[1], item[0]))
    return (times, width)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error:
        raise BrokenQuotes(str(BrokenQuotes.text) % {"line": reader.line_num}) from None


def _row(number: int, cells: list[str]) -> Row:
    # A text file has no formulas, but this is one for whoever typed it and for Excel.
    formulas = frozenset(
        column for column, cell in enumerate(cells) if cell.startswith("=") and len(cell) > 1
    )
    return Row(number, tuple(unescape(cell.strip()) for cell in cells), formulas)
