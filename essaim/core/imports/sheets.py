"""What a sheet of a workbook holds, from what stands above its columns."""

from typing import TypedDict

from django.utils import translation
from django.utils.functional import Promise

from essaim.core.imports import headers
from essaim.core.imports.kinds import KINDS, Kind
from essaim.core.imports.readings import NOTE
from essaim.core.spreadsheets import Page, Row
from essaim.core.spreadsheets.tables import Damaged, TooManyCells, TooManyColumns, TooManyLines
from essaim.core.writing import folded

REASONS: dict[str, str | Promise] = {
    refusal.__name__: refusal.message
    for refusal in (Damaged, TooManyCells, TooManyColumns, TooManyLines)
}


class Told(TypedDict):
    """As it is kept. `reason` names the refusal; `reading`: made by us, not to come back."""

    title: str
    lines: int
    kind: str
    reason: str
    reading: bool


def described(page: Page) -> Told:
    rows = page.table.rows
    reading = _is_for_reading(rows)
    kind = None if reading else kind_of(page)
    top = headers.find(rows, kind.fields) if kind else 0
    return {
        "title": page.title,
        "lines": max(len(rows) - top - 1, 0),
        "kind": kind.code if kind else "",
        "reason": page.refusal.__name__ if page.refusal else "",
        "reading": reading,
    }


def kind_of(page: Page) -> Kind | None:
    """The list whose columns are named most; the name of the sheet decides between two."""
    rows = page.table.rows
    if len(rows) < 2:
        return None
    scored = [(_score(rows, kind), _is_called(page.title, kind), kind) for kind in KINDS.values()]
    score, _called, best = max(scored, key=lambda found: found[:2])
    return best if score else None


def _score(rows: list[Row], kind: Kind) -> int:
    """How many columns are known; none when one that is needed is not among them.

    One column of many proves nothing: “Name” stands above every list.
    """
    top = rows[headers.find(rows, kind.fields)]
    known = {code for code in headers.recognise(top.cells, kind.fields, {}) if code}
    needed = {field.code for field in kind.fields if field.required}
    named = sum(1 for cell in top.cells if cell)
    return len(known) if needed <= known and len(known) >= min(2, named) else 0


def _is_called(title: str, kind: Kind) -> bool:
    names = set()
    for language in ("en", "fr"):
        with translation.override(language):
            names.add(folded(str(kind.name)))
    return folded(title) in names


def _is_for_reading(rows: list[Row]) -> bool:
    """Said by the first line of the sheets that an export adds to be read."""
    said = set()
    for language in ("en", "fr"):
        with translation.override(language):
            said.add(folded(str(NOTE)))
    return bool(rows) and folded(rows[0].cells[0] if rows[0].cells else "") in said
