"""Draws encounters: who meets whom this time, so that nobody is forgotten and few meet again.

Pairs below the threshold ρ of relevance are no pairs. For who would stay alone ρ is lowered by
steps, then somebody met lately is allowed again; who was left out of the last draw goes first. A
tenth of the people, or a third when methods are compared, is drawn without looking at the score:
that is how one learns what the score is worth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from essaim.matching.encoder import Encoder
from essaim.matching.encounters import (
    Guest,
    Past,
    Score,
    apart_among,
    lately_among,
    score,
)
from essaim.matching.pairs import PEOPLE, Encounters, Mask, pair_among
from essaim.matching.ties import Table

Method = Literal["random", "relevance", "full"]
Shares = Mapping[Method, float]
"""How many people are drawn by which method, in this order: who is left alone joins the next."""
USUAL: Shares = {"random": 0.1, "full": 0.9}
TRIAL: Shares = {"random": 1 / 3, "relevance": 1 / 3, "full": 1 / 3}
THRESHOLD, STEP = 60, 5
COMPARED = 12
"""Fewer people than this are not divided: methods could not be told apart, nor people matched."""
FIRST = 490.0
"""What a place for somebody left out last time is worth: more than all scores together."""
BLOCK = 300
"""As many people of a network are drawn together across hubs."""


@dataclass(frozen=True)
class Group:
    """Two people, or three, by rising id; `parts` are the means of the score's parts over pairs."""

    ids: tuple[str, ...]
    method: Method
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Drawn:
    """Everyone once: in a group, or alone when nobody was left whom they may meet."""

    groups: tuple[Group, ...]
    alone: tuple[str, ...]


def draw(
    guests: Sequence[Guest],
    past: Past,
    encoder: Encoder,
    *,
    seed: int,
    shares: Shares = USUAL,
) -> Drawn:
    """Groups guests by twos, and by threes rather than leave one alone.

    `shares`: a tenth of the people at random unless told otherwise, or a third by each method when
    they are compared; fewer than twelve people are all drawn by the last one. The same seed,
    guests and past give the same answer, in whatever order the guests are given. Raises ValueError
    for more than 1,000 guests, and as `score` does.
    """
    ordered = sorted(guests, key=lambda guest: guest.id)
    found = score(ordered, past, encoder)
    return draw_scored(ordered, past, found, seed=seed, shares=shares)


def draw_scored(
    guests: Sequence[Guest], past: Past, found: Score, *, seed: int, shares: Shares = USUAL
) -> Drawn:
    """The same, once guests (by rising id) are scored."""
    if len(guests) > PEOPLE:
        raise ValueError(f"guests: at most {PEOPLE} people are drawn together")
    ids = [guest.id for guest in guests]
    hat = _Hat(
        found,
        _mask(len(ids), apart_among(ids, past)),
        _mask(len(ids), lately_among(ids, past)),
        np.array([guest.left_out for guest in guests], dtype=bool),
        np.random.default_rng(seed),
    )
    groups: list[Group] = []
    waiting: list[int] = []
    for method, people in _divided(len(ids), shares, hat.random).items():
        answer = hat.grouped([*waiting, *people], method)
        waiting = list(answer.alone)
        groups += [group_of(ids, found, group, method) for group in answer.groups]
    return Drawn(tuple(sorted(groups, key=lambda one: one.ids)), tuple(ids[at] for at in waiting))


def _mask(people: int, pairs: set[tuple[int, int]]) -> Mask:
    found = np.zeros((people, people), dtype=bool)
    for left, right in pairs:
        found[left, right] = found[right, left] = True
    return found


def _divided(people: int, shares: Shares, random: "np.random.Generator") -> dict[Method, list[int]]:
    """Who is drawn by which method; an even number by each but the last."""
    order = random.permutation(people).tolist()
    *firsts, last = shares
    found: dict[Method, list[int]] = {}
    for method in firsts if people >= COMPARED else []:
        count = int(people * shares[method]) // 2 * 2
        found[method], order = order[:count], order[count:]
    return found | {last: order}


