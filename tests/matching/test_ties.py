from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.matching.ties import FAR, Ties

NAMES = "abcdef"
NETWORKS = st.lists(st.sampled_from(list(combinations(NAMES, 2))), max_size=15)


def constraint(ties: Ties, person: str) -> float:
    """Burt's, from its definition; 1 for somebody without a tie."""
    mine = ties.near(person)
    if not mine:
        return 1.0
    share = {name: 1 / len(ties.near(name)) for name in NAMES if ties.near(name)}
    return sum(
        (share[person] + sum(share[person] * share[str(q)] for q in mine & ties.near(j))) ** 2
        for j in mine
    )


@settings(deadline=None, max_examples=200)
@given(pairs=NETWORKS)
def test_the_drop_is_that_of_burts_definition(pairs: list[tuple[str, str]]) -> None:
    ties = Ties(pairs)

    drops = ties.drops(NAMES)

    for (left, one), (right, other) in combinations(enumerate(NAMES), 2):
        after = Ties([*pairs, (one, other)])
        each = [1 - constraint(after, name) / constraint(ties, name) for name in (one, other)]
        expected = 0.0 if other in ties.near(one) else sum(max(0.0, drop) for drop in each) / 2
        assert drops[left, right] == pytest.approx(expected, abs=1e-9)
        assert drops[left, right] == drops[right, left]


@settings(deadline=None, max_examples=100)
@given(pairs=NETWORKS)
def test_distances_are_those_of_the_shortest_way(pairs: list[tuple[str, str]]) -> None:
    ties = Ties(pairs)
    table = np.array([[float(b in ties.near(a)) for b in NAMES] for a in NAMES])
    expected = np.where(table > 0, 1, FAR)
    for steps, ways in ((2, table @ table), (3, table @ table @ table)):
        expected = np.where((ways > 0) & (expected == FAR), steps, expected)
    np.fill_diagonal(expected, 0)

    assert ties.distances(NAMES).tolist() == expected.tolist()


def test_people_outside_count_as_a_way_between_those_inside() -> None:
    ties = Ties([("a", "x"), ("x", "b"), ("c", "y"), ("y", "z"), ("z", "a")])

    assert ties.distances("abc").tolist() == [[0, 2, 3], [2, 0, FAR], [3, FAR, 0]]


def test_a_tie_between_two_circles_opens_more_than_one_within() -> None:
    circles = [*combinations("abc", 2), *combinations("def", 2)]
    ties = Ties([pair for pair in circles if pair != ("a", "b")])

    drops = ties.drops(NAMES)

    assert drops[0, 3] > drops[0, 1]


def test_nobody_is_tied_to_oneself() -> None:
    assert Ties([("a", "a")]).near("a") == set()
