"""Improbable encounters: what it is worth that two people meet, useful and unexpected at once.

    S(a,b) = 1[R ≥ ρ] · (0.32 R + 0.25 U + 0.42 T) · (1 + 0.1 B) · √(L_a L_b) · 0.5^m

R  relevance: harmonic mean of how well each answers what the other wants, as shares of the group
   (reciprocal recommendation: L. Pizzato et al., "RECON", RecSys 2010)
U  surprise: unlike those whom each knows already, and neither tied nor out of reach
T  the moment: one of them can answer a need of the other that was just told
B  the share of Burt's constraint that the tie takes away (ties.py)
L  room: what is free of the month's pledge; m: how often they met within a year

The weights are a prior, to be fitted again on answered encounters. Nothing here draws: drawing.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from essaim.matching.encoder import Encoder
from essaim.matching.ties import FAR, Table, Ties
from essaim.matching.wanting import Answers, Offer, Want, answers

RELEVANCE, SURPRISE, MOMENT = 0.32, 0.25, 0.42
CONSTRAINT = 0.1
SERVES = 0.8
"""The share of answers of the group than which one must be better to serve a need."""
BANDS = {0: 0.0, 1: 0.0, 2: 1.0, 3: 0.8, FAR: 0.6}
REPEAT_DAYS = 180
Pair = tuple[str, str]


@dataclass(frozen=True)
class Guest:
    """Somebody who wants to meet. `room`: what is free of their time, from 0 to 1."""

    id: str
    wants: Sequence[Want] = ()
    offers: Sequence[Offer] = ()
    tags: frozenset[str] = frozenset()
    room: float = 1.0
    # Left out of the last draw: not twice running.
    left_out: bool = False


@dataclass(frozen=True)
class Met:
    """When two people were last drawn together, and how often within a year."""

    days_ago: float
    within_a_year: int = 1


@dataclass(frozen=True)
class Past:
    """What came before. Pairs in either order.

    `ties`: of everyone, guests or not. `tags`: of those known who are no guests. `apart`: never
    drawn together (they avoid each other, or work together). `met`: earlier encounters.
    """

    ties: Ties = field(default_factory=lambda: Ties(()))
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    apart: frozenset[Pair] = frozenset()
    met: Mapping[Pair, Met] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """(guests, guests) each, symmetric, the diagonal 0; all within 0..1 but `value` (0..1.1).

    `value` has no threshold in it: the draw applies ρ to `relevance`.
    """

    relevance: Table
    surprise: Table
    moment: Table
    drop: Table
    room: Table
    again: Table

    @property
    def value(self) -> Table:
        wanted = RELEVANCE * self.relevance + SURPRISE * self.surprise + MOMENT * self.moment
        return wanted * (1 + CONSTRAINT * self.drop) * self.room * self.again

    def of(self, one: int, other: int) -> dict[str, float]:
        """The parts for a pair, to be kept with it."""
        return {name: round(float(table[one, other]), 3) for name, table in vars(self).items()}


def score(guests: Sequence[Guest], past: Past, encoder: Encoder) -> Score:
    """Of every two guests. Raises ValueError when two guests have one id or room is out of 0..1."""
    _refuse_odd(guests)
    found = answers([guest.wants for guest in guests], [guest.offers for guest in guests], encoder)
    return weighed(guests, past, found)


def weighed(guests: Sequence[Guest], past: Past, found: Answers) -> Score:
    """The same, once it is known who answers what."""
    ids = [guest.id for guest in guests]
    best = quantiles(found.best())
    room = np.sqrt(np.array([guest.room for guest in guests]))
    return Score(
        relevance=harmonic(best),
        surprise=surprise(guests, past),
        moment=moment(found, best),
        drop=past.ties.drops(ids),
        room=_off_diagonal(np.outer(room, room)),
        again=_off_diagonal(_again(ids, past)),
    )


def _refuse_odd(guests: Sequence[Guest]) -> None:
    if len({guest.id for guest in guests}) < len(guests):
        raise ValueError("guests: two have the same id")
    if any(not 0 <= guest.room <= 1 for guest in guests):
        raise ValueError("guests: room is a number from 0 to 1")


def quantiles(values: NDArray[np.floating]) -> Table:
    """Each value off the diagonal as the share of those that it exceeds, 0 staying 0.

    Of equal values each gets the share of the lowest of them, so that nothing is better by chance.
    """
    people = len(values)
    aside = ~np.eye(people, dtype=bool)
    flat = np.sort(values[aside])
    below = np.searchsorted(flat, values, side="left") / max(1, len(flat) - 1)
    return np.where(aside & (values > 0), np.minimum(below, 1.0), 0.0)


def harmonic(best: Table) -> Table:
    """Of both directions: 0 as soon as one of them is."""
    total = best + best.T
    found: Table = np.divide(2 * best * best.T, total, out=np.zeros_like(total), where=total > 0)
    return found


def moment(found: Answers, best: Table) -> Table:
    """The freshest need of either that the other can serve: see `SERVES`."""
    raw = found.best()
    serving = raw[best >= SERVES]
    floor = serving.min() if serving.size else np.inf
    fresh = np.where(found.answer >= floor, found.freshness[:, None], 0).astype(np.float32)
    either = Answers(found.owner, fresh, found.freshness).best().astype(np.float64)
    return _off_diagonal(np.maximum(either, either.T))


def surprise(guests: Sequence[Guest], past: Past) -> Table:
    """Half for how unlike the other is to those known (oneself included), half for the distance."""
    unlike = _unlike(guests, past)
    distances = past.ties.distances([guest.id for guest in guests])
    band = np.vectorize(BANDS.get, otypes=[np.float64])(distances) if len(guests) else unlike
    return _off_diagonal(0.25 * (unlike + unlike.T) + 0.5 * band)


def _unlike(guests: Sequence[Guest], past: Past) -> Table:
    """(guests, guests): 1 − the largest Jaccard of b's tags and those of somebody a knows."""
    tags = dict(past.tags) | {guest.id: guest.tags for guest in guests}
    known = [[guest.id, *sorted(map(str, past.ties.near(guest.id)))] for guest in guests]
    everyone = sorted({one for mine in known for one in mine if one in tags})
    place = {one: at for at, one in enumerate(everyone)}
    alike = _jaccard([guest.tags for guest in guests], [tags[one] for one in everyone])
    rows = [
        alike[:, [place[one] for one in mine if one in place]].max(axis=1, initial=0)
        for mine in known
    ]
    return 1 - np.array(rows).reshape(len(guests), len(guests))


