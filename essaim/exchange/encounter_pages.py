"""What the page of an encounter shows to one of those who meet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from essaim.exchange import encounter_cards as cards
from essaim.exchange.actions.encounters import LIVE, TURNS, slots_of
from essaim.exchange.encounter_forms import HowItWas
from essaim.exchange.models import (
    Encounter,
    EncounterCard,
    EncounterPlace,
    EncounterState,
    Since,
    Told,
)

STATUS_KIND = {
    EncounterState.PROPOSED: "wait",
    EncounterState.AGREED: "good",
    EncounterState.MET: "good",
}


@dataclass(frozen=True)
class Moment:
    number: int
    at: datetime
    ticked: bool


@dataclass(frozen=True)
class OtherLines:
    """Somebody to meet, and what is said of them."""

    place: EncounterPlace
    relevant: str
    surprising: str
    question: str


def encounter_page(place: EncounterPlace, form: HowItWas | None = None) -> dict[str, Any]:
    """`place` with its encounter, round and hub."""
    encounter, now = place.encounter, timezone.now()
    assert encounter is not None
    others = _others(place)
    slots = slots_of(encounter) if encounter.state == EncounterState.PROPOSED else []
    ahead = [at for at in slots if at > now]
    return {
        "encounter": encounter,
        "hub": encounter.round.hub,
        "place": place,
        "others": others,
        "staying": [one for one in others if one.place.told != Told.SKIPPED],
        "kind": STATUS_KIND.get(EncounterState(encounter.state), ""),
        "moments": _moments(place, slots, now) if place.told != Told.SKIPPED else [],
        "waits_for": [one.place.person for one in others if _is_awaited(one.place)],
        "may_ask_others": encounter.turn < TURNS,
        "live": encounter.state in LIVE and place.told != Told.SKIPPED,
        "over_by_now": not ahead and not (encounter.meets_at and encounter.meets_at > now),
        "may_tell": encounter.state not in (EncounterState.SKIPPED,) or place.told == Told.MET,
        "form": form or HowItWas(initial=_said(place)),
        "choices": Since.choices,
        "asked": "",
    }


def _others(place: EncounterPlace) -> list[OtherLines]:
    rows = EncounterPlace.objects.filter(encounter=place.encounter_id).exclude(pk=place.pk)
    written = {
        card.other_id: card.facts
        for card in EncounterCard.objects.filter(
            encounter=place.encounter_id, reader=place.person_id
        )
    }
    return [
        _lines(other, written.get(other.person_id, {}))
        for other in rows.select_related("person").order_by("person_id")
    ]


def _lines(other: EncounterPlace, facts: dict[str, Any]) -> OtherLines:
    name = other.person.given_name
    return OtherLines(
        other,
        cards.relevant_line(facts, name),
        cards.surprising_line(facts, name),
        cards.question_line(facts),
    )


def _moments(place: EncounterPlace, slots: list[datetime], now: datetime) -> list[Moment]:
    chosen = place.suits or []
    return [Moment(number, at, number in chosen) for number, at in enumerate(slots) if at > now]


def _is_awaited(other: EncounterPlace) -> bool:
    return other.told != Told.SKIPPED and other.suits is None


def _said(place: EncounterPlace) -> dict[str, Any]:
    anyway = {True: "yes", False: "no", None: None}[place.anyway]
    return {"anyway": anyway, "useful": place.useful}


def listed(encounters: list[Encounter], person_id: Any) -> list[dict[str, Any]]:
    """Lines of a list, the names of the others read at once."""
    rows = EncounterPlace.objects.filter(encounter__in=encounters).exclude(person=person_id)
    names: dict[Any, list[str]] = {}
    for place in rows.select_related("person").order_by("person_id"):
        names.setdefault(place.encounter_id, []).append(place.person.name)
    return [
        {
            "encounter": encounter,
            "names": names.get(encounter.pk, []),
            "kind": STATUS_KIND.get(EncounterState(encounter.state), ""),
        }
        for encounter in encounters
    ]
