"""Friday's asks: whom to ask for each open need, all needs at once. Pure.

The unit is one ask: a need is asked of one person, whom a host has looked at, and the same person
is asked several things only when it is worth what the load costs (docs/decisions/0012).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from essaim.exchange.capacity import Load

# What each further ask of the same person costs, in score (which is at most 1.1).
FAIRNESS = 0.05
# What it is worth that a need has somebody at all, above who it is: two needs served count more
# than one served a little better.
SERVED = 1.0
# Below this relevance (guess) nobody is chosen for a need: an ask beside the point wears people out
# and helps nobody. They are shown all the same, for a host who knows better.
NEAR = 0.25
# Those shown beside the one chosen.
ALTERNATIVES = 5

T = TypeVar("T")


@dataclass(frozen=True)
class Offer:
    """Somebody who may be asked for a need, and how well they would answer it (above nought).

    `near`: what they know is about the need, as far as words and skills can tell.
    """

    need: UUID
    person: UUID
    score: float
    near: bool = True


def asks_left(load: Load, promised: int = 0) -> int:
    """How many more asks the guards let through this week; `promised`: by other hives' drafts."""
    at_once = load.max_parallel - load.open_asks - load.underway
    this_week = load.max_asks_per_week - load.asks_this_week
    return max(0, min(at_once, this_week) - promised)


def weighing(load: Load, promised: int = 0) -> int:
    """What this week has asked of somebody already: the first ask of a draft costs as much more."""
    return load.asks_this_week + load.underway + promised


def share_out(
    offers: Sequence[Offer], left: Mapping[UUID, int], given: Mapping[UUID, int]
) -> dict[UUID, UUID]:
    """Whom to ask for each need: the exact best whole, whatever the order of the offers.

    `left`: asks that each may still receive; `given`: what weighs on them. A need without an offer
    that is near, or whose people are all needed elsewhere, is not in the answer.
    """
    offers = [offer for offer in offers if offer.near]
    # numpy is only loaded by a process that shares out.
    from essaim.matching.assignment import Candidates, assign

    needs = sorted({offer.need for offer in offers})
    people = sorted({offer.person for offer in offers})
    row, column = _places(needs), _places(people)
    found = assign(
        Candidates(
            need=[row[offer.need] for offer in offers],
            helper=[column[offer.person] for offer in offers],
            score=[offer.score + SERVED for offer in offers],
            hours=[1] * len(needs),
            capacity=[left[person] for person in people],
            given=[given[person] for person in people],
        ),
        fairness=FAIRNESS,
    )
    pairs = zip(found.need.tolist(), found.helper.tolist(), strict=True)
    return {needs[need]: people[helper] for need, helper in pairs}


def _places(items: Sequence[T]) -> dict[T, int]:
    return {item: place for place, item in enumerate(items)}


def best_first(offers: Sequence[Offer], chosen: Mapping[UUID, UUID]) -> dict[UUID, list[Offer]]:
    """For each need the one chosen and the next best, by falling score."""
    found: dict[UUID, list[Offer]] = {}
    for offer in sorted(offers, key=lambda offer: (-offer.score, offer.person)):
        kept = found.setdefault(offer.need, [])
        picked = chosen.get(offer.need)
        spares = sum(other.person != picked for other in kept)
        if offer.person == picked or spares < ALTERNATIVES:
            kept.append(offer)
    return found
