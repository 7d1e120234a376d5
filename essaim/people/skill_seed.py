"""The first skill tree of a network, as people here name what they know.

Hosts merge and add from there; the codes stay, so that an upgrade can bring new wordings.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SEED_FILE = Path(__file__).parent / "data" / "skills.csv"
MAX_DEPTH = 3
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class SkillSeedError(ValueError):
    """A line of the file that would make a broken tree."""


@dataclass(frozen=True, slots=True)
class SkillSeed:
    code: str
    parent_code: str | None
    label_fr: str
    label_en: str
    also_fr: tuple[str, ...]
    also_en: tuple[str, ...]


def read_seed(path: Path = SEED_FILE) -> list[SkillSeed]:
    """Parents come before their children, so the list can be written in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        skills = [_skill(row) for row in csv.DictReader(lines)]
    _check(skills)
    return skills


def _skill(row: Mapping[str, str]) -> SkillSeed:
    return SkillSeed(
        code=row["code"].strip(),
        parent_code=row["parent_code"].strip() or None,
        label_fr=row["label_fr"].strip(),
        label_en=row["label_en"].strip(),
        also_fr=_wordings(row["also_fr"]),
        also_en=_wordings(row["also_en"]),
    )


def _wordings(cell: str) -> tuple[str, ...]:
    return tuple(wording.strip() for wording in cell.split("|") if wording.strip())


def _check(skills: Iterable[SkillSeed]) -> None:
    depths: dict[str, int] = {}
    for skill in skills:
        _check_line(skill)
        if skill.code in depths:
            raise SkillSeedError(f"{skill.code}: this code is used twice")
        depths[skill.code] = _depth(skill, depths)


def _check_line(skill: SkillSeed) -> None:
    if not CODE.fullmatch(skill.code):
        raise SkillSeedError(f"{skill.code!r}: a code is lower-case words joined by hyphens")
    if not skill.label_fr or not skill.label_en:
        raise SkillSeedError(f"{skill.code}: both languages are needed")


def _depth(skill: SkillSeed, depths: Mapping[str, int]) -> int:
    if skill.parent_code is None:
        return 1
    if skill.parent_code not in depths:
        raise SkillSeedError(f"{skill.code}: its parent {skill.parent_code} is not above it")
    depth = depths[skill.parent_code] + 1
    if depth > MAX_DEPTH:
        raise SkillSeedError(f"{skill.code}: deeper than {MAX_DEPTH} levels")
    return depth
