"""The host's Monday: which ten things change most, and in which order. Pure."""

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
    NEWCOMER = "newcomer"
    SILENT = "silent"
    UNCLAIMED = "unclaimed"
    INVITATION = "invitation"
    IMPORT = "import"
    NEED_IMPORTED = "need_imported"
    ISOLATED = "isolated"
    SKILLS = "skills"


# What it is worth to act at all, and what each day of waiting adds, up to a month.
WORTH: dict[Kind, tuple[float, float]] = {
    Kind.NEED: (100, 2),
    Kind.DISPUTE: (90, 2),
    Kind.NEWCOMER: (60, 1),
    Kind.NEED_LOOKED_AFTER: (55, 1),
    Kind.SILENT: (50, 0.5),
    Kind.UNCLAIMED: (45, 1),
    Kind.INVITATION: (40, 0.5),
    Kind.IMPORT: (35, 0.5),
    Kind.NEED_IMPORTED: (35, 0.5),
    Kind.ISOLATED: (30, 0.2),
    Kind.SKILLS: (20, 0.2),
}
MONTH = 30


@dataclass(frozen=True)
class Matter:
    """Something of a hive that waits for its host, since when, and what its sentence needs."""

    kind: Kind
    thing_id: UUID
    since: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Folded:
    matter: Matter
    until: date


@dataclass(frozen=True)
class Monday:
    lines: list[Matter]
    folded: list[Folded]
    beyond: int


def monday_of(
    matters: Iterable[Matter],
    *,
    set_aside: Mapping[tuple[str, UUID], date],
    now: datetime,
    today: date,
) -> Monday:
    """Ten lines; those set aside until after `today` are folded; `beyond`: how many more wait."""
    waiting, folded = [], []
    for matter in matters:
        until = set_aside.get((matter.kind, matter.thing_id))
        if until is not None and until > today:
            folded.append(Folded(matter, until))
        else:
            waiting.append(matter)
    lines = _best(waiting, now)
    folded.sort(key=lambda line: (line.until, str(line.matter.thing_id)))
    return Monday(lines, folded, len(waiting) - len(lines))


def _best(matters: list[Matter], now: datetime) -> list[Matter]:
    ranked = sorted(matters, key=lambda matter: (-weight(matter, now), str(matter.thing_id)))
    seen: Counter[Kind] = Counter()
    first: list[Matter] = []
    rest: list[Matter] = []
    for matter in ranked:
        seen[matter.kind] += 1
        (first if seen[matter.kind] <= OF_A_KIND else rest).append(matter)
    chosen = [*first, *rest][:LINES]
    return sorted(chosen, key=ranked.index)


def weight(matter: Matter, now: datetime) -> float:
    worth, daily = WORTH[matter.kind]
    return worth + daily * min(MONTH, max(0.0, (now - matter.since).total_seconds() / 86400))
