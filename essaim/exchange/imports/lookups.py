"""Words of a spreadsheet found again among what is here: skills, ventures, people."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils.text import slugify
from rapidfuzz import fuzz, process

from essaim.core.ids import uuid7
from essaim.core.imports import cleaning
from essaim.core.writing import folded
from essaim.people.models import Skill, SkillState

CLOSE_WORDS = 90


class Skills:
    """Finds a skill by any of its wordings; makes a proposal of what nobody knew."""

    def __init__(self, by: Any) -> None:
        self.by = by
        self.proposals: list[Skill] = []
        self.known: dict[str, Skill] = {}
        skills = list(Skill.objects.usable().order_by("level", "code"))
        # The name of one may be another wording of a second: the name is stronger.
        for words_of in (names_of, other_wordings):
            for skill in skills:
                for words in words_of(skill):
                    self.known.setdefault(folded(words), skill)
        self.codes = set(Skill.objects.values_list("code", flat=True))

    def find(self, words: str) -> tuple[Skill | None, bool]:
        """The skill, and whether it is exactly the one that was written."""
        spelt = folded(words)
        if spelt in self.known:
            return self.known[spelt], True
        best = process.extractOne(
            spelt, self.known.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_WORDS
        )
        return (self.known[best[0]], False) if best else (None, False)

    def listed(self, cell: str) -> list[str]:
        """Commas part only where no skill is called so: « Réseau, wifi et téléphonie » is one."""
        return [cell] if folded(cell) in self.known else cleaning.several(cell)

    def find_or_propose(self, words: str) -> tuple[Skill, bool]:
        """The skill, and whether it was proposed just now."""
        found, _exact = self.find(words)
        if found is not None:
            return found, False
        skill = Skill(
            id=uuid7(),
            code=self._free_code(words),
            label_fr=words[:120],
            label_en=words[:120],
            state=SkillState.PROPOSED,
            proposed_by=self.by,
        )
        self.known[folded(words)] = skill
        self.proposals.append(skill)
        return skill, True

    def _free_code(self, words: str) -> str:
        code = base = slugify(words)[:70] or "skill"
        number = 2
        while code in self.codes:
            code, number = f"{base}-{number}", number + 1
        self.codes.add(code)
        return code

    def save(self) -> None:
        Skill.objects.bulk_create(self.proposals)
        self.proposals = []


def names_of(skill: Skill) -> Iterator[str]:
    yield skill.label_fr
    yield skill.label_en
    yield skill.code


def other_wordings(skill: Skill) -> Iterator[str]:
    for others in (skill.also_fr, skill.also_en):
        yield from filter(None, others.split("|"))


Keys = Callable[[list[str]], Iterable[str]]


class Names:
    """Names that look alike, found fast: only those that share a key are compared."""

    def __init__(self, names: Iterable[tuple[UUID, str]], keys: Keys) -> None:
        self.keys = keys
        # By number: a set of ids spends its time on their hashes.
        self.ids: list[UUID] = []
        self.spelt: list[str] = []
        self.blocks: dict[str, list[int]] = defaultdict(list)
        for number, (thing_id, name) in enumerate(names):
            words = _words(name)
            self.ids.append(thing_id)
            self.spelt.append(" ".join(words))
            for key in {*keys(words)}:
                self.blocks[key].append(number)

    def like(self, name: str, least: float) -> list[tuple[UUID, float]]:
        """Things whose name is at least that near (0 to 100), the nearest first."""
        words = _words(name)
        near = list({number for key in self.keys(words) for number in self.blocks.get(key, ())})
        found = process.extract(
            " ".join(words),
            [self.spelt[number] for number in near],
            scorer=fuzz.ratio,
            score_cutoff=least,
            limit=5,
        )
        return [(self.ids[near[place]], score) for _name, score, place in found]


def _words(name: str) -> list[str]:
    """In alphabetical order: « MARTIN Léa » is « Léa Martin »."""
    words = sorted(folded(name).split())
    return [word for word in words if word not in EMPTY_WORDS] or words


EMPTY_WORDS = {
    *("le", "la", "les", "l", "un", "une", "des", "de", "du", "d", "et", "the", "of", "and"),
    *("association", "asso", "sas", "sarl", "scop", "scic"),
}


def keys_of_people(words: list[str]) -> Iterable[str]:
    """Two beginnings of two letters: sixteen thousand people fall into blocks of a few."""
    if len(words) < 2:
        return [word[:3] for word in words]
    return [f"{one[:2]}{other[:2]}" for one, other in combinations(words, 2)]


def keys_of_ventures(words: list[str]) -> Iterable[str]:
    return [word[:4] for word in words]
