"""What time alone does to encounters: drawn, told, asked about, ended, followed a month later."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.core.refusals import Refusal
from essaim.exchange.actions import encounters, rounds
from essaim.exchange.escalation import is_at_rest
from essaim.exchange.models import (
    Encounter,
    EncounterGuest,
    EncounterRhythm,
    EncounterRound,
    EncounterState,
    RhythmMode,
    RoundState,
)
from essaim.hubs.models import Hub, Residency

# A round drawn at eleven is followed by one drawn at nine, a fortnight later.
EARLY = timedelta(hours=8)


@duty(every=timedelta(hours=1), words=_("Draw the encounters of each hive, every other week"))
def draw_rounds(now: datetime) -> int:
    due = [hub for hub in _hubs_due(now) if not is_at_rest(hub, now)]
    return sum(_drawn(hub, now) for hub in due)


def _hubs_due(now: datetime) -> QuerySet[Hub]:
    """Somebody there wants to meet, and no round was drawn for a fortnight."""
    here = OuterRef("pk")
    wanting = EncounterGuest.objects.values("person")
    guests = Residency.objects.current().filter(hub=here, person__in=wanting)
    lately = EncounterRound.objects.filter(hub=here, drawn_at__gt=now - rounds.EVERY + EARLY)
    off = EncounterRhythm.objects.filter(hub=here, mode=RhythmMode.OFF)
    open_hubs = Hub.objects.open().filter(Exists(guests), ~Exists(lately), ~Exists(off))
    return open_hubs.order_by("pk")


def _drawn(hub: Hub, now: datetime) -> int:
    try:
        rounds.draw_round(hub=hub, by=None, now=now)
    except Refusal:  # too few people, or a host was faster
        return 0
    return 1


@duty(every=timedelta(minutes=15), words=_("Tell people whom they meet"))
def send_rounds(now: datetime) -> int:
    due = EncounterRound.objects.filter(state=RoundState.DRAWN, leaves_at__lte=now)
    return sum(
        rounds.take_turn(found=found, now=now)
        for found in due.select_related("hub").order_by("leaves_at", "pk")
        if not is_at_rest(found.hub, now)
    )


@duty(every=timedelta(hours=1), words=_("Ask how encounters were, and end the forgotten ones"))
def ask_about_encounters(now: datetime) -> int:
    to_ask = Encounter.objects.exclude(state=EncounterState.SKIPPED).filter(ask_at__lte=now)
    to_end = Encounter.objects.live().filter(ends_at__lte=now)
    return _each(to_ask, encounters.ask_how_it_was, now) + _each(
        to_end, encounters.end_encounter, now
    )


@duty(every=timedelta(hours=6), words=_("Ask what came of the encounters of a month ago"))
def follow_encounters(now: datetime) -> int:
    due = Encounter.objects.filter(state=EncounterState.MET, follow_at__lte=now)
    return _each(due, encounters.ask_since, now)


def _each(due: QuerySet[Encounter], do: Callable[..., bool], now: datetime) -> int:
    """In the working hours of the hive: what fell due at night waits for the morning."""
    rows = due.select_related("round__hub").order_by("pk")
    return sum(
        do(encounter=encounter, now=now)
        for encounter in rows
        if not is_at_rest(encounter.round.hub, now)
    )
