"""Names typed a little wrong: « Fontane » finds Fontaine."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rapidfuzz.distance import OSA

from essaim.core.writing import sought

# Shorter words have too many neighbours to guess from.
SHORTEST = 4
LONG = 6


def misspelt(typed: str, rows: QuerySet[Any], field: str) -> list[UUID]:
    """Rows of which `field` (folded words) holds, for each word typed, one that is nearly it.

    Only words with the same two first letters are compared: who mistypes a name seldom mistypes its
    beginning, and so a search reads hundreds of rows and not all.
    """
    words = sought(typed)
    if not words or min(map(len, words)) < SHORTEST:
        return []
    for word in words:
        start = word[:2]
        begins = Q(**{f"{field}__startswith": start}) | Q(**{f"{field}__contains": f" {start}"})
        rows = rows.filter(begins)
    near = []
    for pk, text in rows.values_list("pk", field):
        parts = text.split()
        distances = [min(OSA.distance(word, part) for part in parts) for word in words]
        if all(d <= _allowed(word) for d, word in zip(distances, words, strict=True)):
            near.append((sum(distances), text, pk))
    return [pk for _distance, _text, pk in sorted(near)]


def _allowed(word: str) -> int:
    return 2 if len(word) >= LONG else 1
