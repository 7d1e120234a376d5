"""A hive around its bell: people who are there, and what a screen was told."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from essaim.exchange.actions import buzz as actions
from essaim.exchange.models import Buzz, BuzzTurn, TurnState
from essaim.hubs.models import Hub
from essaim.people.models import Person


def make_buzz(hub: Hub, **fields: Any) -> Buzz:
    values: dict[str, Any] = {"starts_at": timezone.now() + timedelta(minutes=5)} | fields
    return Buzz.objects.create(hub=hub, **values)


def ring(hub: Hub, host: Person, *people: Person) -> Buzz:
    """The bell has rung, and these are there, in the order of their turns."""
    buzz = make_buzz(hub)
    actions.ring_bell(buzz=buzz, by=host)
    for person in people:
        actions.join_buzz(buzz=buzz, by=host, person=person)
    return reread(buzz)


def give_next(buzz: Buzz, host: Person) -> BuzzTurn | None:
    speaking = buzz.turns.filter(state=TurnState.SPEAKING).first()
    actions.give_turn(buzz=buzz, by=host, after=speaking.pk if speaking else None)
    return buzz.turns.filter(state=TurnState.SPEAKING).select_related("person", "buzz").first()


def turn_of(buzz: Buzz, person: Person) -> BuzzTurn:
    return BuzzTurn.objects.select_related("person", "buzz__hub", "need").get(
        buzz=buzz, person=person
    )


def reread(buzz: Buzz) -> Buzz:
    return Buzz.objects.select_related("hub").get(pk=buzz.pk)


def told(buzz: Buzz) -> list[str]:
    return list(buzz.events.order_by("number").values_list("kind", flat=True))


def facts_of(buzz: Buzz, kind: str) -> dict[str, Any]:
    """Of the last event of a kind."""
    found = buzz.events.filter(kind=kind).order_by("-number").first()
    assert found is not None, f"nothing was told of {kind}"
    facts: dict[str, Any] = found.facts
    return facts
