"""One encounter, from the moments proposed to what came of it.

Whoever touches it locks the encounter first: of two who choose at the same time, the second sees
what the first chose.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.actions.rounds import ASK_AFTER, SILENCE, places_of
from essaim.exchange.escalation import working_day
from essaim.exchange.meeting_times import COUNT, three_moments
from essaim.exchange.models import (
    ENCOUNTER,
    Encounter,
    EncounterPlace,
    EncounterState,
    Since,
    Told,
)
from essaim.exchange.notifications import encounters as telling
from essaim.people.models import Person

TURNS = 4
FOLLOW_AFTER = timedelta(days=30)
LIVE = (EncounterState.PROPOSED, EncounterState.AGREED)


class NothingChosen(Refusal):
    message = _("Tick at least one moment, or ask for three others.")


class MomentsChanged(Refusal):
    message = _("Three other moments were proposed meanwhile: look at them.")


class NoMoreMoments(Refusal):
    message = _("No moment was found in four times: say it at the Buzz, or to your host.")


class EncounterOver(Refusal):
    message = _("This encounter is over.")


class LeftAlready(Refusal):
    message = _("You have left this encounter: the others choose their moment.")


class HowUseful(Refusal):
    message = _("Say whether you would have met anyway, and how useful it was, from 1 to 5.")


def slots_of(encounter: Encounter) -> list[datetime]:
    return [datetime.fromisoformat(slot) for slot in encounter.slots]


@transaction.atomic
def choose_moments(
    *, place: EncounterPlace, numbers: Sequence[int], turn: int, by: Person
) -> Encounter:
    """The first moment that suits everybody is set; when none does, three others come at once.

    `turn` is that of the moments that the person saw: they may have changed since.
    """
    encounter, place = _locked(place, by)
    if encounter.state != EncounterState.PROPOSED:
        raise EncounterOver if encounter.state not in LIVE else MomentsChanged
    if encounter.turn != turn:
        raise MomentsChanged
    if place.told == Told.SKIPPED:
        raise LeftAlready
    place.suits = sorted({one for one in numbers if one in range(COUNT)})
    if not place.suits:
        raise NothingChosen
    place.save(update_fields=["suits"])
    journal.record("choose_moments", encounter, by=by, hub_id=encounter.round.hub_id)
    _settle(encounter)
    return encounter


def _settle(encounter: Encounter) -> None:
    places = _staying(encounter)
    if any(place.suits is None for place in places):
        return  # somebody has not chosen yet
    common = set(range(COUNT)).intersection(*(place.suits or () for place in places))
    slots, now = slots_of(encounter), timezone.now()
    ahead = [slots[number] for number in sorted(common) if slots[number] > now]
    if ahead:
        at = min(ahead)
        ask_at = at + ASK_AFTER
        ENCOUNTER.fire(encounter, "agree", meets_at=at, ask_at=ask_at, ends_at=ask_at + SILENCE)
        telling.agreed(places, at)
    elif encounter.turn < TURNS:
        _propose_others(encounter, places)


@transaction.atomic
def ask_for_others(*, place: EncounterPlace, by: Person) -> Encounter:
    """« None of them suits me », or no longer: three others, for everybody."""
    encounter, place = _locked(place, by)
    if encounter.state not in LIVE:
        raise EncounterOver
    if place.told == Told.SKIPPED:
        raise LeftAlready
    if encounter.turn >= TURNS:
        raise NoMoreMoments
    if encounter.state == EncounterState.AGREED:
        ENCOUNTER.fire(encounter, "reopen", meets_at=None)
    journal.record("ask_for_others", encounter, by=by, hub_id=encounter.round.hub_id)
    _propose_others(encounter, _staying(encounter))
    return encounter


def _propose_others(encounter: Encounter, places: Sequence[EncounterPlace]) -> None:
    last = max([timezone.now(), *slots_of(encounter)])
    # The two days of notice were given once.
    moments = three_moments(last - timedelta(days=1), working_day(encounter.round.hub))
    ask_at = moments[-1] + ASK_AFTER
    encounter.slots = [moment.isoformat() for moment in moments]
    encounter.turn += 1
    encounter.ask_at, encounter.ends_at = ask_at, ask_at + SILENCE
    encounter.save(update_fields=["slots", "turn", "ask_at", "ends_at"])
    encounter.places.update(suits=None)
    telling.other_moments(places, encounter.turn)


@transaction.atomic
def skip(*, place: EncounterPlace, by: Person) -> None:
    """« Not this time », or « we did not meet »: no reason is asked. Of three, two remain."""
    encounter, place = _locked(place, by)
    if place.told == Told.SKIPPED:
        return
    if encounter.state not in (*LIVE, EncounterState.NO_ANSWER):
        raise EncounterOver
    _note(place, told=Told.SKIPPED)
    journal.record("skip_encounter", encounter, by=by, hub_id=encounter.round.hub_id)
    if encounter.state in LIVE:
        _without(encounter, by)


def _without(encounter: Encounter, person: Person) -> None:
    """The others are told; two who had both chosen already find their moment."""
    staying = _staying(encounter)
    if len(staying) < 2:
        ENCOUNTER.fire(encounter, "skip", meets_at=encounter.meets_at)
    elif encounter.state == EncounterState.PROPOSED:
        _settle(encounter)
    telling.off(staying, person)


@transaction.atomic
def tell_met(*, place: EncounterPlace, anyway: bool, useful: int, by: Person) -> None:
    """The first who says so makes it met; each says for themselves how it was, and may correct."""
    encounter, place = _locked(place, by)
    if not 1 <= useful <= 5:
        raise HowUseful
    now = timezone.now()
    if encounter.state != EncounterState.MET:
        if not ENCOUNTER.can(encounter, "meet"):
            raise EncounterOver
        met_at = min(now, encounter.meets_at or now)
        ENCOUNTER.fire(encounter, "meet", met_at=met_at, follow_at=met_at + FOLLOW_AFTER)
    _note(place, told=Told.MET, anyway=anyway, useful=useful)
    journal.record("tell_met", encounter, by=by, hub_id=encounter.round.hub_id)


def _note(place: EncounterPlace, **changes: object) -> None:
    values = {"anyway": None, "useful": None, "told_at": timezone.now()} | changes
    for name, value in values.items():
        setattr(place, name, value)
    place.save(update_fields=list(values))


@transaction.atomic
def tell_since(*, place: EncounterPlace, since: str, by: Person) -> None:
    encounter, place = _locked(place, by)
    if encounter.state != EncounterState.MET:
        raise EncounterOver
    place.since, place.since_at = Since(since), timezone.now()
    place.save(update_fields=["since", "since_at"])
    journal.record("tell_since", encounter, by=by, hub_id=encounter.round.hub_id)


def _locked(place: EncounterPlace, by: Person) -> tuple[Encounter, EncounterPlace]:
    """The encounter as it stands, and the person's place in it."""
    if place.person_id != by.pk or not by.is_reachable() or place.encounter_id is None:
        raise NotAllowed
    rows = Encounter.objects.select_for_update(no_key=True, of=("self",))
    encounter = rows.select_related("round__hub").get(pk=place.encounter_id)
    if encounter.state in (EncounterState.DRAWN, EncounterState.CANCELLED):
        raise NotAllowed
    fresh = EncounterPlace.objects.get(pk=place.pk)
    fresh.encounter, fresh.person = encounter, by
    return encounter, fresh


