"""The desk of a partner: whether one serves a hive, and takes a need that nobody has taken.

What runs desks sits above this app and is not known here: it says once, while it starts, who
answers (`plug`, from its `AppConfig.ready`). Until then there is no desk, and needs climb past it.
"""

from collections.abc import Callable
from typing import Protocol

from essaim.exchange.models import Need


class Desk(Protocol):
    @property
    def name(self) -> str:
        """As authors read it."""

    def take(self, need: Need) -> None:
        """Has its rows and errands written in the transaction of the step."""


# The desk that serves the hive of a need and knows what it asks for, or none.
Finder = Callable[[Need], Desk | None]

FINDERS: list[Finder] = []


def plug(finder: Finder) -> None:
    FINDERS.append(finder)


def desk_for(need: Need) -> Desk | None:
    """The first that takes it."""
    return next((desk for finder in FINDERS if (desk := finder(need)) is not None), None)
