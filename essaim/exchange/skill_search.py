"""Finding a skill as it is typed: the beginning of a word, another wording, a slip of a finger."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from essaim.core.writing import folded
from essaim.exchange import index
from essaim.exchange.found import read_as, why
from essaim.exchange.matching import SKILL_FLOOR, propose_skills
from essaim.people.models import Skill

SHOWN = 8
ANSWERS = 20


@dataclass
class _Wordings:
    """What each skill is called, folded, kept until the tree changes."""

    version: tuple[int, datetime] | None = None
    of: dict[UUID, list[str]] | None = None


_known = _Wordings()


def find_skills(typed: str) -> list[Skill]:
    """At most eight, those whose name begins so first, then what the sentence resembles."""
    found = _named(typed)
    alike = [near.skill for near in propose_skills(typed)] if folded(typed) else []
    return list(dict.fromkeys(found + alike))[:SHOWN]


@dataclass(frozen=True)
class Found:
    """`skills` best first; `why` of those that the index found."""

    skills: list[Skill]
    why: dict[UUID, str]
    read_as: str


def search_skills(typed: str) -> Found:
    """For a page of answers: names first, then what is near in words or in meaning, with why."""
    hits = index.search_skills(typed, k=ANSWERS) if folded(typed) else []
    near = [hit for hit in hits if hit.score >= SKILL_FLOOR * hits[0].score]
    reasons = {UUID(hit.id): hit.reasons for hit in near}
    known = Skill.objects.usable().in_bulk(list(reasons))
    skills = list(dict.fromkeys([*_named(typed), *(known[pk] for pk in reasons if pk in known)]))
    told = {
        skill.pk: why(reasons[skill.pk], quote=reasons[skill.pk].line or "", shown=skill.label)
        for skill in skills
        if skill.pk in reasons
    }
    return Found(skills, told, read_as(near))


def _named(typed: str) -> list[Skill]:
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
    return [skills[pk] for pk in ids if pk in skills]


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
