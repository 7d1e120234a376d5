"""The tree of skills with the number of people who lend each, for browsing."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import Coalesce

from essaim.people.models import Person, PersonSkill, Skill, SkillState

# Counting a whole network reads every card; a figure of ten minutes ago is true enough to browse.
KEPT = 600
KEY = "people-per-skill"


@dataclass
class Branch:
    skill: Skill
    people: int = 0
    children: list["Branch"] = field(default_factory=list)


def families() -> list[Branch]:
    """The families, by number of people then name; what nobody lends stays, last."""
    roots = Skill.objects.filter(state=SkillState.ACCEPTED, parent=None)
    lent = counts()
    return _ordered([Branch(skill, lent.get(skill.pk, 0)) for skill in roots])


def branch(skill: Skill) -> Branch:
    """A family with all that stands under it."""
    below: dict[UUID, list[Skill]] = defaultdict(list)
    accepted = Skill.objects.filter(state=SkillState.ACCEPTED, parent__isnull=False)
    for child in accepted.order_by("code"):
        assert child.parent_id is not None
        below[child.parent_id].append(child)
    return _grown(skill, below, counts())


def _grown(skill: Skill, below: dict[UUID, list[Skill]], counts: dict[UUID, int]) -> Branch:
    children = [_grown(child, below, counts) for child in below[skill.pk]]
    return Branch(skill, counts.get(skill.pk, 0), _ordered(children))


def forget() -> None:
    """After a change of the tree its page must not show yesterday's numbers."""
    cache.delete(KEY)


def _ordered(branches: list[Branch]) -> list[Branch]:
    return sorted(branches, key=lambda b: (-b.people, b.skill.label.casefold()))


def counts() -> dict[UUID, int]:
    known: dict[UUID, int] | None = cache.get(KEY)
    if known is None:
        known = _count()
        cache.set(KEY, known, KEPT)
    return known


def _count() -> dict[UUID, int]:
    """How many people lend each skill, or one under it; nobody counts twice in a family."""
    present = PersonSkill.objects.lent().filter(person__in=Person.objects.present())
    counts: dict[UUID, int] = {}
    for key in (
        Coalesce("skill__parent__parent", "skill__parent", "skill"),
        Coalesce("skill__parent", "skill"),
        Coalesce("skill", "skill"),
    ):
        rows = present.annotate(key=key).values("key").annotate(n=Count("person", distinct=True))
        for pk, people in rows.values_list("key", "n"):
            counts[pk] = max(people, counts.get(pk, 0))
    return counts
