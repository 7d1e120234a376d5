"""Who knows whom: how far apart two people are, and what a new tie would open to each.

People are ids of any kind; a tie has no direction. All that is asked is asked for some people at
once, whose positions are those of the answers, within the ties of everyone.
"""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Id = Hashable
Table = NDArray[np.float64]
FAR = 4
"""A distance of four ties or more, or none at all."""


class Ties:
    """A network of people, from pairs of ids; a pair given twice, or with oneself, adds nothing."""

    def __init__(self, pairs: Iterable[tuple[Id, Id]]) -> None:
        self._near: dict[Id, set[Id]] = {}
        for one, other in pairs:
            if one != other:
                self._near.setdefault(one, set()).add(other)
                self._near.setdefault(other, set()).add(one)

    def near(self, person: Id) -> set[Id]:
        """Those to whom somebody is tied."""
        return self._near.get(person, set())

    def distances(self, people: Sequence[Id]) -> NDArray[np.int64]:
        """(people, people): 0 to oneself, 1 when tied, 2, 3, or `FAR`."""
        place = {person: at for at, person in enumerate(people)}
        found = np.full((len(people), len(people)), FAR)
        for at, person in enumerate(people):
            met, edge = {person}, {person}
            found[at, at] = 0
            for steps in (1, 2, 3):
                edge = {far for one in edge for far in self.near(one)} - met
                met |= edge
                found[at, [place[one] for one in edge if one in place]] = steps
        return found

    def drops(self, people: Sequence[Id]) -> Table:
        """(people, people): the share of a's and b's constraint that a tie between them takes away.

        Mean of both, from 0 to 1; 0 for those tied already. Constraint (R. S. Burt, *Structural
        Holes*, 1992): the sum, over the neighbours j of i, of (p_ij + Σ_q p_iq p_qj)², where p_ij
        is 1 over the number of neighbours of i. It is high when one's neighbours know each other;
        somebody without a tie counts 1, as with a single one.
        """
        ego = self._egos(people)
        before = np.where(ego.degree > 0, ego.squares / np.maximum(ego.degree, 1) ** 2, 1.0)
        more = ego.degree + 1.0
        # By theirs: the neighbours of a whom b knows too give one share of b more.
        after = (
            ego.squares[:, None]
            + 2 * ego.strength / more[None, :]
            + ego.common / more[None, :] ** 2
            + (1 + ego.reach) ** 2
        ) / more[:, None] ** 2
        drop = np.clip(1 - after / before[:, None], 0, 1)
        both: Table = (drop + drop.T) / 2
        both[self._tied(people)] = 0
        np.fill_diagonal(both, 0)
        return both

    def _tied(self, people: Sequence[Id]) -> NDArray[np.bool_]:
        place = {person: at for at, person in enumerate(people)}
        tied = np.zeros((len(people), len(people)), dtype=bool)
        for at, person in enumerate(people):
            tied[at, [place[one] for one in self.near(person) if one in place]] = True
        return tied

    def _egos(self, people: Sequence[Id]) -> "_Egos":
        around = sorted({one for person in people for one in self.near(person)}, key=str)
        place = {person: at for at, person in enumerate(around)}
        tied = np.zeros((len(people), len(around)))
        strength = np.zeros_like(tied)
        for at, person in enumerate(people):
            mine = self.near(person)
            for one in mine:
                shared = mine & self.near(one)
                tied[at, place[one]] = 1
                strength[at, place[one]] = 1 + self._shares(shared)
        share = np.array([1 / len(self.near(one)) for one in around])
        return _Egos(tied, strength, share)

    def _shares(self, people: set[Id]) -> float:
        """In an order that no hash decides: sums of fractions depend on it."""
        return sum(sorted(1 / len(self.near(one)) for one in people))


class _Egos:
    """What the constraint of each is made of; `strength` j: 1 + Σ_q p_qj over shared neighbours."""

    def __init__(self, tied: Table, strength: Table, share: Table) -> None:
        self.degree = tied.sum(axis=1)
        self.squares = (strength**2).sum(axis=1)
        self.strength = strength @ tied.T
        self.common = tied @ tied.T
        self.reach = (tied * share[None, :]) @ tied.T
