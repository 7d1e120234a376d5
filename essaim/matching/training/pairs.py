"""Pairs of texts that should lie close, drawn from the classifications.

Within one trade of ROME: two wordings, a wording and a skill, two skills, a wording and a sentence
of the definition. Within one concept of ESCO: two wordings of one language, a French and an English
one, a wording and the description. Each text also pairs with a misspelt copy of itself. Nothing
here joins ROME to ESCO: a crosswalk between them is what public benchmarks are made of.
"""

import random
from collections.abc import Iterator, Sequence

from essaim.matching.taxonomies import Concept, Taxonomies, Trade
from essaim.matching.text import sentences

# Two texts, and what they have in common: two pairs of one group are no counter-example.
Pair = tuple[str, str, int]

WORDINGS_EACH = 6
SKILL_SHARE = 0.5
SENTENCE_LENGTH = 20
TRANSLATIONS_EACH = 6
MISSPELT = 55_000
MISSPELT_LENGTH = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def pairs(taxonomies: Taxonomies, *, seed: int) -> dict[str, list[Pair]]:
    """By kind; the same seed gives the same pairs in the same order."""
    chance = random.Random(seed)  # noqa: S311
    drawn: dict[str, list[Pair]] = {}
    group = 0
    for trade in taxonomies.trades:
        group += 1
        _gather(drawn, _of_trade(trade, group, chance))
    for family in taxonomies.families:
        group += 1
        _gather(drawn, (("family", (one, chance.choice(family), group)) for one in family))
    for name, concepts in (("skill", taxonomies.skills), ("occupation", taxonomies.occupations)):
        for concept in concepts:
            group += 1
            _gather(drawn, _of_concept(name, concept, group, chance))
    drawn["misspelt"] = _misspelt_pairs(drawn, chance)
    return drawn


def _gather(drawn: dict[str, list[Pair]], more: Iterator[tuple[str, Pair]]) -> None:
    for kind, pair in more:
        if pair[0] != pair[1]:
            drawn.setdefault(kind, []).append(pair)


def _of_trade(trade: Trade, group: int, chance: random.Random) -> Iterator[tuple[str, Pair]]:
    for wording in trade.wordings:
        others = chance.sample(trade.wordings, min(len(trade.wordings), WORDINGS_EACH))
        yield from (("wordings", (wording, other, group)) for other in others)
    for skill in trade.skills:
        yield "wording and skill", (chance.choice(trade.wordings), skill, group)
        if chance.random() < SKILL_SHARE:
            yield "skills", (skill, chance.choice(trade.skills), group)
    whole = [trade.definition] if trade.definition else []
    for sentence in [*whole, *sentences(trade.definition)]:
        if len(sentence) > SENTENCE_LENGTH:
            yield "definition", (chance.choice(trade.wordings), sentence, group)
            if trade.skills and chance.random() < SKILL_SHARE:
                yield "definition", (sentence, chance.choice(trade.skills), group)


def _of_concept(
    name: str, concept: Concept, group: int, chance: random.Random
) -> Iterator[tuple[str, Pair]]:
    for language, wordings in concept.wordings.items():
        kind = f"{name} {language}"
        yield from ((kind, (wordings[0], other, group)) for other in wordings[1:])
        if len(wordings) > 2:
            yield from ((kind, (one, chance.choice(wordings), group)) for one in wordings[1:])
    french, english = concept.wordings.get("fr", []), concept.wordings.get("en", [])
    if french and english:
        yield f"{name} translated", (french[0], english[0], group)
        for _ in range(min(len(english), TRANSLATIONS_EACH)):
            yield f"{name} translated", (chance.choice(french), chance.choice(english), group)
    if concept.description:
        firsts = [wordings[0] for wordings in (english, french) if wordings]
        yield from ((f"{name} described", (one, concept.description, group)) for one in firsts)


def _misspelt_pairs(drawn: dict[str, list[Pair]], chance: random.Random) -> list[Pair]:
    firsts = {one: group for pairs in drawn.values() for one, _, group in pairs}
    chosen = chance.sample(list(firsts.items()), min(len(firsts), MISSPELT))
    return [(text, misspelt(text, chance), group) for text, group in chosen]


def misspelt(text: str, chance: random.Random) -> str:
    """Half of the words of five letters and more get one edit, never of their first letter."""
    return " ".join(
        _edited(word, chance) if len(word) >= MISSPELT_LENGTH and chance.random() < 0.5 else word
        for word in text.split()
    )


def _edited(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    edits: Sequence[str] = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[: at + 1] + word[at:],
        word[:at] + chance.choice(LETTERS) + word[at + 1 :],
    )
    return chance.choice(edits)
