"""Encounters of a generated network: who wants to meet, rounds of the last weeks, one of today.

Rounds of the past are told in short; that of today is drawn by the engine, with real cards, in the
hives that visitors look at.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from essaim.exchange.actions.encounters import FOLLOW_AFTER
from essaim.exchange.actions.rounds import ASK_AFTER, EVERY, SILENCE, seed_of
from essaim.exchange.encounter_cards import facts_between
from essaim.exchange.encounter_guests import Hive, eligible, hive_of
from essaim.exchange.meeting_times import three_moments
from essaim.exchange.models import (
    Arm,
    Encounter,
    EncounterCard,
    EncounterGuest,
    EncounterPlace,
    EncounterRhythm,
    EncounterRound,
    EncounterState,
    RhythmMode,
    RoundState,
    Since,
    Told,
)
from essaim.exchange.working_hours import WorkingDay
from essaim.home.demo.life import Life
from essaim.home.demo.world import Resident
from essaim.hubs.models import Hub
from essaim.matching.drawing import Group, draw
from essaim.matching.encoder import default_encoder

WANTING = 0.6
PAST_ROUNDS = 5
LOOKED_AT = 3
# How often an encounter of each way takes place, and is useful and unexpected, in this story.
OUTCOMES = {Arm.RANDOM: (0.55, 0.2), Arm.RELEVANCE: (0.62, 0.33), Arm.FULL: (0.7, 0.42)}
ARMS = tuple(OUTCOMES)


def add_encounters(life: Life, weeks: int) -> None:
    """After everything else: what was there before stays the same for the same seed."""
    world, draw_from = life.world, Random(len(life.world.residents))  # noqa: S311
    lea = world.residents[0]
    wanting = [one for one in world.residents if one is lea or draw_from.random() < WANTING]
    for one in wanting:
        life.tables.add(
            EncounterGuest, id=world.id_at(world.now), person_id=one.id, since_on=one.since
        )
    rounds = min(PAST_ROUNDS, weeks // 2 - 1)
    for hub in world.hubs:
        here = [one for one in wanting if one.hub == hub]
        for back in range(rounds, 0, -1):
            _past_round(life, hub, here, world.now - back * EVERY - timedelta(days=2), draw_from)
        if rounds > 0:
            life.tables.add(
                EncounterRhythm, id=world.id_at(world.now), hub_id=hub, mode=RhythmMode.TRIAL
            )
    life.tables.flush(force=True)
    _rounds_of_today(life)


def _past_round(
    life: Life, hub: UUID, here: Sequence[Resident], sent: datetime, draw_from: Random
) -> None:
    present = [one for one in here if one.since < sent.date() and draw_from.random() < 0.9]
    draw_from.shuffle(present)
    if len(present) < 4:
        return
    found = _add_round(life, hub, sent, RoundState.SENT)
    for number, two in enumerate(pairwise(present)):
        if number % 2 == 0:
            _past_encounter(life, found, two, sent, draw_from)
    if len(present) % 2:
        _add_place(life, found, None, present[-1].id)


def _past_encounter(
    life: Life, found: UUID, two: tuple[Resident, Resident], sent: datetime, draw_from: Random
) -> None:
    arm = draw_from.choice(ARMS)
    likely, unexpected = OUTCOMES[arm]
    met = two[0].venture != two[1].venture and draw_from.random() < likely
    met_at = sent + timedelta(days=draw_from.randint(2, 8)) if met else None
    other = draw_from.choice((EncounterState.SKIPPED, EncounterState.NO_ANSWER))
    encounter = life.world.id_at(sent)
    life.tables.add(
        Encounter, id=encounter, round_id=found, arm=arm, parts={}, slots=[], turn=1,
        state=EncounterState.MET if met else other, meets_at=met_at, met_at=met_at,
        drop=round(draw_from.uniform(0.02, 0.2), 3), follow_at=_follow_at(life, met_at),
    )  # fmt: skip
    skips = not met and other == EncounterState.SKIPPED
    for number, one in enumerate(two):
        told = _told(met_at, unexpected, draw_from) if met_at else {}
        if skips and number == 0:
            told = {"told": Told.SKIPPED, "told_at": sent + timedelta(days=1)}
        _add_place(life, found, encounter, one.id, **told)


def _follow_at(life: Life, met_at: datetime | None) -> datetime | None:
    later = met_at + FOLLOW_AFTER if met_at else None
    return later if later and later > life.world.now else None


def _told(met_at: datetime, unexpected: float, draw_from: Random) -> dict[str, Any]:
    if draw_from.random() < 0.2:
        return {}  # met, and never said how it was
    happy = draw_from.random() < unexpected
    told: dict[str, Any] = {
        "told": Told.MET,
        "told_at": met_at + timedelta(hours=draw_from.randint(20, 60)),
        "anyway": False if happy else draw_from.random() < 0.5,
        "useful": draw_from.choice((4, 5)) if happy else draw_from.choice((1, 2, 3, 3)),
    }
    if draw_from.random() < 0.3:
        told |= {"since": draw_from.choice(Since.values), "since_at": told["told_at"]}
    return told


def _rounds_of_today(life: Life) -> None:
    """In Léa's hive it left two days ago; in the next it waits for its host."""
    hubs = Hub.objects.in_bulk(life.world.hubs[:LOOKED_AT])
    for number, pk in enumerate(life.world.hubs[:LOOKED_AT]):
        drawn_at = life.world.now - timedelta(days=0 if number == 1 else 3)
        ids = eligible(hubs[pk], life.world.now)
        if len(ids) >= 4:
            _draw(life, hubs[pk], ids, drawn_at, waits=number == 1)