def group_of(ids: Sequence[str], found: Score, group: Sequence[int], method: Method) -> Group:
    """Guests at these positions, with what the score says of them."""
    parts = [found.of(left, right) for left, right in combinations(group, 2)]
    means = {name: round(sum(one[name] for one in parts) / len(parts), 3) for name in parts[0]}
    return Group(tuple(sorted(ids[at] for at in group)), method, means)


@dataclass(frozen=True)
class _Hat:
    """What is drawn from. Positions are those of all guests."""

    score: Score
    apart: Mask
    lately: Mask
    left_out: NDArray[np.bool_]
    random: "np.random.Generator"

    def grouped(self, people: list[int], method: Method) -> Encounters:
        """Some of the guests, in positions of all of them."""
        places = np.array(sorted(people), dtype=np.int64)
        worth = self._worth(method)[np.ix_(places, places)]
        seed = int(self.random.integers(2**31))
        answer = self._eased(places, worth, method, seed)
        return replace(
            answer,
            groups=tuple(tuple(places[list(group)].tolist()) for group in answer.groups),
            alone=tuple(places[list(answer.alone)].tolist()),
        )

    def _worth(self, method: Method) -> Table:
        if method == "full":
            return self.score.value
        if method == "relevance":
            return self.score.relevance
        drawn = np.triu(self.random.random(self.apart.shape), 1)
        return drawn + drawn.T

    def _eased(
        self, places: NDArray[np.int64], worth: Table, method: Method, seed: int
    ) -> Encounters:
        """Draws again, asking less, as long as somebody stays alone for whom less can be asked."""
        gate = _Gate(self, places, none=method == "random")
        while (barred := gate.barred()) and gate.eased_for(barred):
            pass
        answer = pair_among(worth, gate.allowed(), seed=seed)
        while answer.alone and gate.eased_for(list(answer.alone)):
            answer = pair_among(worth, gate.allowed(), seed=seed)
        first = self.left_out[places]
        if first[list(answer.alone)].any():
            answer = pair_among(worth + FIRST * _sums(first), gate.allowed(), seed=seed)
        return answer


def _sums(first: NDArray[np.bool_]) -> Table:
    found: Table = first[:, None].astype(np.float64) + first[None, :]
    np.fill_diagonal(found, 0)
    return found


class _Gate:
    """Who may meet whom among some guests; each asks for a share ρ of relevance, and no repeat."""

    def __init__(self, hat: _Hat, places: NDArray[np.int64], *, none: bool) -> None:
        among = np.ix_(places, places)
        self.free = ~hat.apart[among]
        self.lately = hat.lately[among]
        self.relevance = hat.score.relevance[among]
        self.levels = _levels(hat.score.relevance)
        self.asks = np.full(len(places), 0 if none else len(self.levels) - 1)
        self.again = np.zeros(len(places), dtype=bool)

    def allowed(self) -> Mask:
        """A pair may meet as soon as one of the two asks for no more than what they have."""
        wanted = self.levels[self.asks]
        relevant = self.relevance >= np.minimum(wanted[:, None], wanted[None, :])
        again = self.again[:, None] | self.again[None, :]
        found: Mask = self.free & relevant & (~self.lately | again)
        return found

    def barred(self) -> list[int]:
        """Those who may meet nobody at all."""
        return [int(one) for one in np.flatnonzero(~self.allowed().any(axis=1))]

    def eased_for(self, alone: list[int]) -> bool:
        """Asks less for those alone, until it changes something; tells whether it did."""
        before = int(np.count_nonzero(self.allowed()))
        while self._ask_less(alone):
            if int(np.count_nonzero(self.allowed())) > before:
                return True
        return False

    def _ask_less(self, alone: list[int]) -> bool:
        """First of them, then of everyone if it can help them, and at last to meet again."""
        if self.asks[alone].any():
            self.asks[alone] = np.maximum(self.asks[alone] - 1, 0)
        elif self.asks.any() and (self.free & ~self.lately)[alone].any():
            self.asks[:] = 0
        elif not self.again[alone].all():
            self.again[alone] = True
        else:
            return False
        return True


