"""How well somebody would answer a need: s = rel · A · L · D. Values in, values out.

The factors and their starting values are those of docs/brain-time.md: relevance, how often the
person answers, how much weighs on them already, and diversity (a first help between two people is
worth a little more, a recent one less).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

TEXT_WEIGHT = 0.6
SKILL_WEIGHT = 0.4
SIBLING = 0.5
HALF_LIFE = timedelta(days=90)
# A no that names somebody else helped all the same.
ALTERNATIVE = 0.5
MINUTES_OF_AN_OPEN_ASK = 30
# Of who accepts to be asked past their pledge: after everybody who has time left.
ROOM_BEYOND = 0.05
FIRST_HELP = 1.1
RECENT_HELP = 0.8
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Answers:
    """Answers of one kind: how much they weigh together, each faded by half every 90 days.

    `worth`: 1 for a yes, 0.5 for a no that names somebody, 0 for a no or silence.
    """

    weight: float
    worth: float


@dataclass(frozen=True)
class Candidate:
    """Somebody whom no guard forbids to ask. `text` and `overlap` are in 0..1."""

    text: float
    overlap: float
    answers: tuple[Answers, ...] = ()
    pledged: int = 0
    agreed: int = 0
    open_asks: int = 0
    beyond: bool = False
    last_help_at: datetime | None = None
    ever_helped: bool = False


@dataclass(frozen=True)
class Score:
    """Kept with the ask: the parts explain the whole."""

    relevance: float
    answers: float
    room: float
    diversity: float

    @property
    def value(self) -> float:
        return self.relevance * self.answers * self.room * self.diversity


def score(candidate: Candidate, *, now: datetime) -> Score:
    return Score(
        relevance=relevance(candidate.text, candidate.overlap),
        answers=answering(candidate.answers),
        room=room(candidate),
        diversity=diversity(candidate, now=now),
    )


def relevance(text: float, overlap: float) -> float:
    return TEXT_WEIGHT * text + SKILL_WEIGHT * overlap


def answering(answers: Iterable[Answers]) -> float:
    """Share of yeses; one half for a newcomer."""
    asked = yes = 0.0
    for kind in answers:
        asked += kind.weight
        yes += kind.weight * kind.worth
    return (yes + 1) / (asked + 2)


def room(candidate: Candidate) -> float:
    """What is left of the month's pledge, once what waits for an answer is counted too."""
    if not candidate.pledged:
        return 0.0
    load = candidate.agreed + MINUTES_OF_AN_OPEN_ASK * candidate.open_asks
    return max(ROOM_BEYOND if candidate.beyond else 0.0, 1 - load / candidate.pledged)


def diversity(candidate: Candidate, *, now: datetime) -> float:
    if not candidate.ever_helped:
        return FIRST_HELP
    recent = candidate.last_help_at is not None and now - candidate.last_help_at < RECENT
    return RECENT_HELP if recent else 1.0


@dataclass(frozen=True)
class Place:
    """Where a skill stands in the tree; ids of any kind."""

    id: object
    parent: object | None


def overlap(wanted: Collection[Place], lent: Mapping[object, Place]) -> float:
    """How much of what is wanted is lent: 1 for the same skill, one half for one beside it.

    A skill's parent and children count as beside it.
    """
    if not wanted or not lent:
        return 0.0
    families = {place.parent for place in lent.values() if place.parent is not None}
    return sum(_nearness(skill, lent, families) for skill in wanted) / len(wanted)


def _nearness(skill: Place, lent: Mapping[object, Place], families: Collection[object]) -> float:
    if skill.id in lent:
        return 1.0
    beside = skill.parent is not None and (skill.parent in families or skill.parent in lent)
    return SIBLING if beside or skill.id in families else 0.0
