"""How people are shown on the screens of a Buzz, and who can help with what is being typed."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from essaim.core.templatetags.presentation import initials, tone
from essaim.exchange import matching, reasons
from essaim.exchange.matching import Card, Suggestion
from essaim.exchange.models import Buzz, BuzzPresence, BuzzTurn, Need, NeedAudience, TurnState
from essaim.hubs.models import Residency
from essaim.people.models import Person

Facts = dict[str, Any]
SHOWN = 3
COMING = 3
# Fewer letters say nothing yet.
SHORTEST = 12


def person_facts(person: Person) -> Facts:
    return _shown(matching.cards_of([person.pk])[person.pk])


def _shown(card: Card) -> Facts:
    return {
        "id": str(card.id),
        "name": card.name,
        "given": card.given_name,
        "initials": initials(card.name),
        "tone": tone(card.name),
        "photo": card.photo,
        "venture": card.venture,
        "hub": card.hub,
    }


def turn_facts(buzz: Buzz, turn: BuzzTurn | None) -> Facts:
    """Who speaks, who comes next, and how many are still to speak."""
    waiting = buzz.turns.filter(state=TurnState.WAITING).order_by("position")
    coming = list(waiting.select_related("person")[:COMING])
    return {
        "turn": str(turn.pk) if turn else "",
        "person": person_facts(turn.person) if turn else None,
        "next": [each.person.given_name for each in coming],
        "waiting": waiting.count(),
    }


def helpers_in_room(turn: BuzzTurn, need: Need) -> list[Facts]:
    """At most three who are there and may be asked, each with the reason why."""
    present = BuzzPresence.objects.filter(buzz_id=turn.buzz_id).exclude(person_id=need.author_id)
    here = list(present.values_list("person_id", flat=True))
    return _found(need, among=here) if here else []


def helpers_elsewhere(turn: BuzzTurn, need: Need) -> list[Facts]:
    """Of other hives: neither in the room nor residents of this hive, who will be asked anyway."""
    if need.audience == NeedAudience.HUB:
        return []
    present = BuzzPresence.objects.filter(buzz_id=turn.buzz_id).values_list("person_id", flat=True)
    near = Residency.objects.current().filter(hub_id=turn.buzz.hub_id)
    return _found(need, struck={*present, *near.values_list("person_id", flat=True)})


def _found(need: Need, **limits: Collection[UUID]) -> list[Facts]:
    if len(need.text) < SHORTEST:
        return []
    found = matching.suggest(need, now=timezone.now(), count=SHOWN, **limits)
    known = matching.cards_of([suggestion.person_id for suggestion in found])
    return [_shown(known[s.person_id]) | _why(s, known[s.person_id]) for s in found]


def _why(suggestion: Suggestion, card: Card) -> Facts:
    """In each language. How much time somebody has left is not for a wall, nor who helped whom."""
    told = {k: v for k, v in suggestion.reasons.items() if k not in ("free", "first", "parts")}
    sentences = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            sentences[code] = reasons.about_helper(told, card.given_name)
    return {"why": sentences}


def ids_of(cards: Sequence[Facts]) -> list[str]:
    return [card["id"] for card in cards]
