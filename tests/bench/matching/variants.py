"""Wrong spellings and request phrases, made from the questions, mechanically and from a seed."""

import random
from collections.abc import Callable

from tests.bench.matching.data import Question

SEED = 7
PHRASES = (
    "Je cherche quelqu’un pour m’aider : {}",
    "Bonjour, nous aurions besoin d’un coup de main, {}",
    "Qui pourrait m’aider ? Il me faudrait une personne qui sait : {}",
    "Est-ce que quelqu’un connaît un ou une {} s’il vous plaît",
    "Notre association recherche {}, merci d’avance",
    "J’aurais besoin de conseils : {}",
)


def misspelt(text: str, chance: random.Random) -> str:
    """Half of the words of five letters and more get one edit: swap, loss, double or change."""
    return " ".join(
        _edited(word, chance) if len(word) >= 5 and chance.random() < 0.5 else word
        for word in text.split()
    )


def _edited(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    edits: list[Callable[[], str]] = [
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + chance.choice("abcdefghilmnoprstuv") + word[at + 1 :],
    ]
    return chance.choice(edits)()


def variants(name: str, questions: list[Question]) -> dict[str, list[Question]]:
    if name != "rome":
        return {name: questions}
    chance = random.Random(SEED)
    typo = [Question(misspelt(q.text, chance), q.answers) for q in questions]
    need = [Question(chance.choice(PHRASES).format(q.text), q.answers) for q in questions]
    return {name: questions, f"{name}~typo": typo, f"{name}~need": need}
