"""Needs found by a sentence: by words and by meaning, then those that say it letter by letter.

Only among rows that the caller may see: the index is asked for their ids, never for more.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from essaim.exchange import found, index
from essaim.exchange.models import Need

ANSWERS = 60


@dataclass(frozen=True)
class Found:
    """`ids` best first; `why` of those that the engine found; `read_as`: slips understood."""

    ids: list[UUID]
    why: dict[UUID, str]
    read_as: str


def find_needs(words: str, needs: QuerySet[Need]) -> Found:
    """`needs`: those that may be found, whatever their order."""
    among = needs.order_by().values_list("pk", flat=True)
    hits = found.telling(index.search_needs(words, k=ANSWERS, among=list(among)))
    near = {UUID(hit.id): hit.reasons for hit in hits}
    titles = dict(needs.filter(pk__in=list(near)).order_by().values_list("pk", "title"))
    why = {
        pk: found.why(reasons, quote=reasons.line or "", shown=titles[pk])
        for pk, reasons in near.items()
        if pk in titles
    }
    said = needs.saying(words).order_by("-published_at", "-id")  # type: ignore[attr-defined]
    letters = [pk for pk in said.values_list("pk", flat=True)[:ANSWERS] if pk not in why]
    return Found([*why, *letters], why, found.read_as(hits))
