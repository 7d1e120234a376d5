"""A simulated hive in which it is known who could help whom, to compare ways of drawing encounters.

What is assumed (all seeded; nothing is fitted on the score that is judged):

- 100 people in eight circles; skills and needs are directions in a space of 16 dimensions. Two of
  three skills belong to one's circle; needs mostly do not.
- Each fortnight six people in ten have a new need, which somebody else has met by then with a
  half-life of ten days: what was told long ago is seldom still open.
- What the score sees of who answers a need is the truth with as much noise as signal. It sees who
  is tied to whom, and the circle of each with two tags that mean nothing.
- Seven encounters in ten take place, whoever meets. One is useful the more likely, the better one
  of the two really answers a need of the other that is still open (logistic); otherwise one in
  twenty is. Two people would have met anyway the more likely, the closer they are in the network
  and when they share a circle. Encounters that were useful leave a tie.
- Chance is drawn for each pair and fortnight before anybody is drawn: the ways of drawing meet the
  same luck in the same hives.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from essaim.matching.encounters import Guest, Met, Past
from essaim.matching.ties import Ties
from essaim.matching.wanting import Answers

PEOPLE, CIRCLES, DIMENSIONS, FORTNIGHTS = 100, 8, 16, 26
SKILLS = 3
OWN_SKILL, OWN_NEED, NEW_NEED = 2 / 3, 0.3, 0.6
HALF_LIFE, TOLD_FOR = 10.0, 42
NOISE = 0.25
TAKES_PLACE = 0.7
ANYWAY = {0: 1.0, 1: 0.85, 2: 0.35, 3: 0.15, 4: 0.08}
SAME_CIRCLE = 0.25
USEFUL_AT, STEEPNESS, BY_LUCK = 0.55, 14.0, 0.05
TIED_WITHIN, TIED_ACROSS = 0.25, 0.02
Vectors = NDArray[np.float64]
Groups = list[tuple[int, ...]]


@dataclass
class Need:
    owner: int
    told: int
    over: int  # the fortnight from which nobody needs it any more
    answer: Vectors  # (people,): how well each really answers it
    seen: Vectors  # (people,): how well they seem to


@dataclass(frozen=True)
class Hive:
    """What happens whoever meets."""

    circle: NDArray[np.int64]
    ties: frozenset[tuple[int, int]]
    needs: list[Need]
    tags: list[frozenset[str]]
    luck: Vectors  # (fortnights, three kinds, people, people), symmetric


@dataclass
class Year:
    """What came of one way of drawing in one hive."""

    drawn: int = 0
    places: int = 0
    met: int = 0
    srdp: int = 0
    drops: list[float] = field(default_factory=list)
    times: NDArray[np.int64] = field(default_factory=lambda: np.zeros(PEOPLE, dtype=np.int64))


def hive(seed: int) -> Hive:
    draw = np.random.default_rng(seed)
    centres = _unit(draw.standard_normal((CIRCLES, DIMENSIONS)))
    circle = draw.integers(0, CIRCLES, PEOPLE)
    skills = np.stack([_near(draw, centres, circle, OWN_SKILL) for _ in range(SKILLS)], axis=1)
    luck = np.triu(draw.random((FORTNIGHTS, 3, PEOPLE, PEOPLE)), 1)
    tags = [
        frozenset({f"circle{circle[one]}", *(f"other{tag}" for tag in draw.integers(0, 30, 2))})
        for one in range(PEOPLE)
    ]
    ties = frozenset(
        (one, other)
        for one, other in combinations(range(PEOPLE), 2)
        if draw.random() < (TIED_WITHIN if circle[one] == circle[other] else TIED_ACROSS)
    )
    needs = _needs(draw, centres, circle, skills)
    return Hive(circle, ties, needs, tags, luck + luck.transpose(0, 1, 3, 2))


def _needs(
    draw: np.random.Generator, centres: Vectors, circle: NDArray[np.int64], skills: Vectors
) -> list[Need]:
    found = []
    for fortnight in range(FORTNIGHTS):
        wanted = _near(draw, centres, circle, OWN_NEED)
        for owner in np.flatnonzero(draw.random(PEOPLE) < NEW_NEED).tolist():
            answer = np.clip((skills @ wanted[owner]).max(axis=1), 0, 1)
            seen = np.clip(answer + NOISE * draw.standard_normal(PEOPLE), 0, 1)
            left = draw.exponential(HALF_LIFE / np.log(2)) / 14
            found.append(Need(owner, fortnight, fortnight + 1 + int(left), answer, seen))
    return found


def _near(
    draw: np.random.Generator, centres: Vectors, circle: NDArray[np.int64], own: float
) -> Vectors:
    other = draw.integers(0, CIRCLES, PEOPLE)
    chosen = np.where(draw.random(PEOPLE) < own, circle, other)
    return _unit(centres[chosen] + 0.15 * draw.standard_normal((PEOPLE, DIMENSIONS)))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return found


@dataclass(frozen=True)
class Moment:
    """What a way of drawing may look at, in one fortnight; nothing of it is the truth."""

    guests: list[Guest]
    past: Past
    answers: Answers
    seed: int


Way = Callable[[Moment], Groups]


def lived(world: Hive, way: Way, seed: int, fortnights: int = FORTNIGHTS) -> Year:
    """A year of encounters in one hive, or less."""
    year, ties, met = Year(), set(world.ties), dict[tuple[int, int], list[int]]()
    left_out: set[int] = set()
    for fortnight in range(fortnights):
        now = _moment(world, ties, met, left_out, fortnight, seed)
        groups = way(now)
        drops = now.past.ties.drops([guest.id for guest in now.guests])
        distances = now.past.ties.distances([guest.id for guest in now.guests])
        for two in (two for group in groups for two in combinations(sorted(group), 2)):
            met.setdefault(two, []).append(fortnight)
            useful = _happens(world, year, two, fortnight, int(distances[two]))
            year.drops.append(float(drops[two]))
            if useful:
                ties.add(two)
        placed = [one for group in groups for one in group]
        year.times[placed] += 1
        year.places += PEOPLE
        year.drawn += len(placed)
        left_out = set(range(PEOPLE)) - set(placed)
    return year


def _happens(world: Hive, year: Year, two: tuple[int, int], fortnight: int, steps: int) -> bool:
    """Counts two answers when they meet; tells whether it was useful to one of them."""
    takes_place, anyway, useful = world.luck[(fortnight, slice(None), *two)]
    if takes_place > TAKES_PLACE:
        return False
    year.met += 2
    close = ANYWAY[steps] + SAME_CIRCLE * (world.circle[two[0]] == world.circle[two[1]])
    found = [useful < _usefulness(world, one, other, fortnight) for one, other in (two, two[::-1])]
    year.srdp += sum(found) if anyway >= close else 0
    return any(found)


def _usefulness(world: Hive, one: int, other: int, fortnight: int) -> float:
    """For `one`: they are helped, or glad to help somebody who really needed it, half as much."""
    helped = _fit(world, one, other, fortnight)
    helps = _fit(world, other, one, fortnight)
    chance = max(_chance(helped), _chance(helps) / 2)
    return BY_LUCK + (1 - BY_LUCK) * chance


def _chance(fit: float) -> float:
    return float(1 / (1 + np.exp(-STEEPNESS * (fit - USEFUL_AT)))) if fit > 0 else 0.0


def _fit(world: Hive, one: int, other: int, fortnight: int) -> float:
    open_needs = (
        need.answer[other]
        for need in world.needs
        if need.owner == one and need.told <= fortnight < need.over
    )
    return max(map(float, open_needs), default=0.0)


def _moment(
    world: Hive,
    ties: set[tuple[int, int]],
    met: dict[tuple[int, int], list[int]],
    left_out: set[int],
    fortnight: int,
    seed: int,
) -> Moment:
    guests = [
        Guest(_name(one), tags=world.tags[one], left_out=one in left_out) for one in range(PEOPLE)
    ]
    history = {
        (_name(one), _name(other)): Met(14.0 * (fortnight - times[-1]), len(times))
        for (one, other), times in met.items()
    }
    known = Ties((_name(one), _name(other)) for one, other in sorted(ties))
    past = Past(known, met=history)
    return Moment(guests, past, _told(world, fortnight), 1_000 * seed + fortnight)


def _name(one: int) -> str:
    return f"{one:03}"


def _told(world: Hive, fortnight: int) -> Answers:
    """Needs told within six weeks, open or not: nobody comes back to say that it is done."""
    told = [need for need in world.needs if 0 <= 14 * (fortnight - need.told) < TOLD_FOR]
    told.sort(key=lambda need: (need.owner, need.told))
    owner = np.array([need.owner for need in told], dtype=np.int64)
    answer = np.array([need.seen for need in told], np.float32).reshape(len(told), PEOPLE)
    answer[np.arange(len(told)), owner] = 0
    ages = np.array([14.0 * (fortnight - need.told) for need in told])
    return Answers(owner, answer, (0.5 ** (ages / 14)).astype(np.float32))
