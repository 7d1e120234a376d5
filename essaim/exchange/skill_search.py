"""Finding a skill as it is typed: the beginning of a word, another wording, a slip of a finger."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from essaim.core.writing import folded
from essaim.exchange.matching import propose_skills
from essaim.people.models import Skill

SHOWN = 8


@dataclass
class _Wordings:
    """What each skill is called, folded, kept until the tree changes."""

    version: tuple[int, datetime] | None = None
    of: dict[UUID, list[str]] | None = None


_known = _Wordings()


def find_skills(typed: str) -> list[Skill]:
    """At most eight, those whose name begins so first, then what the sentence resembles."""
    words = folded(typed)
    if not words:
        return []
    ranked = sorted(
        (rank, pk)
        for pk, wordings in _wordings().items()
        if (rank := min(_rank(words, wording) for wording in wordings)) < NOT_FOUND
    )
    ids = [pk for _, pk in ranked[:SHOWN]]
    skills = Skill.objects.usable().in_bulk(ids)
    found = [skills[pk] for pk in ids if pk in skills]
    alike = [near.skill for near in propose_skills(typed) if near.skill.pk not in skills]
    return (found + alike)[:SHOWN]


NOT_FOUND = (9, 0)


def _rank(words: str, wording: str) -> tuple[int, int]:
    if wording == words:
        return (0, 0)
    if wording.startswith(words):
        return (1, len(wording))
    if f" {words}" in wording:
        return (2, len(wording))
    return NOT_FOUND


def _wordings() -> dict[UUID, list[str]]:
    rows = Skill.objects.usable()
    seen = rows.aggregate(count=Count("pk"), last=Coalesce(Max("changed_at"), timezone.now()))
    version = (seen["count"], seen["last"])
    if _known.of is None or _known.version != version:
        fields = rows.values_list("pk", "label_fr", "label_en", "also_fr", "also_en")
        _known.of = {pk: _folded(said) for pk, *said in fields}
        _known.version = version
    return _known.of


def _folded(said: list[str]) -> list[str]:
    return [folded(wording) for text in said for wording in text.split("|") if wording.strip()]