def _staying(encounter: Encounter) -> list[EncounterPlace]:
    return [place for place in places_of(encounter) if place.told != Told.SKIPPED]


@transaction.atomic
def ask_how_it_was(*, encounter: Encounter, now: datetime) -> bool:
    """Whoever empties the date asks; another worker finds nothing to do."""
    due = Encounter.objects.filter(pk=encounter.pk, ask_at__lte=now)
    if not due.update(ask_at=None):
        return False
    asked = places_of(encounter)
    telling.how_was_it(one for one in asked if not one.told)
    return True


@transaction.atomic
def end_encounter(*, encounter: Encounter, now: datetime) -> bool:
    """Nobody said what became of it; they still may."""
    due = Encounter.objects.filter(pk=encounter.pk, ends_at__lte=now)
    if not ENCOUNTER.fire_all(due, "lapse", ends_at=None):
        return False
    journal.record("end_encounter", encounter, by=None, hub_id=encounter.round.hub_id)
    return True


@transaction.atomic
def ask_since(*, encounter: Encounter, now: datetime) -> bool:
    due = Encounter.objects.filter(pk=encounter.pk, state=EncounterState.MET, follow_at__lte=now)
    if not due.update(follow_at=None):
        return False
    telling.since_then(one for one in places_of(encounter) if one.told == Told.MET)
    return True


def leave_all(*, person: Person) -> None:
    """For the actions by which a person leaves, in their transaction: the others are told."""
    waiting = Encounter.objects.of(person).live().order_by("pk")
    rows = EncounterPlace.objects.filter(person=person, encounter__in=waiting)
    for place in rows.exclude(told=Told.SKIPPED).select_related("encounter__round__hub"):
        _leave(place, person)


def _leave(place: EncounterPlace, person: Person) -> None:
    """Nobody is kept here by a promise: no right is asked."""
    assert place.encounter is not None
    rows = Encounter.objects.select_for_update(no_key=True, of=("self",))
    encounter = rows.select_related("round__hub").get(pk=place.encounter.pk)
    if encounter.state in LIVE:
        _note(place, told=Told.SKIPPED)
        _without(encounter, person)
