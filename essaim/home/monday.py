"""The host's Monday: which ten things change most, and in which order. Pure.

What a line weighs is its likely effect, times how urgent it has become, times how much of it there
is, halved for each time that the host lately put aside a line of the same kind because of its kind:

    weight = effect · (1 + growth · days waited / 30) · much · 0.5 ^ put aside

Days count up to thirty. What waits for a person who is in trouble (a need without a host, minutes
that two people do not agree on) is never pushed back by a habit of the host.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

LINES = 10
# Of one kind, before the other kinds had their turn: sixty isolated members hide no dispute.
OF_A_KIND = 3


class Kind(StrEnum):
    NEED = "need"
    NEED_LOOKED_AFTER = "need_looked_after"
    DISPUTE = "dispute"
    FRIDAY = "friday"
    NEWCOMER = "newcomer"
    PROMISE = "promise"
    GENEROUS = "generous"
    SILENT = "silent"
    UNCLAIMED = "unclaimed"
    INVITATION = "invitation"
    IMPORT = "import"
    NEED_IMPORTED = "need_imported"
    ISOLATED = "isolated"
    SKILLS = "skills"


# What a gesture is likely to change (guess), and what a month of waiting adds to that, as a share.
EFFECT: dict[Kind, tuple[float, float]] = {
    Kind.NEED: (100, 0.6),
    Kind.DISPUTE: (90, 0.6),
    Kind.FRIDAY: (80, 0.2),
    Kind.NEWCOMER: (60, 0.5),
    Kind.PROMISE: (58, 0.5),
    Kind.NEED_LOOKED_AFTER: (55, 0.5),
    Kind.GENEROUS: (52, 0.3),
    Kind.SILENT: (50, 0.3),
    Kind.UNCLAIMED: (45, 0.6),
    Kind.INVITATION: (40, 0.4),
    Kind.IMPORT: (35, 0.4),
    Kind.NEED_IMPORTED: (35, 0.4),
    Kind.ISOLATED: (30, 0.2),
    Kind.SKILLS: (20, 0.3),
}
MONTH = 30
# Somebody waits: these come back whatever the host thinks of their kind.
NEVER_PUSHED_BACK = frozenset({Kind.NEED, Kind.DISPUTE})
PUSHED_BACK = 0.5


@dataclass(frozen=True)
class Matter:
    """Something of a hive that waits for its host, since when, and what its sentence needs."""

    kind: Kind
    thing_id: UUID
    since: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    # How many times what is usual: a draft of ten needs is more than a draft of one.
    much: float = 1.0


@dataclass(frozen=True)
class SetAside:
    """Done or « not now », until a day; why, if the host said so."""

    until: date
    why: str = ""
    words: str = ""


@dataclass(frozen=True)
class Folded:
    matter: Matter
    aside: SetAside


@dataclass(frozen=True)
class Monday:
    lines: list[Matter]
    folded: list[Folded]
    beyond: int


def monday_of(
    matters: Iterable[Matter],
    *,
    set_aside: Mapping[tuple[str, UUID], SetAside],
    now: datetime,
    today: date,
    put_aside: Mapping[str, int] | None = None,
) -> Monday:
    """Ten lines; those set aside until after `today` are folded; `beyond`: how many more wait.

    `put_aside`: how many lines of each kind the host lately refused for what they are.
    """
    waiting, folded = [], []
    for matter in matters:
        aside = set_aside.get((matter.kind, matter.thing_id))
        if aside is not None and aside.until > today:
            folded.append(Folded(matter, aside))
        else:
            waiting.append(matter)
    lines = _best(waiting, now, put_aside or {})
    folded.sort(key=lambda line: (line.aside.until, str(line.matter.thing_id)))
    return Monday(lines, folded, len(waiting) - len(lines))


def _best(matters: list[Matter], now: datetime, put_aside: Mapping[str, int]) -> list[Matter]:
    ranked = sorted(
        matters,
        key=lambda one: (-weight(one, now, put_aside.get(one.kind, 0)), str(one.thing_id)),
    )
    seen: Counter[Kind] = Counter()
    first: list[Matter] = []
    rest: list[Matter] = []
    for matter in ranked:
        seen[matter.kind] += 1
        (first if seen[matter.kind] <= OF_A_KIND else rest).append(matter)
    chosen = [*first, *rest][:LINES]
    return sorted(chosen, key=ranked.index)


def weight(matter: Matter, now: datetime, put_aside: int = 0) -> float:
    effect, growth = EFFECT[matter.kind]
    days = min(MONTH, max(0.0, (now - matter.since).total_seconds() / 86400))
    pushed = 1.0 if matter.kind in NEVER_PUSHED_BACK else PUSHED_BACK**put_aside
    return effect * (1 + growth * days / MONTH) * matter.much * pushed
