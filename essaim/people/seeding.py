"""Brings the seed of skills into the database, as often as one likes.

A command run by installation and upgrade, not a migration: a migration may import no code of ours,
so each growth of the file would need a new one that repeats its lines.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from essaim.core.models import JournalEntry
from essaim.people.models import Skill
from essaim.people.skill_seed import SkillSeed, read_seed


@dataclass
class Seeded:
    added: int = 0
    changed: int = 0
    kept: int = 0


@transaction.atomic
def seed_skills(seeds: list[SkillSeed] | None = None) -> Seeded:
    """Adds what is new and brings new wordings; what a host ever touched stays as they left it."""
    touched = set(
        JournalEntry.objects.filter(thing_kind="people.skill").values_list("thing_id", flat=True)
    )
    present = {skill.code: skill for skill in Skill.objects.select_related("merged_into")}
    done = Seeded()
    for seed in seeds if seeds is not None else read_seed():
        skill = present.get(seed.code)
        if skill is None:
            present[seed.code] = _add(seed, present)
            done.added += 1
        elif skill.pk in touched or not _bring(seed, skill, present):
            done.kept += 1
        else:
            done.changed += 1
    return done


def _add(seed: SkillSeed, present: dict[str, Skill]) -> Skill:
    parent = _parent(seed, present)
    return Skill.objects.create(
        code=seed.code, parent=parent, level=parent.level + 1 if parent else 1, **_words(seed)
    )


def _bring(seed: SkillSeed, skill: Skill, present: dict[str, Skill]) -> bool:
    words = _words(seed)
    if all(getattr(skill, name) == value for name, value in words.items()):
        return False
    for name, value in words.items():
        setattr(skill, name, value)
    skill.changed_at = timezone.now()
    skill.save(update_fields=[*words, "changed_at"])
    return True


def _words(seed: SkillSeed) -> dict[str, str]:
    return {
        "label_fr": seed.label_fr,
        "label_en": seed.label_en,
        "also_fr": "|".join(seed.also_fr),
        "also_en": "|".join(seed.also_en),
    }


def _parent(seed: SkillSeed, present: dict[str, Skill]) -> Skill | None:
    """Where hosts merged the parent away, or put it at the last level, the child follows."""
    if seed.parent_code is None:
        return None
    parent = present[seed.parent_code]
    parent = parent.merged_into or parent
    while parent.level >= 3 and parent.parent is not None:
        parent = parent.parent
    return parent
