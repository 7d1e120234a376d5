import re
from collections import Counter
from pathlib import Path

import pytest

from essaim.people.skill_seed import SkillSeedError, read_seed

HEADER = "code,parent_code,label_fr,label_en,also_fr,also_en\n"


def seed_file(folder: Path, *lines: str) -> Path:
    path = folder / "skills.csv"
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_tree_covers_the_trades_without_becoming_a_thesaurus() -> None:
    skills = read_seed()

    families = [skill for skill in skills if skill.parent_code is None]
    assert 350 <= len(skills) <= 450
    assert 20 <= len(families) <= 30


def test_every_family_has_skills() -> None:
    skills = read_seed()

    children = Counter(skill.parent_code for skill in skills)
    thin = [s.code for s in skills if s.parent_code is None and children[s.code] < 5]
    assert thin == []


@pytest.mark.parametrize("language", ["label_fr", "label_en"])
def test_no_two_skills_have_the_same_label(language: str) -> None:
    labels = Counter(getattr(skill, language).casefold() for skill in read_seed())

    assert [label for label, times in labels.items() if times > 1] == []


def test_every_skill_has_other_wordings() -> None:
    bare = [skill.code for skill in read_seed() if not skill.also_fr]

    assert bare == []


def test_wordings_repeat_neither_the_label_nor_each_other() -> None:
    repeated = [
        skill.code
        for skill in read_seed()
        for label, also in ((skill.label_fr, skill.also_fr), (skill.label_en, skill.also_en))
        if label in also or len(set(also)) != len(also)
    ]

    assert repeated == []


def test_apostrophes_are_typographic() -> None:
    straight = re.compile(r"\w'\w")

    wrong = [s.code for s in read_seed() if straight.search(" ".join((s.label_fr, *s.also_fr)))]
    assert wrong == []


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("SCIC", "scic"),
        ("appel d’offres", "public-procurement"),
        ("tréso", "cash-flow"),
        ("FALC", "plain-language"),
        ("HACCP", "food-safety"),
        ("relire", "proofread"),
    ],
)
def test_words_members_say_lead_to_the_skill(wording: str, code: str) -> None:
    found = {s.code for s in read_seed() if wording in (s.label_fr, *s.also_fr)}

    assert code in found


def test_cells_become_values(tmp_path: Path) -> None:
    path = seed_file(tmp_path, "sales,,Vente,Sales,vendre| commercial |,selling")

    (skill,) = read_seed(path)

    assert skill.parent_code is None
    assert skill.also_fr == ("vendre", "commercial")
    assert skill.also_en == ("selling",)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["a,,A,A,,", "a,,B,B,,"], "twice"),
        (["a,b,A,A,,", "b,,B,B,,"], "not above it"),
        (["a,,A,,,"], "both languages"),
        (["A b,,A,A,,"], "lower-case"),
        (["a,,A,A,,", "b,a,B,B,,", "c,b,C,C,,", "d,c,D,D,,"], "deeper"),
    ],
)
def test_broken_tree_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    with pytest.raises(SkillSeedError, match=reason):
        read_seed(seed_file(tmp_path, *lines))
