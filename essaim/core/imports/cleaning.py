"""Cells made clean: each function takes the text of a cell and gives the value, or objects."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from essaim.core import writing
from essaim.core.imports.kinds import Clean, Problem
from essaim.core.models import ImportLine
from essaim.core.writing import folded

BAD_EMAIL = gettext_noop("“%(value)s” is not an e-mail address.")
TOO_LONG = gettext_noop("“%(value)s” is too long: %(limit)d signs at most.")
BAD_DATE = gettext_noop("“%(value)s” is not a date we can read. Write 31/12/2026 or 2026-12-31.")
BAD_NUMBER = gettext_noop("“%(value)s” is not a whole number.")
BAD_CHOICE = gettext_noop("“%(value)s” is none of: %(choices)s.")
BAD_LINK = gettext_noop("“%(value)s” is not a web address.")
BAD_PHONE = gettext_noop("“%(value)s” is not a phone number.")
ZERO_BACK = gettext_noop(
    "The spreadsheet had dropped the first zero of the phone number: we put it back (%(value)s)."
)

SHOWN = 60
SENTENCE = 200


def text(limit: int) -> Clean:
    def clean(cell: str, line: ImportLine) -> str:
        # Up to a sentence stands on one line; what is longer may have several.
        tidy = writing.line(cell) if limit <= SENTENCE else writing.prose(cell)
        if len(tidy) > limit:
            raise Problem(TOO_LONG, value=tidy[:SHOWN], limit=limit)
        return tidy

    return clean


def email(cell: str, line: ImportLine) -> str:
    address = cell.removeprefix("mailto:").strip().strip("<>").lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Problem(BAD_EMAIL, value=cell[:SHOWN]) from None
    return address


def phone(cell: str, line: ImportLine) -> str:
    digits = re.sub(r"[\s.\-/()\u00a0\u202f]", "", cell)
    if not re.fullmatch(r"\+?\d{6,15}", digits):
        raise Problem(BAD_PHONE, value=cell[:SHOWN])
    if re.fullmatch(r"[1-9]\d{8}", digits):  # a French number that was taken for a quantity
        line.remark(ZERO_BACK, value=f"0{digits}")
        return f"0{digits}"
    return cell if len(cell) <= 30 else digits


def link(cell: str, line: ImportLine) -> str:
    address = cell if "://" in cell else f"https://{cell}"
    try:
        URLValidator(schemes=("http", "https"))(address)
    except ValidationError:
        raise Problem(BAD_LINK, value=cell[:SHOWN]) from None
    if len(address) > 200:
        raise Problem(TOO_LONG, value=cell[:SHOWN], limit=200)
    return address


def whole(cell: str, line: ImportLine) -> int:
    bare = re.sub(r"[\s\u00a0\u202f]", "", cell)
    if not re.fullmatch(r"\d{1,9}", bare):
        raise Problem(BAD_NUMBER, value=cell[:SHOWN])
    return int(bare)


DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%Y/%m/%d")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Excel counts days from here; it is told from a year by its size.
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1950, 2100


def day(cell: str, line: ImportLine) -> str:
    """ISO, as JSON keeps it. A moment counts as its day."""
    found = _day(cell.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0])
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Problem(BAD_DATE, value=cell[:SHOWN])
    return found.isoformat()


def _day(cell: str) -> date | None:
    if not re.search(r"\d", cell):
        return None
    if re.fullmatch(r"[2-6]\d{4}", cell):
        return EXCEL_EPOCH + timedelta(days=int(cell))
    if ISO_DAY.fullmatch(cell):  # as our own files write it, and Excel's cells of days
        return _iso_day(cell)
    for pattern in DAY_FORMATS:
        try:
            return datetime.strptime(cell, pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _iso_day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def one_of(
    choices: Mapping[str, str | Promise], more: Mapping[str, str] | None = None
) -> Callable[[str, ImportLine], Any]:
    """The code of a choice, from its code or its label in any language of the network."""
    spoken: dict[str, str] = {}

    def clean(cell: str, line: ImportLine) -> str:
        # Learnt at the first cell: catalogues are not ready when kinds register.
        known = spoken or _learn(spoken, choices, more or {})
        found = known.get(folded(cell))
        if found is None:
            labels = ", ".join(str(label) for label in choices.values())
            raise Problem(BAD_CHOICE, value=cell[:SHOWN], choices=labels)
        return found

    return clean


def _learn(
    spoken: dict[str, str], choices: Mapping[str, str | Promise], more: Mapping[str, str]
) -> dict[str, str]:
    for language in ("en", "fr"):
        with translation.override(language):
            spoken.update({folded(str(label)): code for code, label in choices.items()})
    spoken.update({folded(code): code for code in choices})
    spoken.update({folded(word): code for word, code in more.items()})
    return spoken


def several(cell: str) -> list[str]:
    """« compta ; SEO » is two; commas part only where nothing else does."""
    parts = re.split(r"[;|\n]", cell)
    if len(parts) == 1:
        parts = cell.split(",")
    return [part.strip() for part in parts if part.strip()]