def _draw(life: Life, hub: Hub, ids: list[UUID], drawn_at: datetime, *, waits: bool) -> None:
    hive, seed = hive_of(hub, ids, life.world.now), seed_of(hub.pk, drawn_at)
    guests = [told.guest for told in hive.guests.values()]
    drawn = draw(guests, hive.past, default_encoder(), seed=seed)
    sent = None if waits else drawn_at + timedelta(days=1)
    state = RoundState.DRAWN if waits else RoundState.SENT
    found = _add_round(life, hub.pk, sent, state, drawn_at=drawn_at, seed=seed)
    for group in drawn.groups:
        _seat(life, found, group, hive, sent)
    for one in drawn.alone:
        _add_place(life, found, None, UUID(one))


def _seat(life: Life, found: UUID, group: Group, hive: Hive, sent: datetime | None) -> None:
    encounter, people = life.world.id_at(life.world.now), [UUID(one) for one in group.ids]
    told: dict[str, Any] = {"state": EncounterState.DRAWN, "slots": []}
    if sent is not None:
        moments = three_moments(sent, WorkingDay())
        ask_at = moments[-1] + ASK_AFTER
        told = {
            "state": EncounterState.PROPOSED,
            "slots": [moment.isoformat() for moment in moments],
            "turn": 1,
            "ask_at": ask_at,
            "ends_at": ask_at + SILENCE,
        }
    life.tables.add(
        Encounter, id=encounter, round_id=found, arm=Arm(group.method), parts=dict(group.parts),
        drop=group.parts["drop"], **told,
    )  # fmt: skip
    for reader in people:
        _add_place(life, found, encounter, reader)
        for other in people:
            if other != reader:
                facts = facts_between(hive.guests[reader], hive.guests[other])
                life.tables.add(
                    EncounterCard, id=life.world.id_at(life.world.now), encounter_id=encounter,
                    reader_id=reader, other_id=other, facts=facts,
                )  # fmt: skip


def _add_round(life: Life, hub: UUID, sent: datetime | None, state: str, **more: Any) -> UUID:
    drawn_at = more.pop("drawn_at", None) or (sent or life.world.now) - timedelta(days=1)
    pk = life.world.id_at(drawn_at)
    values = {"seed": seed_of(hub, drawn_at), "mode": RhythmMode.TRIAL} | more
    life.tables.add(
        EncounterRound, id=pk, hub_id=hub, state=state, drawn_at=drawn_at,
        leaves_at=drawn_at + timedelta(days=1), sent_at=sent, **values,
    )  # fmt: skip
    return pk


def _add_place(life: Life, found: UUID, encounter: UUID | None, person: UUID, **told: Any) -> None:
    life.tables.add(
        EncounterPlace, id=life.world.id_at(life.world.now), round_id=found,
        encounter_id=encounter, person_id=person, **told,
    )  # fmt: skip
