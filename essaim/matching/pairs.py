"""Encounters: who meets whom, for all at once; by twos, and by threes rather than leave one alone.

What a group is worth is half the sum, over its people, of their mean score with those they meet: a
pair is worth its score, a trio half the sum of its three scores. Pairs are a maximum-weight
matching on a general graph (Edmonds, "Paths, trees, and flowers", 1965; Galil's O(n³) algorithm,
ACM Computing Surveys 18, 1986, as rustworkx implements it), among those that leave fewest alone.

A bound comes from people: with `worth` such that worth[a] + worth[b] >= score[a, b] for all a, b,
no way of grouping is worth more than the sum of `worth`. It also tells which pairs cannot be part
of the best matching (those whose slack exceeds what is at stake), so that a dense network is solved
on few edges and the proof holds for all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from essaim.matching import auction, paths
from essaim.matching.problem import MILLIONTHS, Whole, by_need, loaded, millionths, places

EDGES = 60_000
"""More possible pairs than this (350 people) are thinned first; as many take about a second."""
FIRST_CHOICES = 20
PEOPLE = 1_000
EXCHANGES = 100
SMALL = 20_000
"""Candidates up to which the bound is exact; past it, it is an auction's, with so many steps."""
STEPS, ROUNDS = 5_000, 1_000
LOWERED = 60
FEW = 12
"""Among as many people every trio is tried before somebody is left alone."""
Mask = NDArray[np.bool_]
Group = tuple[int, ...]


@dataclass(frozen=True)
class Encounters:
    """Groups of two, or three, positions in the scores; `alone` could meet nobody.

    `total` is what the groups are worth together. None is worth more than `bound`: no grouping
    in pairs when all could be paired, else none in pairs and trios.
    """

    groups: tuple[Group, ...]
    alone: Group
    total: float
    bound: float

    @property
    def gap(self) -> float:
        """The share of the bound that may have been missed; 0.0 is a proof that nothing was."""
        return (self.bound - self.total) / self.bound if self.bound > self.total else 0.0


def pair(
    scores: ArrayLike, *, forbidden: Iterable[tuple[int, int]] = (), seed: int = 0
) -> Encounters:
    """Groups people so that hardly anyone is alone, then so that scores are largest.

    Pairs are exact, but in dense rounds that cannot be thinned. When they leave people out, these
    join pairs as trios, then trios and pairs exchange people while it brings something: `gap` says
    what that may have missed.

    `scores` (people, people): symmetric, from 0 to 1,000, read to the millionth; the diagonal is
    ignored. Two people of `forbidden` never share a group. `seed` only decides between groupings of
    the same worth; with the same seed the answer is the same. Raises ValueError for scores that are
    not such a matrix, positions out of range and more than 1,000 people.
    """
    found = _read(scores)
    allowed = ~np.eye(len(found), dtype=bool)
    for left, right in places_of(forbidden, len(found)).tolist():
        allowed[left, right] = allowed[right, left] = False
    return _by_chance(found, allowed, seed)


def pair_among(scores: ArrayLike, allowed: Mask, *, seed: int = 0) -> Encounters:
    """The same, among the pairs that are `allowed` (people, people), symmetric, True when they may.

    Raises ValueError as `pair` does, and for a table of another shape or that is not symmetric.
    """
    found = _read(scores)
    if allowed.shape != found.shape or (allowed != allowed.T).any():
        raise ValueError("allowed: a symmetric table of the same people is expected")
    return _by_chance(found, allowed & ~np.eye(len(found), dtype=bool), seed)


def _by_chance(scores: Whole, allowed: Mask, seed: int) -> Encounters:
    """In an order that the seed draws, which decides between groupings of the same worth."""
    order = np.random.default_rng(seed).permutation(len(scores))
    answer = _grouped(scores[np.ix_(order, order)], allowed[np.ix_(order, order)])
    groups = sorted(tuple(sorted(order[list(group)].tolist())) for group in answer.groups)
    alone = tuple(sorted(order[list(answer.alone)].tolist()))
    return Encounters(tuple(groups), alone, answer.total, answer.bound)


def places_of(pairs: Iterable[tuple[int, int]], count: int) -> Whole:
    """Pairs as (pairs, 2) positions in 0..count-1, or a ValueError."""
    given = list(pairs)
    if any(len(one) != 2 for one in given):
        raise ValueError("forbidden: pairs are expected")
    flat = np.array(given).ravel() if given else np.zeros(0, np.int64)
    return places(flat, count, "forbidden").reshape(-1, 2)


def _read(scores: ArrayLike) -> Whole:
    found = np.array(scores, dtype=np.float64)
    if found.size == 0:
        found = found.reshape(0, 0)
    if found.ndim != 2 or found.shape[0] != found.shape[1] or len(found) > PEOPLE:
        raise ValueError(f"scores: a square matrix of at most {PEOPLE} people is expected")
    np.fill_diagonal(found, 0)
    whole = millionths(found, "scores")
    if (whole < 0).any() or (whole != whole.T).any():
        raise ValueError("scores: a symmetric matrix without negative numbers is expected")
    return whole


