"""People who want to meet, rounds and encounters, for tests."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from essaim.exchange.models import (
    Encounter,
    EncounterGuest,
    EncounterPlace,
    EncounterRound,
    EncounterState,
    RoundState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import make_resident

PARIS = ZoneInfo("Europe/Paris")
# A Monday morning, and the Tuesday when what was drawn then leaves.
MONDAY = datetime(2027, 3, 8, 10, tzinfo=PARIS)
TUESDAY = datetime(2027, 3, 9, 10, tzinfo=PARIS)


def make_guest(hub: Hub, **fields: Any) -> Person:
    """A resident who wants to be drawn."""
    person = make_resident(hub, **fields)
    EncounterGuest.objects.create(person=person)
    return person


def make_round(hub: Hub, **fields: Any) -> EncounterRound:
    now = timezone.now()
    values: dict[str, Any] = {
        "state": RoundState.SENT,
        "seed": 1,
        "drawn_at": now - timedelta(days=2),
        "leaves_at": now - timedelta(days=1),
        "sent_at": now - timedelta(days=1),
    } | fields
    return EncounterRound.objects.create(hub=hub, **values)


def make_encounter(
    hub: Hub, *people: Person, found: EncounterRound | None = None, **fields: Any
) -> Encounter:
    """Proposed yesterday, with three moments to come, unless told otherwise."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    slots = [now + timedelta(days=days) for days in (2, 3, 4)]
    values: dict[str, Any] = {
        "state": EncounterState.PROPOSED,
        "slots": [slot.isoformat() for slot in slots],
        "turn": 1,
        "ask_at": slots[-1] + timedelta(hours=20),
        "ends_at": slots[-1] + timedelta(days=7),
    } | fields
    encounter = Encounter.objects.create(round=found or make_round(hub), **values)
    for person in people:
        EncounterPlace.objects.create(round=encounter.round, encounter=encounter, person=person)
    return encounter


def place_of(encounter: Encounter, person: Person) -> EncounterPlace:
    """As it stands."""
    return EncounterPlace.objects.get(encounter=encounter, person=person)


def reread(encounter: Encounter) -> Encounter:
    return Encounter.objects.get(pk=encounter.pk)
