"""A word in Friday's letter to who has not been seen for a week: lend something, or ask. Pure.

At most one word of a kind in three months; nothing in it is a debt.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SILENT_FOR = timedelta(days=7)
SELDOM = timedelta(days=91)


class Nudge(StrEnum):
    OFFER = "offer"
    ASK = "ask"


@dataclass(frozen=True)
class Side:
    """Of one member: minutes given and received, whether they lend anything, told a need lately."""

    given: int = 0
    received: int = 0
    lends: bool = False
    asked_lately: bool = False


def nudge_for(side: Side) -> Nudge | None:
    if side.received > side.given and not side.lends:
        return Nudge.OFFER
    if side.given > side.received and not side.asked_lately:
        return Nudge.ASK
    return None
