"""The card of an encounter: what is quoted is chosen at the draw, the sentences when it is read."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy

from essaim.exchange import reasons
from essaim.exchange.encounter_guests import Quoted, Told
from essaim.exchange.models import Encounter, EncounterCard
from essaim.matching.encoder import default_encoder
from essaim.matching.evidence import evidence

Facts = dict[str, Any]

FOR = {
    "need": gettext_lazy("You need: “%(want)s”."),
    "learn": gettext_lazy("You want to learn “%(want)s”."),
    "challenge": gettext_lazy("Your challenge: “%(want)s”."),
}
ASK_ABOUT = {
    "need": gettext_lazy("What have you tried so far for “%(words)s”?"),
    "learn": gettext_lazy("What would you do first, once you know “%(words)s”?"),
    "challenge": gettext_lazy("Where do you stand with “%(words)s”?"),
    "skill": gettext_lazy("How did you come to “%(words)s”?"),
    "met": gettext_lazy("How did it go, the day you helped with “%(words)s”?"),
}
ASK_ANYTHING = gettext_lazy("What surprised you most this month?")


def cards_for(encounter: Encounter, group: Mapping[UUID, Told]) -> list[EncounterCard]:
    """One for each reader of each other."""
    return [
        EncounterCard(
            encounter=encounter,
            reader_id=reader,
            other_id=other,
            facts=facts_between(group[reader], group[other]),
        )
        for reader, other in permutations(sorted(group), 2)
    ]


def facts_between(reader: Told, other: Told) -> Facts:
    found = evidence(reader.guest, other.guest, default_encoder())
    surprising = _facts(other.offers, found.surprising)
    return {
        "want": _facts(reader.wants, found.want),
        "relevant": _facts(other.offers, found.offer),
        "surprising": surprising,
        "question": _facts(other.wants, found.other_want) or surprising,
    }


def _facts(quoted: tuple[Quoted, ...], at: int | None) -> Facts | None:
    return None if at is None else quoted[at].facts


def relevant_line(facts: Facts, name: str) -> str:
    """Why it may be useful; empty when nothing was written."""
    if not (found := facts.get("relevant")):
        return ""
    said = reasons.about_helper(found, name)
    want = facts.get("want")
    return f"{_wanted(want)} {said}" if want else said


def _wanted(want: Facts) -> str:
    return str(FOR[want["kind"]]) % {"want": _words(want)}


def surprising_line(facts: Facts, name: str) -> str:
    found = facts.get("surprising")
    return reasons.about_helper(found, name) if found else ""


def question_line(facts: Facts) -> str:
    found = facts.get("question")
    sentence = ASK_ABOUT.get(found["kind"]) if found else None
    if found is None or sentence is None or not (words := _words(found)):
        return str(ASK_ANYTHING)
    return str(sentence) % {"words": words}


def _words(quoted: Facts) -> str:
    label = quoted.get("label_en" if get_language() == "en" else "label_fr", "")
    return str(label or quoted.get("quote", "")).strip().rstrip(".")
