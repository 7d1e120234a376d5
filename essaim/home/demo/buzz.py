"""The Buzz of each hive: the one ahead, to be opened by its host, and last Friday's."""

import uuid
from datetime import datetime, time, timedelta
from random import Random

from essaim.exchange.models import (
    Buzz,
    BuzzNote,
    BuzzPresence,
    BuzzPromise,
    BuzzState,
    BuzzTurn,
    Consent,
    Need,
    NeedState,
    NoteKind,
    PromiseState,
    TurnState,
)
from essaim.home.demo.world import PARIS, Resident, World
from essaim.home.demo.writer import Tables

FRIDAY, NOON = 4, time(12, 30)
THERE, SAID = 24, 5
# Buzzes of the season before, how many of the hive come, how many promises are kept.
PAST, CAME, KEPT = 12, 0.3, 0.7
NEWS = (
    "On a signé le bail de l’atelier.",
    "Trois premiers clients cette semaine.",
    "La mairie nous prête la salle en mars.",
)
PROMISED = (
    ("Le contact de la banque", PromiseState.KEPT),
    ("Relire la page d’accueil", PromiseState.KEPT),
    ("Prêter le vidéoprojecteur", PromiseState.BROKEN),
    ("Présenter à la maison de quartier", PromiseState.MADE),
)


def add_buzzes(tables: Tables, world: World) -> None:
    """Call it when people and needs are written: what was said are needs of the week."""
    last = _last_friday(world.now)
    _add_past(tables, world, last)
    for hub in {resident.hub: None for resident in world.residents}:
        ahead = last + timedelta(days=7)
        pk = world.id_at(last)
        tables.add(Buzz, id=pk, hub_id=hub, state=BuzzState.PLANNED, starts_at=ahead)
        _add_last(tables, world, hub, last)


def _last_friday(now: datetime) -> datetime:
    """The last one that is over, on the clock of the hive."""
    day = now.astimezone(PARIS).date()
    day -= timedelta(days=(day.weekday() - FRIDAY) % 7)
    noon = datetime.combine(day, NOON, tzinfo=PARIS)
    return noon if noon + timedelta(hours=2) < now else noon - timedelta(days=7)


def _add_past(tables: Tables, world: World, last: datetime) -> None:
    """Those of the season before: who came, and what became of what was promised."""
    chance = Random(len(world.residents))  # noqa: S311
    for hub in {resident.hub: None for resident in world.residents}:
        for back in range(PAST, 0, -1):
            day = last.astimezone(PARIS).date() - timedelta(weeks=back)
            at = datetime.combine(day, NOON, tzinfo=PARIS)
            here = [r for r in world.residents if r.hub == hub and r.since < day]
            there = [one for one in here if chance.random() < CAME]
            if len(there) >= 2 * len(PROMISED):
                _add_told(tables, world, hub, there, at, chance)


def _add_told(
    tables: Tables,
    world: World,
    hub: uuid.UUID,
    there: list[Resident],
    at: datetime,
    chance: Random,
) -> None:
    buzz, end = world.id_at(at), at + timedelta(minutes=50)
    _add_closed(tables, buzz, hub, at, end)
    for person in there:
        tables.add(BuzzPresence, buzz_id=buzz, person_id=person.id, since_at=at)
    people = chance.sample(there, 2 * len(PROMISED))
    for place, (words, _state) in enumerate(PROMISED):
        kept = chance.random() < KEPT
        settled = end + timedelta(days=chance.randint(1, 14) if kept else 14)
        state = PromiseState.KEPT if kept else PromiseState.BROKEN
        tables.add(
            BuzzPromise,
            id=world.id_at(end),
            buzz_id=buzz,
            giver_id=people[2 * place].id,
            receiver_id=people[2 * place + 1].id,
            text=words,
            state=state if settled < world.now else PromiseState.MADE,
            made_at=end,
            due_at=end + timedelta(days=14),
            settled_at=settled if settled < world.now else None,
        )


def _add_closed(
    tables: Tables, buzz: uuid.UUID, hub: uuid.UUID, at: datetime, end: datetime
) -> None:
    tables.add(
        Buzz,
        id=buzz,
        hub_id=hub,
        state=BuzzState.CLOSED,
        starts_at=at,
        rung_at=at,
        began_at=at + timedelta(minutes=4),
        closed_at=end,
        minutes_sent_at=end + timedelta(minutes=1),
    )


def _add_last(tables: Tables, world: World, hub: uuid.UUID, at: datetime) -> None:
    people = [r for r in world.residents if r.hub == hub and r.since < at.date()][:THERE]
    if len(people) < 2 * len(PROMISED):
        return  # a hive too small for scenes
    buzz, end = world.id_at(at), at + timedelta(minutes=52)
    _add_closed(tables, buzz, hub, at, end)
    needs = Need.objects.filter(hub=hub, published_at__lt=at, published_at__gt=at - timedelta(14))
    told = needs.exclude(state=NeedState.WITHDRAWN).order_by("-published_at", "pk")[:60]
    _add_turns(tables, world, buzz, people, at, {need.author_id: need.pk for need in told})
    _add_promises(tables, world, buzz, people, end)
    for person, words in zip(people[2:], NEWS, strict=False):
        tables.add(
            BuzzNote,
            id=world.id_at(at),
            buzz_id=buzz,
            person_id=person.id,
            kind=NoteKind.NEWS,
            text=words,
            said_at=at + timedelta(minutes=20),
        )


def _add_turns(
    tables: Tables,
    world: World,
    buzz: uuid.UUID,
    people: list[Resident],
    at: datetime,
    needs: dict[uuid.UUID, uuid.UUID],
) -> None:
    said = 0
    for position, person in enumerate(people, start=1):
        need = needs.get(person.id) if said < SAID else None
        said += need is not None
        began = at + timedelta(minutes=4 + 2 * position)
        tables.add(BuzzPresence, buzz_id=buzz, person_id=person.id, since_at=at)
        tables.add(
            BuzzTurn,
            id=world.id_at(began),
            buzz_id=buzz,
            person_id=person.id,
            position=position,
            state=TurnState.DONE,
            began_at=began,
            ended_at=began + timedelta(minutes=2),
            need_id=need,
            consent=Consent.AFTER if need else Consent.UNSAID,
        )


def _add_promises(
    tables: Tables, world: World, buzz: uuid.UUID, people: list[Resident], at: datetime
) -> None:
    for place, (words, state) in enumerate(PROMISED):
        tables.add(
            BuzzPromise,
            id=world.id_at(at),
            buzz_id=buzz,
            giver_id=people[2 * place + 1].id,
            receiver_id=people[2 * place].id,
            text=words,
            state=state,
            made_at=at,
            due_at=at + timedelta(days=14),
            settled_at=None if state == PromiseState.MADE else world.now,
            settled_by_id=people[2 * place].id if state == PromiseState.BROKEN else None,
        )