def _levels(relevance: Table) -> NDArray[np.float64]:
    """From nothing to ρ: what relevance exceeds each of these shares of all pairs."""
    pairs = relevance[~np.eye(len(relevance), dtype=bool)]
    steps = np.arange(0, THRESHOLD + 1, STEP) / 100
    found = np.quantile(pairs, steps) if len(pairs) else np.zeros(len(steps))
    found[0] = 0
    return found


def draw_by_hub(
    guests: Sequence[Guest],
    homes: Mapping[str, str],
    past: Past,
    encoder: Encoder,
    *,
    seed: int,
) -> Drawn:
    """Encounters within each hub of a network, hub after hub. `homes`: hub of each guest by id."""
    hubs: dict[str, list[Guest]] = {}
    for guest in guests:
        hubs.setdefault(homes[guest.id], []).append(guest)
    history = _History(past)
    groups: list[Group] = []
    alone: list[str] = []
    for hub in sorted(hubs):
        drawn = draw(hubs[hub], history.of(hubs[hub]), encoder, seed=seed)
        groups += drawn.groups
        alone += drawn.alone
    return Drawn(tuple(groups), tuple(alone))


def draw_across(
    guests: Sequence[Guest],
    homes: Mapping[str, str],
    past: Past,
    encoder: Encoder,
    *,
    seed: int,
) -> Drawn:
    """Encounters between people of different hubs, for a whole network.

    `homes`: hub of each guest by id. Guests are dealt into blocks of at most 300, each with people
    of as many hubs as there are, and drawn block by block: memory is that of one block.
    """
    groups: list[Group] = []
    alone: list[str] = []
    history = _History(past)
    for number, block in enumerate(_blocks(guests, homes, seed)):
        past_of_block = history.of(block, neighbours=homes)
        drawn = draw(block, past_of_block, encoder, seed=seed + number)
        groups += drawn.groups
        alone += drawn.alone
    return Drawn(tuple(groups), tuple(alone))


def _blocks(guests: Sequence[Guest], homes: Mapping[str, str], seed: int) -> list[list[Guest]]:
    by_id = sorted(guests, key=lambda guest: guest.id)
    order = np.random.default_rng(seed).permutation(len(by_id)).tolist()
    shuffled = sorted((by_id[at] for at in order), key=lambda guest: homes[guest.id])
    count = -(-len(shuffled) // BLOCK)
    return [shuffled[start::count] for start in range(count)]


class _History:
    """The past of some people out of many, without reading all of it each time."""

    def __init__(self, past: Past) -> None:
        self.past = past
        self.met: dict[str, list[tuple[str, str]]] = {}
        self.apart: dict[str, list[tuple[str, str]]] = {}
        for index, pairs in ((self.met, past.met), (self.apart, past.apart)):
            for two in pairs:
                index.setdefault(two[0], []).append(two)

    def of(self, block: Sequence[Guest], neighbours: Mapping[str, str] | None = None) -> Past:
        """With `neighbours`, those of one hub stay apart."""
        ids = {guest.id for guest in block}
        met = [two for one in ids for two in self.met.get(one, ()) if two[1] in ids]
        apart = {two for one in ids for two in self.apart.get(one, ()) if two[1] in ids}
        if neighbours is not None:
            two_by_two = combinations(sorted(ids), 2)
            apart |= {two for two in two_by_two if neighbours[two[0]] == neighbours[two[1]]}
        return replace(
            self.past,
            met={two: self.past.met[two] for two in met},
            apart=frozenset(apart),
        )
