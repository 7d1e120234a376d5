"""Those of a generated network who left three asks in a row without an answer, and were told."""

from datetime import timedelta

from essaim.exchange.actions.silences import unanswered_in_a_row
from essaim.exchange.models import GUARDS, Silence, SilenceCause
from essaim.home.demo.world import World
from essaim.home.demo.writer import Tables

TOLD = timedelta(days=2)


def add_silences(tables: Tables, world: World) -> None:
    """The neighbours of the scenes answer: visitors sign in as one of them."""
    residents = world.residents[10 * len(world.hubs) :]
    silent = unanswered_in_a_row([resident.id for resident in residents])
    at = world.now - TOLD
    for resident in residents:
        if silent.get(resident.id, 0) >= GUARDS["silences"].usual:
            tables.add(
                Silence, id=world.id_at(at), person_id=resident.id, cause=SilenceCause.UNANSWERED,
                since_at=at, told_at=at,
            )  # fmt: skip