def _grouped(scores: Whole, allowed: Mask) -> Encounters:
    pairs, bound = _paired(scores, allowed)
    alone = _alone(len(scores), pairs)
    if alone:
        pairs = _rescued(scores, allowed, _with_trios(scores, allowed, pairs))
        pairs = _exchanged(scores, allowed, pairs)
        alone = _alone(len(scores), pairs)
    total = sum(_worth(scores, group) for group in pairs) / 2
    most = max(bound, total) / MILLIONTHS
    return Encounters(tuple(pairs), alone, total / MILLIONTHS, most)


def _worth(scores: Whole, group: Group) -> int:
    """Twice what a group is worth, so that it is whole."""
    among = sum(int(scores[left, right]) for left, right in combinations(group, 2))
    return among if len(group) == 3 else 2 * among


def _paired(scores: Whole, allowed: Mask) -> tuple[list[Group], float]:
    """Pairs that leave fewest alone, then score most; and a bound of pairs and trios.

    When nobody is alone no trio is needed, and pairs proven best are their own bound.
    """
    if np.count_nonzero(allowed) <= 2 * EDGES:
        pairs, proven, worths = _matching(scores, allowed), True, None
    else:
        worths = _worths(scores, allowed)
        pairs, proven = _thinned(scores, allowed, worths)
    if proven and 2 * len(pairs) == len(scores):
        return pairs, sum(_worth(scores, group) for group in pairs) / 2
    worths = _worths(scores, allowed) if worths is None else worths
    return pairs, int(worths.sum()) / 2


def _thinned(scores: Whole, allowed: Mask, worths: Whole) -> tuple[list[Group], bool]:
    """Pairs from few edges, and whether that lost nothing.

    As many pairs that use one whose slack is more than the bound less what was found would score
    less than what was found: such pairs are left out of a second matching without loss.
    """
    slack = worths[:, None] + worths[None, :] - 2 * scores
    first = _matching(scores, allowed & _best_choices(slack, allowed))
    if 2 * len(first) < len(scores) - 1:
        return _matching(scores, allowed), True
    stake = int(worths.sum()) - sum(_worth(scores, group) for group in first)
    useful = allowed & (slack <= stake)
    if np.count_nonzero(useful) > 2 * EDGES:
        return first, False
    return _matching(scores, useful), True


def _best_choices(slack: Whole, allowed: Mask) -> Mask:
    """Who is nearest to being best for each; among equals each begins with another person.

    Slack rather than scores: the first choices of all are often the same few people.
    """
    people = np.arange(len(slack))
    turned = (people[:, None] + people[None, :]) % len(slack)
    far = slack.max() + 1
    wanted = np.take_along_axis(np.where(allowed, slack, far), turned, axis=1)
    ranked = np.argsort(wanted, axis=1, kind="stable")[:, :FIRST_CHOICES]
    best = np.zeros_like(allowed)
    np.put_along_axis(best, np.take_along_axis(turned, ranked, axis=1), True, axis=1)
    either: Mask = best | best.T
    return either


def _matching(scores: Whole, allowed: Mask) -> list[Group]:
    """Most pairs, then most worth."""
    import rustworkx

    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph()
    graph.add_nodes_from([None] * len(scores))
    left, right = np.nonzero(np.triu(allowed))
    weights = scores[left, right].tolist()
    graph.add_edges_from(list(zip(left.tolist(), right.tolist(), weights, strict=True)))
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return sorted((min(one), max(one)) for one in found)


def _worths(scores: Whole, allowed: Mask) -> Whole:
    """Twice the worth (people,) of each person, as low as two ways find it."""
    found = [_lowered(scores, allowed), _assigned(scores, allowed)]
    return min(found, key=lambda worths: int(worths.sum()))


def _lowered(scores: Whole, allowed: Mask) -> Whole:
    """Half of one's best score each, then halfway to what one's others leave to be covered.

    Both halves keep every allowed pair covered, and each step lowers all.
    """
    doubled = np.where(allowed, 2 * scores, 0)
    worths: Whole = doubled.max(axis=1, initial=0) // 2
    worths += doubled.max(axis=1, initial=0) % 2
    for _ in range(LOWERED):
        needed = np.where(allowed, doubled - worths[None, :], 0).max(axis=1, initial=0)
        worths = (worths + needed + 1) // 2
    return worths


