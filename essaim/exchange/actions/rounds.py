"""The rounds of a hive: drawn every other week, looked at by its hosts, told to everyone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.encounter_cards import cards_for
from essaim.exchange.encounter_guests import Hive, eligible, hive_of
from essaim.exchange.encounter_past import apart_among
from essaim.exchange.escalation import working_day
from essaim.exchange.meeting_times import three_moments
from essaim.exchange.models import (
    ENCOUNTER,
    ROUND,
    Arm,
    Encounter,
    EncounterCard,
    EncounterPlace,
    EncounterRhythm,
    EncounterRound,
    EncounterState,
    RhythmMode,
    RoundState,
)
from essaim.exchange.notifications import encounters as telling
from essaim.exchange.working_hours import after_working_time
from essaim.hubs.models import Hub
from essaim.hubs.rules import hosts_hub
from essaim.matching.drawing import TRIAL, USUAL, Drawn, draw, group_of
from essaim.matching.encoder import default_encoder
from essaim.matching.encounters import score
from essaim.people.models import Person

FEWEST = 4
"""Fewer people than that would meet the same ones again and again."""
EVERY = timedelta(days=14)
# A working day for hosts to look at it.
LOOK = timedelta(hours=9)
ASK_AFTER = timedelta(hours=20)
SILENCE = timedelta(days=6)


class TooFewGuests(Refusal):
    message = _("At least four people who want to meet are needed to draw a round.")


class RoundWaits(Refusal):
    message = _("A round is drawn already: look at it, then send or cancel it.")


class RoundLeft(Refusal):
    message = _("This round has left meanwhile: it can no longer be changed.")


def mode_of(hub: Hub) -> RhythmMode:
    found = EncounterRhythm.objects.filter(hub=hub).values_list("mode", flat=True).first()
    return RhythmMode(found or RhythmMode.USUAL)


def seed_of(hub_id: UUID, now: datetime) -> int:
    """Another one for each hive and moment, and the same if it is drawn again."""
    return int(sha256(f"{hub_id}{now.isoformat()}".encode()).hexdigest()[:7], 16)


def draw_round(*, hub: Hub, by: Person | None, now: datetime | None = None) -> EncounterRound:
    """By the duty every other week, or by a host. It leaves a working day later.

    Drawn before the transaction that writes it: the writers of SQLite do not wait meanwhile.
    """
    if by is not None and not hosts_hub(by, hub.pk):
        raise NotAllowed
    now = now or timezone.now()
    ids = eligible(hub, now)
    if len(ids) < FEWEST:
        raise TooFewGuests
    hive, mode, seed = hive_of(hub, ids, now), mode_of(hub), seed_of(hub.pk, now)
    guests = [told.guest for told in hive.guests.values()]
    shares = TRIAL if mode == RhythmMode.TRIAL else USUAL
    drawn = draw(guests, hive.past, default_encoder(), seed=seed, shares=shares)
    return _write(hub, drawn, hive, mode, seed, by=by, now=now)


@transaction.atomic
def _write(
    hub: Hub,
    drawn: Drawn,
    hive: Hive,
    mode: RhythmMode,
    seed: int,
    *,
    by: Person | None,
    now: datetime,
) -> EncounterRound:
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
    if EncounterRound.objects.filter(hub=hub, state=RoundState.DRAWN).exists():
        raise RoundWaits
    leaves_at = after_working_time(now, LOOK, working_day(hub))
    found = EncounterRound.objects.create(
        hub=hub, mode=mode, seed=seed, drawn_at=now, leaves_at=leaves_at
    )
    for group in drawn.groups:
        parts = dict(group.parts)
        encounter = Encounter.objects.create(
            round=found, arm=group.method, parts=parts, drop=parts["drop"]
        )
        _seat(encounter, [UUID(one) for one in group.ids], hive)
    alone = [EncounterPlace(round=found, person_id=UUID(one)) for one in drawn.alone]
    EncounterPlace.objects.bulk_create(alone)
    journal.record("draw_round", found, by=by, hub_id=hub.pk, encounters=len(drawn.groups))
    telling.drawn(found)
    return found


def _seat(encounter: Encounter, people: Sequence[UUID], hive: Hive) -> None:
    EncounterPlace.objects.bulk_create(
        EncounterPlace(round_id=encounter.round_id, encounter=encounter, person_id=pk)
        for pk in people
    )
    group = {pk: hive.guests[pk] for pk in people}
    EncounterCard.objects.bulk_create(cards_for(encounter, group))


@transaction.atomic
def send_round(*, found: EncounterRound, now: datetime, by: Person | None = None) -> int:
    """Tells everyone; who left or paused since the draw is taken out first. Answers how many."""
    if by is not None and not hosts_hub(by, found.hub_id):
        raise NotAllowed
    found = lock_round(found)
    ROUND.fire(found, "send", sent_at=now)
    _take_out_absent(found, now)
    moments = three_moments(now, working_day(found.hub))
    slots = [moment.isoformat() for moment in moments]
    ask_at = moments[-1] + ASK_AFTER
    waiting = list(found.encounters.filter(state=EncounterState.DRAWN).order_by("pk"))
    for encounter in waiting:
        changes = {"slots": slots, "turn": 1, "ask_at": ask_at, "ends_at": ask_at + SILENCE}
        ENCOUNTER.fire(encounter, "propose", **changes)
        telling.proposed(places_of(encounter))
    journal.record("send_round", found, by=by, hub_id=found.hub_id, encounters=len(waiting))
    return len(waiting)


def _take_out_absent(found: EncounterRound, now: datetime) -> None:
    """« Opted out » and « not with them » hold until the very message; who then is alone, or with
    somebody to be kept apart, is left out."""
    here = set(eligible(found.hub, now))
    absent = found.places.exclude(person__in=here)
    touched = set(absent.filter(encounter__isnull=False).values_list("encounter_id", flat=True))
    EncounterCard.objects.filter(encounter__in=touched, other__in=absent.values("person")).delete()
    absent.delete()
    apart = apart_among(_people(found.places.all()))
    waiting = found.encounters.filter(state=EncounterState.DRAWN).order_by("pk")
    for encounter in waiting.prefetch_related("places"):
        people = sorted(place.person_id for place in encounter.places.all())
        if len(people) < 2 or not apart.isdisjoint(combinations(people, 2)):
            _dissolve(encounter)


def _dissolve(encounter: Encounter) -> None:
    ENCOUNTER.fire(encounter, "cancel")
    encounter.cards.all().delete()
    encounter.places.update(encounter=None)


@transaction.atomic
def cancel_round(*, found: EncounterRound, by: Person) -> None:
    """Nobody was told: nothing remains of it but that it was cancelled."""
    found = _hosted(found, by)
    ROUND.fire(found, "cancel")
    for encounter in found.encounters.filter(state=EncounterState.DRAWN):
        _dissolve(encounter)
    journal.record("cancel_round", found, by=by, hub_id=found.hub_id)


@transaction.atomic
def drop_encounter(*, encounter: Encounter, by: Person) -> None:
    """These two do not meet this time; they go first next time."""
    found = _hosted(encounter.round, by)
    _dissolve(Encounter.objects.get(pk=encounter.pk))
    journal.record("drop_encounter", encounter, by=by, hub_id=found.hub_id)


def _hosted(found: EncounterRound, by: Person) -> EncounterRound:
    found = lock_round(found)
    if not hosts_hub(by, found.hub_id):
        raise NotAllowed
    if found.state != RoundState.DRAWN:
        raise RoundLeft
    return found


def lock_round(found: EncounterRound) -> EncounterRound:
    rows = EncounterRound.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("hub").get(pk=found.pk)


def places_of(encounter: Encounter) -> list[EncounterPlace]:
    rows = encounter.places.select_related("person", "encounter__round__hub")
    return list(rows.order_by("person_id"))


class NotTogether(Refusal):
    message = _("These people cannot meet: choose another exchange.")


@transaction.atomic
def swap_places(*, found: EncounterRound, one: Person, other: Person, by: Person) -> None:
    """Each takes the place of the other, be it among those left out; the host's own pairs are no
    part of what is compared."""
    found = _hosted(found, by)
    seats = {place.person_id: place for place in found.places.filter(person__in=(one, other))}
    if len(seats) < 2 or seats[one.pk].encounter_id == seats[other.pk].encounter_id:
        raise NotTogether
    seats[one.pk].encounter_id, seats[other.pk].encounter_id = (
        seats[other.pk].encounter_id,
        seats[one.pk].encounter_id,
    )
    for place in seats.values():
        place.save(update_fields=["encounter"])
    touched = found.encounters.filter(places__in=seats.values()).order_by("pk")
    hive = hive_of(found.hub, _people(found.places.all()), timezone.now())
    for encounter in touched:
        _regroup(encounter, hive)
    journal.record("swap_places", found, by=by, hub_id=found.hub_id)


def _people(places: QuerySet[EncounterPlace]) -> list[UUID]:
    return list(places.order_by("person_id").values_list("person_id", flat=True))


def _regroup(encounter: Encounter, hive: Hive) -> None:
    """New cards, new parts, and a refusal when two of them are to stay apart."""
    people = _people(encounter.places.all())
    if any(_apart(hive, *two) for two in combinations(people, 2)):
        raise NotTogether
    parts = _parts_of(hive, people)
    Encounter.objects.filter(pk=encounter.pk).update(arm=Arm.HOST, parts=parts, drop=parts["drop"])
    encounter.cards.all().delete()
    group = {pk: hive.guests[pk] for pk in people}
    EncounterCard.objects.bulk_create(cards_for(encounter, group))


def _apart(hive: Hive, one: UUID, other: UUID) -> bool:
    return (str(one), str(other)) in hive.past.apart or (str(other), str(one)) in hive.past.apart


def _parts_of(hive: Hive, people: Sequence[UUID]) -> dict[str, float]:
    """Compared with everyone of the round, as at the draw."""
    guests = [told.guest for told in hive.guests.values()]
    ids = [guest.id for guest in guests]
    found = score(guests, hive.past, default_encoder())
    return dict(group_of(ids, found, [ids.index(str(pk)) for pk in people], "full").parts)


@transaction.atomic
def set_rhythm(*, hub: Hub, mode: str, by: Person) -> None:
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    rhythm, _created = EncounterRhythm.objects.update_or_create(
        hub=hub, defaults={"mode": RhythmMode(mode)}
    )
    journal.record("set_rhythm", rhythm, by=by, hub_id=hub.pk, mode=rhythm.mode)


def take_turn(*, found: EncounterRound, now: datetime) -> int:
    """For the duty: nothing when a host was faster."""
    try:
        return send_round(found=found, now=now)
    except Overtaken:
        return 0
