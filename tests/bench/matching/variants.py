"""The same questions misspelt, without accents, inside a request, or cut short.

All of it is mechanical, from a seed. A variant that changes nothing is left out.
"""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from tests.bench.matching.data import SEED, Benchmark, Question

PHRASES = (
    "Je cherche quelqu’un pour m’aider : {}",
    "Bonjour, nous aurions besoin d’un coup de main, {}",
    "Qui pourrait m’aider ? Il me faudrait une personne qui sait : {}",
    "Est-ce que quelqu’un connaît un ou une {} s’il vous plaît",
    "Notre association recherche {}, merci d’avance",
    "J’aurais besoin de conseils : {}",
)
ENGLISH_PHRASES = (
    "I am looking for someone to help me: {}",
    "Hello, we could do with a hand, {}",
    "Who could help me? I need somebody who knows: {}",
    "Does anyone know a {} please",
    "Our organisation is looking for {}, thanks in advance",
    "I would like some advice: {}",
)
Change = Callable[[str, random.Random], str]


def asked(benchmark: Benchmark) -> dict[str, list[Question]]:
    """Every question of a benchmark, by the name of its test: `rome`, `rome_typo`…

    `short` is the first sentence of a long text, where the data give it.
    """
    phrases = ENGLISH_PHRASES if benchmark.language == "en" else PHRASES
    changes: dict[str, Change] = {
        "typo": misspelt,
        "noacc": lambda text, _: without_accents(text),
        "need": lambda text, chance: chance.choice(phrases).format(text),
    }
    found = {benchmark.name: benchmark.questions}
    for name, change in changes.items():
        changed = _changed(benchmark.questions, change)
        if changed != benchmark.questions:
            found[f"{benchmark.name}_{name}"] = changed
    short = [replace(one, text=one.short) for one in benchmark.questions if one.short]
    return found | ({f"{benchmark.name}_short": short} if short else {})


def _changed(questions: list[Question], change: Change) -> list[Question]:
    chance = random.Random(SEED)
    return [replace(question, text=change(question.text, chance)) for question in questions]


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


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
