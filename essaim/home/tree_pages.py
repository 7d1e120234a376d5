"""What hosts see of the tree of skills: the whole of it, a search in it, what was done to one."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from essaim.core.writing import folded
from essaim.exchange.skill_search import search_skills
from essaim.home import skill_map
from essaim.people.models import Skill, SkillChange, SkillChangeVerb, SkillState

RECENT = 20


@dataclass(frozen=True)
class Line:
    skill: Skill
    people: int
    # The skills above it, the family first.
    path: str


def tree() -> list[Line]:
    """Everything in the list, as one reads a table of contents."""
    below: dict[UUID | None, list[Skill]] = defaultdict(list)
    for skill in Skill.objects.filter(state=SkillState.ACCEPTED).order_by("code"):
        below[skill.parent_id].append(skill)
    return list(_lines(None, "", below, skill_map.counts()))


def _lines(
    parent: UUID | None, path: str, below: dict[UUID | None, list[Skill]], lent: dict[UUID, int]
) -> Iterator[Line]:
    for skill in sorted(below[parent], key=lambda skill: folded(skill.label)):
        yield Line(skill, lent.get(skill.pk, 0), path)
        under = f"{path} › {skill.label}" if path else skill.label
        yield from _lines(skill.pk, under, below, lent)


def found(lines: list[Line], typed: str) -> list[Line]:
    """Those that hold every word typed, in one of their wordings; else those that are near."""
    words = folded(typed).split()
    said = [line for line in lines if all(word in _said(line.skill) for word in words)]
    if said or not words:
        return said
    known = {line.skill.pk: line for line in lines}
    return [known[skill.pk] for skill in search_skills(typed).skills if skill.pk in known]


def _said(skill: Skill) -> str:
    return folded(f"{skill.label_fr} {skill.label_en} {skill.also_fr} {skill.also_en}")


@dataclass(frozen=True)
class Past:
    change: SkillChange
    words: str
    undoable: bool


def history(skill: Skill) -> list[Past]:
    """The latest first. Of several changes of one skill only the last can be taken back."""
    changes = SkillChange.objects.about(skill).select_related("skill", "into", "by")
    rows = list(changes[:RECENT])
    names = _names(rows)
    told: list[Past] = []
    met: set[UUID] = set()
    for change in rows:
        last = change.undone_at is None and change.skill_id not in met
        if change.undone_at is None:
            met.add(change.skill_id)
        told.append(Past(change, words(change, names), last))
    return told


def _names(changes: list[SkillChange]) -> dict[str, str]:
    ids = {side.get("parent") for c in changes for side in (c.before, c.after)} - {None, ""}
    return {str(skill.pk): skill.label for skill in Skill.objects.filter(pk__in=ids)}


def told(change: SkillChange) -> str:
    return words(change, _names([change]))


def words(change: SkillChange, names: dict[str, str]) -> str:
    if change.verb == SkillChangeVerb.MERGE and change.into is not None:
        facts = {"skill": change.skill.label, "into": change.into.label}
        return _("“%(skill)s” was merged into “%(into)s”.") % facts
    said = []
    for name in ("label_fr", "label_en"):
        before, after = change.before[name], change.after[name]
        if before != after:
            facts = {"before": before, "after": after}
            said.append(_("“%(before)s” became “%(after)s”.") % facts)
    if change.before["parent"] != change.after["parent"]:
        facts = {"before": _place(change.before, names), "after": _place(change.after, names)}
        said.append(_("Moved from “%(before)s” to “%(after)s”.") % facts)
    return " ".join(said) or _("Kept as it was.")


def _place(side: dict[str, str], names: dict[str, str]) -> str:
    if not side["parent"]:
        return _("the families")
    return names.get(side["parent"], "…")