def _jaccard(some: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> Table:
    place = {tag: at for at, tag in enumerate(sorted(set().union(*some, *others)))}
    left, right = _incidence(some, place), _incidence(others, place)
    shared = left @ right.T
    union = left.sum(axis=1)[:, None] + right.sum(axis=1)[None, :] - shared
    alike: Table = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return alike


def _incidence(sets: Sequence[frozenset[str]], place: Mapping[str, int]) -> Table:
    found = np.zeros((len(sets), len(place)))
    for at, tags in enumerate(sets):
        found[at, [place[tag] for tag in sorted(tags)]] = 1
    return found


def _again(ids: Sequence[str], past: Past) -> Table:
    found = np.ones((len(ids), len(ids)))
    for left, right, met in _met_among(ids, past):
        found[left, right] = found[right, left] = 0.5**met.within_a_year
    return found


def _met_among(ids: Sequence[str], past: Past) -> list[tuple[int, int, Met]]:
    place = {one: at for at, one in enumerate(ids)}
    return [
        (place[one], place[other], met)
        for (one, other), met in past.met.items()
        if one in place and other in place
    ]


def apart_among(ids: Sequence[str], past: Past) -> set[tuple[int, int]]:
    """Positions of those who are never drawn together."""
    place = {one: at for at, one in enumerate(ids)}
    return {
        (place[one], place[other])
        for one, other in past.apart
        if one in place and other in place and one != other
    }


def lately_among(ids: Sequence[str], past: Past) -> set[tuple[int, int]]:
    """Positions of those who met less than 180 days ago."""
    found = _met_among(ids, past)
    return {(left, right) for left, right, met in found if met.days_ago < REPEAT_DAYS}


def pairs_of(groups: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Every two who meet."""
    return [two for group in groups for two in combinations(group, 2)]


def _off_diagonal(table: Table) -> Table:
    found = np.array(table, dtype=np.float64)
    np.fill_diagonal(found, 0)
    return found
