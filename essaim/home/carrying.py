"""Whether a few carry a hive: what each gave lately, and who gave so much that a rest is due. Pure.

Brain-time wears people out before it wears the figures out. When the alarm of the board rings
(`exchange.concentration`) because a few gave a third of the hours, they are named; and so is
whoever gave three times what others give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from essaim.exchange.concentration import TOO_MUCH, concentration, heaviest

# So many minutes in the period, at least, before anything is said of anybody.
MUCH = 600
TIMES = 3


@dataclass(frozen=True)
class Carrying:
    """`share`: of the minutes given by the few who gave most, in 0..1."""

    share: float
    alarm: bool
    heavy: frozenset[UUID]


def carrying(helps: Mapping[UUID, Sequence[int]], members: int) -> Carrying:
    """`helps`: minutes of each help that each gave in the period; `members`: how many live there,
    givers or not."""
    given = {pk: sum(minutes) for pk, minutes in helps.items() if sum(minutes) > 0}
    if not given:
        return Carrying(0.0, alarm=False, heavy=frozenset())
    people = max(members, len(given))
    nought = [0] * (people - len(given))
    every = [minutes for some in helps.values() for minutes in some]
    few = sorted(given, key=lambda pk: (-given[pk], pk))[: heaviest(people)]
    share = sum(given[pk] for pk in few) / sum(given.values())
    alarm = share >= TOO_MUCH and concentration([*given.values(), *nought], every).rings
    most = TIMES * median(given.values())
    heavy = {
        pk
        for pk, count in given.items()
        if count >= MUCH and ((alarm and pk in few) or count >= most)
    }
    return Carrying(share, alarm, frozenset(heavy))