def _assigned(scores: Whole, allowed: Mask) -> Whole:
    """From an assignment of people to people, whose dual covers every pair both ways.

    Its gain[a] + scarcity[b] >= score[a, b]: half of a person's gain and scarcity together cover
    the score of every allowed pair.
    """
    one = np.ones(len(scores), dtype=np.int64)
    need, helper = np.nonzero(allowed)
    edges = (need, helper, scores[need, helper])
    problem = loaded(by_need(edges, one, one), np.zeros_like(one), 0)
    small = len(problem.helper) <= SMALL
    scarcity: Whole = (paths.solve(problem) if small else auction.solve(problem, STEPS, ROUNDS))[1]
    margin = np.where(allowed, scores - scarcity[None, :], 0)
    gain: Whole = margin.max(axis=1, initial=0)
    return gain + scarcity


def _with_trios(scores: Whole, allowed: Mask, pairs: list[Group]) -> list[Group]:
    alone = list(_alone(len(scores), pairs))
    return _welcomed(scores, allowed, _joined(scores, allowed, pairs, alone))


def _rescued(scores: Whole, allowed: Mask, groups: list[Group]) -> list[Group]:
    """Of few people, when somebody still is alone: every trio in turn, and others as they can.

    Kept when it leaves fewer alone; of those, the one worth most.
    """
    if not _alone(len(scores), groups) or len(scores) > FEW:
        return groups
    ways = [groups]
    for trio in combinations(range(len(scores)), 3):
        if all(allowed[two] for two in combinations(trio, 2)):
            others = [one for one in range(len(scores)) if one not in trio]
            rest = np.array(others, dtype=np.int64)
            among = np.ix_(rest, rest)
            found = _matching(scores[among], allowed[among])
            found = _with_trios(scores[among], allowed[among], found)
            ways.append([trio, *(tuple(rest[list(group)].tolist()) for group in found)])
    return max(
        ways,
        key=lambda way: (sum(map(len, way)), sum(_worth(scores, group) for group in way)),
    )


def _joined(scores: Whole, allowed: Mask, pairs: list[Group], alone: list[int]) -> list[Group]:
    """The pairs once those alone have joined them: one each, as many as can, then the best."""
    edges = [
        (who, place, _worth(scores, (person, *group)) - _worth(scores, group))
        for who, person in enumerate(alone)
        for place, group in enumerate(pairs)
        if allowed[person, list(group)].all()
    ]
    who, place, gain = np.array(edges, dtype=np.int64).reshape(-1, 3).T
    more_than_any_gain = 4 * int(scores.max()) * (len(alone) + 1) + 1
    ones = np.ones(len(alone), np.int64), np.ones(len(pairs), np.int64)
    problem = loaded(by_need((who, place, gain + more_than_any_gain), *ones), 0 * ones[1], 0)
    hours = paths.solve(problem)[0]
    chosen = {int(problem.helper[at]): int(problem.need[at]) for at in np.flatnonzero(hours)}
    return [
        (*group, alone[chosen[place]]) if place in chosen else group
        for place, group in enumerate(pairs)
    ]


def _welcomed(scores: Whole, allowed: Mask, groups: list[Group]) -> list[Group]:
    """Someone still alone meets one of a pair, whose partner joins another pair."""
    for person in _alone(len(scores), groups):
        moves = [
            [(person, host), (*third, partner)]
            for group, third in permutations([group for group in groups if len(group) == 2], 2)
            for host, partner in permutations(group)
            if allowed[person, host] and allowed[partner, list(third)].all()
        ]
        if moves:
            best = max(moves, key=lambda move: sum(_worth(scores, group) for group in move))
            moved = {*best[0], *best[1]}
            groups = [group for group in groups if moved.isdisjoint(group)] + best
    return groups


def _alone(people: int, groups: list[Group]) -> Group:
    met = {person for group in groups for person in group}
    return tuple(person for person in range(people) if person not in met)


def _exchanged(scores: Whole, allowed: Mask, groups: list[Group]) -> list[Group]:
    """Trios and pairs share their five people again, as long as it brings something."""
    for _ in range(EXCHANGES):
        best = max(
            (_better(scores, allowed, trio, other) for trio, other in _neighbours(groups)),
            key=lambda one: one[0],
            default=(0, []),
        )
        if best[0] <= 0:
            return groups
        moved = {person for group in best[1] for person in group}
        groups = [group for group in groups if moved.isdisjoint(group)] + best[1]
    return groups


def _neighbours(groups: list[Group]) -> Iterator[tuple[Group, Group]]:
    trios = [group for group in groups if len(group) == 3]
    return product(trios, [group for group in groups if len(group) == 2])


def _better(scores: Whole, allowed: Mask, trio: Group, other: Group) -> tuple[int, list[Group]]:
    """What the best pair and trio of five people gain over the present ones, and which they are."""
    people = (*trio, *other)
    before = _worth(scores, trio) + _worth(scores, other)
    found: tuple[int, list[Group]] = (0, [])
    for two in combinations(people, 2):
        three = tuple(person for person in people if person not in two)
        if all(
            allowed[left, right] for group in (two, three) for left, right in combinations(group, 2)
        ):
            gain = _worth(scores, two) + _worth(scores, three) - before
            found = max(found, (gain, [two, three]))
    return found
