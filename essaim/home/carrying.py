"""Whether a few carry a hive: what each gave lately, and who gave so much that a rest is due. Pure.

Brain-time wears people out before it wears the figures out: the alarm of docs (a third of the hours
given by a twentieth of the members) names those it is about, and so does three times what others
give.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median
from uuid import UUID

# So many minutes in the period, at least, before anything is said of anybody.
MUCH = 600
FEW = 0.05
ALARM = 0.35
TIMES = 3


@dataclass(frozen=True)
class Carrying:
    """`share`: of the minutes given by the few who gave most, in 0..1."""

    share: float
    alarm: bool
    heavy: frozenset[UUID]


def carrying(minutes: Mapping[UUID, int], members: int) -> Carrying:
    """`minutes`: given by each in the period; `members`: how many live there, givers or not."""
    given = {pk: count for pk, count in minutes.items() if count > 0}
    ranked = sorted(given, key=lambda pk: (-given[pk], pk))
    few = ranked[: ceil(FEW * max(members, len(given)))]
    total = sum(given.values())
    share = sum(given[pk] for pk in few) / total if total else 0.0
    alarm = share >= ALARM and len(given) > len(few)
    most = TIMES * median(given.values()) if given else 0
    heavy = {
        pk
        for pk, count in given.items()
        if count >= MUCH and ((alarm and pk in few) or count >= most)
    }
    return Carrying(share, alarm, frozenset(heavy))
