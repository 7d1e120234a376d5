"""What a column is, from what stands above it."""

import re
from collections.abc import Mapping, Sequence

from django.utils import translation
from rapidfuzz import fuzz, process

from essaim.core.imports.kinds import Field
from essaim.core.spreadsheets import Row
from essaim.core.writing import folded

CLOSE_ENOUGH = 88
# Titles and blank lines may stand above the headers.
SEARCHED = 10
ASIDE = re.compile(r"\(.*?\)|\*|:")


def plain(header: str) -> str:
    """Without what stands in brackets: « Compétences (séparées par ;) * »."""
    return folded(ASIDE.sub(" ", header)) or folded(header)


def names_of(fields: Sequence[Field]) -> dict[str, str]:
    """Every known way to write a header -> the field's code."""
    names: dict[str, str] = {}
    for field in fields:
        labels = []
        for language in ("en", "fr"):
            with translation.override(language):
                labels.append(str(field.label))
        for name in (*labels, field.code, *field.synonyms):
            names.setdefault(plain(name), field.code)
    return names


def recognise(
    headers: Sequence[str], fields: Sequence[Field], remembered: Mapping[str, str]
) -> list[str]:
    """For each column the code of its field, or nothing. No field is given to two columns."""
    names = names_of(fields)
    guesses = [_guess(plain(header), names, remembered) for header in headers]
    taken: dict[str, int] = {}
    for column, (code, score) in enumerate(guesses):
        if code and (code not in taken or guesses[taken[code]][1] < score):
            taken[code] = column
    return [
        code if taken.get(code) == column else "" for column, (code, _score) in enumerate(guesses)
    ]


def _guess(
    header: str, names: Mapping[str, str], remembered: Mapping[str, str]
) -> tuple[str, float]:
    if header in remembered:
        return remembered[header], 200
    if header in names:
        return names[header], 100
    best = process.extractOne(header, list(names), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return (names[best[0]], best[1]) if best else ("", 0)


def find(rows: Sequence[Row], fields: Sequence[Field]) -> int:
    """The index of the line of headers: the one with most names known, else the first."""
    known = [sum(1 for code in recognise(row.cells, fields, {}) if code) for row in rows[:SEARCHED]]
    return known.index(max(known))
