"""A desk of a partner as the app that runs desks would make it: it serves some hives and skills."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from essaim.exchange import desk
from essaim.exchange.models import Need


@dataclass
class Guichet:
    name: str = "Le guichet Télécom"
    hubs: Collection[UUID] = ()
    taken: list[UUID] = field(default_factory=list)

    def find(self, need: Need) -> "Guichet | None":
        return self if need.hub_id in self.hubs else None

    def take(self, need: Need) -> None:
        self.taken.append(need.pk)


@contextmanager
def plugged(guichet: Guichet) -> Iterator[Guichet]:
    desk.plug(guichet.find)
    try:
        yield guichet
    finally:
        desk.FINDERS.remove(guichet.find)
