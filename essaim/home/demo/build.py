"""Builds a generated network in one transaction: the same seed and moment give the same rows."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from allauth.account.models import EmailAddress
from django.db import transaction

from essaim.exchange.models import (
    Account,
    Ask,
    Buzz,
    BuzzNote,
    BuzzPresence,
    BuzzPromise,
    BuzzTurn,
    Encounter,
    EncounterCard,
    EncounterGuest,
    EncounterPlace,
    EncounterRhythm,
    EncounterRound,
    EscalationStep,
    HelpExchange,
    Introduction,
    Need,
    Pause,
    Pledge,
    Silence,
    Thanks,
    Transfer,
)
from essaim.home.demo.buzz import add_buzzes
from essaim.home.demo.encounters import add_encounters
from essaim.home.demo.life import Life
from essaim.home.demo.scenes import set_scenes_for_lea
from essaim.home.demo.silences import add_silences
from essaim.home.demo.sizes import Size
from essaim.home.demo.world import World, add_doors, build_world
from essaim.home.demo.writer import Tables
from essaim.hubs.models import Host, Hub, Residency
from essaim.people.models import Affiliation, NetworkRole, Person, PersonSkill, Venture

# Parents before children.
ORDER = (
    Hub, Person, Venture, EmailAddress, NetworkRole, Host, Residency, Affiliation, PersonSkill,
    Pledge, Pause, Account, Need, Need.skills.through, Ask, EscalationStep, Introduction,
    HelpExchange, Transfer, Thanks, EncounterGuest, EncounterRhythm, EncounterRound, Encounter,
    EncounterPlace, EncounterCard, Buzz, BuzzPresence, BuzzTurn, BuzzPromise, BuzzNote, Silence,
)  # fmt: skip


@transaction.atomic
def build(
    size: Size, *, seed: int, now: datetime, tell: Callable[[int, int], None]
) -> tuple[World, int]:
    """Answers the world and how many rows were written."""
    tables = Tables(*ORDER)
    world = build_world(tables, Random(seed), now, size)  # noqa: S311  (not a secret)
    add_doors(tables, world)
    tables.flush(force=True)
    life = Life(tables, world)
    life.live(size, tell)
    set_scenes_for_lea(life)
    tables.flush(force=True)
    add_encounters(life, size.weeks)
    add_buzzes(tables, world)
    add_silences(tables, world)
    tables.flush(force=True)
    return world, tables.count
