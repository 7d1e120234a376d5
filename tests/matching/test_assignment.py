import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.matching import assignment, auction
from essaim.matching.assignment import Assignment, Candidates, assign
from essaim.matching.problem import total, upper_bound

HOURS = st.integers(0, 2)


@st.composite
def small_networks(draw: st.DrawFn) -> Candidates:
    needs, helpers = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, needs - 1), st.integers(0, helpers - 1)),
            unique=True,
            max_size=5,
        )
    )
    return Candidates(
        need=np.array([need for need, _ in pairs], dtype=int),
        helper=np.array([helper for _, helper in pairs], dtype=int),
        score=[draw(st.sampled_from([-0.2, 0.0, 0.1, 0.5, 0.55, 0.7, 1.0])) for _ in pairs],
        hours=[draw(HOURS) for _ in range(needs)],
        capacity=[draw(HOURS) for _ in range(helpers)],
        given=[draw(HOURS) for _ in range(helpers)],
    )


def worth(candidates: Candidates, hours: tuple[int, ...], fairness: float) -> float | None:
    """What hours (candidates,) bring, from the definition; None when they break a limit."""
    need, helper = np.array(candidates.need), np.array(candidates.helper)
    asked = np.bincount(need, weights=hours, minlength=len(np.array(candidates.hours)))
    loads = np.bincount(helper, weights=hours, minlength=len(np.array(candidates.capacity)))
    if (asked > np.array(candidates.hours)).any() or (loads > np.array(candidates.capacity)).any():
        return None
    given_hours = np.array(candidates.given if candidates.given is not None else 0 * loads)
    costs = sum(
        fairness * (before + rank)
        for before, load in zip(given_hours.tolist(), loads.tolist(), strict=True)
        for rank in range(int(load))
    )
    return float((np.array(candidates.score) * np.array(hours)).sum() - costs)


def best_of_all(candidates: Candidates, fairness: float, *, shared: bool) -> float:
    wanted = [int(np.array(candidates.hours)[need]) for need in np.array(candidates.need)]
    choices = [range(one + 1) if shared else sorted({0, one}) for one in wanted]
    found = (worth(candidates, hours, fairness) for hours in itertools.product(*choices))
    return max(one for one in found if one is not None)


def hours_by_candidate(candidates: Candidates, found: Assignment) -> tuple[int, ...]:
    lines = zip(found.need.tolist(), found.helper.tolist(), strict=True)
    given_hours = dict(zip(lines, found.hours.tolist(), strict=True))
    pairs = zip(np.array(candidates.need), np.array(candidates.helper), strict=True)
    return tuple(given_hours.get((int(need), int(helper)), 0) for need, helper in pairs)


def network(people: int, seed: int, wanted: int = 1) -> Candidates:
    draw = np.random.default_rng(seed)
    helper = np.concatenate([draw.choice(people, 8, replace=False) for _ in range(people)])
    return Candidates(
        need=np.repeat(np.arange(people), 8),
        helper=helper,
        score=draw.random(8 * people),
        hours=draw.integers(1, wanted + 1, people),
        capacity=draw.integers(0, 4, people),
    )


@settings(deadline=None, max_examples=200)
@given(candidates=small_networks(), fairness=st.sampled_from([0.0, 0.05, 0.3]))
def test_shared_hours_are_the_best_of_all(candidates: Candidates, fairness: float) -> None:
    found = assign(candidates, fairness=fairness)

    hours = hours_by_candidate(candidates, found)
    assert sum(hours) == found.hours.sum()
    assert found.total == pytest.approx(worth(candidates, hours, fairness), abs=1e-9)
    assert found.total == pytest.approx(best_of_all(candidates, fairness, shared=True), abs=1e-9)
    assert (found.gap, found.bound, found.method) == (0.0, found.total, "exact")


@settings(deadline=None, max_examples=200)
@given(candidates=small_networks(), fairness=st.sampled_from([0.0, 0.05, 0.3]))
def test_a_need_answered_by_one_helper_alone_is_the_best_of_all(
    candidates: Candidates, fairness: float
) -> None:
    found = assign(candidates, fairness=fairness, shared=False)

    assert found.hours.tolist() == np.array(candidates.hours)[found.need].tolist()
    best = best_of_all(candidates, fairness, shared=False)
    assert found.total == pytest.approx(best, abs=1e-9)
    assert (found.gap, found.method) == (0.0, "exact")


@settings(deadline=None, max_examples=200)
@given(
    candidates=small_networks(), fairness=st.sampled_from([0.0, 0.05, 0.3]), shared=st.booleans()
)
def test_the_auction_keeps_within_limits_and_its_bound(
    candidates: Candidates, fairness: float, shared: bool
) -> None:
    found = assign(candidates, fairness=fairness, shared=shared, method="auction")

    best = best_of_all(candidates, fairness, shared=shared)
    hours = hours_by_candidate(candidates, found)
    assert found.total == pytest.approx(worth(candidates, hours, fairness), abs=1e-9)
    assert found.total <= best + 1e-9
    assert found.bound >= best - 1e-9
    if shared:
        assert found.bound - found.total <= 0.001 * np.array(candidates.hours).sum() * 2


@settings(deadline=None, max_examples=50)
@given(candidates=small_networks(), seed=st.integers(0, 99))
def test_the_order_of_candidates_does_not_matter(candidates: Candidates, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(np.array(candidates.need)))
    shuffled = replace(
        candidates,
        need=np.array(candidates.need)[order],
        helper=np.array(candidates.helper)[order],
        score=np.array(candidates.score)[order],
    )

    first, second = assign(candidates), assign(shuffled)

    assert first.need.tolist() == second.need.tolist()
    assert first.helper.tolist() == second.helper.tolist()
    assert first.hours.tolist() == second.hours.tolist()


def test_the_order_of_people_does_not_change_the_total() -> None:
    candidates = network(200, 1, wanted=3)
    needs, helpers = np.random.default_rng(2).permutation(200), np.random.default_rng(3)
    moved = helpers.permutation(200)
    shuffled = Candidates(
        need=np.argsort(needs)[np.array(candidates.need)],
        helper=np.argsort(moved)[np.array(candidates.helper)],
        score=candidates.score,
        hours=np.array(candidates.hours)[needs],
        capacity=np.array(candidates.capacity)[moved],
    )

    assert assign(shuffled).total == assign(candidates).total


def test_hours_spread_when_load_costs() -> None:
    candidates = Candidates([0, 0], [0, 1], [0.6, 0.58], [4], [4, 4])

    assert assign(candidates, fairness=0).hours.tolist() == [4]
    assert assign(candidates, fairness=0.05).hours.tolist() == [2, 2]


def test_who_gave_lately_is_asked_less() -> None:
    candidates = Candidates([0, 0], [0, 1], [0.6, 0.58], [1], [4, 4], given=[1, 0])

    assert assign(candidates).helper.tolist() == [1]


def test_an_hour_that_costs_more_than_it_brings_is_not_asked() -> None:
    assert assign(Candidates([0], [0], [0.12], [4], [4])).hours.tolist() == [3]


def test_past_the_effort_allowed_the_auction_answers_and_says_its_gap() -> None:
    candidates = network(500, 4)
    best = assign(candidates)

    found = assign(candidates, effort=100)

    assert (best.method, best.gap) == ("exact", 0.0)
    assert found.method == "auction"
    assert found.total <= best.total <= found.bound
    assert 0 < found.gap < 0.002


def test_the_auction_ends_soon_when_bids_must_rise_faster() -> None:
    candidates = network(100, 5)
    problem = assignment._read(candidates, 50_000)

    hours, scarcity = auction.solve(problem, steps=1_000, rounds=3)

    best = assign(candidates).total * 1_000_000
    assert total(problem, hours) <= best <= upper_bound(problem, scarcity)


def test_large_networks_of_undivided_needs_say_their_gap() -> None:
    candidates = network(600, 6, wanted=3)

    found = assign(candidates, shared=False)

    assert found.method == "repaired"
    assert found.hours.tolist() == np.array(candidates.hours)[found.need].tolist()
    assert found.total <= found.bound <= assign(candidates).bound
    assert 0 < found.gap < 0.1


def test_what_is_scarce_is_said() -> None:
    found = assign(Candidates([0, 1], [0, 0], [0.9, 0.4], [1, 1], [1]), fairness=0)

    assert (found.need.tolist(), found.total) == ([0], 0.9)
    assert 0.4 <= found.scarcity[0] <= 0.9


def test_nobody_and_nothing_is_an_empty_assignment() -> None:
    found = assign(Candidates([], [], [], [], []))

    assert (found.need.tolist(), found.total, found.gap) == ([], 0.0, 0.0)
    assert assign(Candidates([], [], [], [1], [1]), method="auction").total == 0.0
    assert assign(Candidates([], [], [], [2], [1]), shared=False).gap == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": [float("nan")]}, "score: finite"),
        ({"score": [float("inf")]}, "score: finite"),
        ({"score": [1e9]}, "score: finite"),
        ({"score": [0.1, 0.2]}, "one line per pair"),
        ({"need": [1]}, "need: out of range"),
        ({"need": [-1]}, "need: out of range"),
        ({"need": [0.5]}, "need: whole numbers"),
        ({"helper": [1]}, "helper: out of range"),
        ({"hours": [-1]}, "hours: from 0"),
        ({"hours": [[1]]}, "hours: a vector"),
        ({"capacity": [-1]}, "capacity: from 0"),
        ({"capacity": [10**6]}, "capacity: from 0"),
        ({"given": [1, 1]}, "given: as many helpers"),
        ({"need": [0, 0], "helper": [0, 0], "score": [0.1, 0.2]}, "given twice"),
    ],
)
def test_bad_input_is_refused_by_name(change: dict[str, list[float]], message: str) -> None:
    good = Candidates([0], [0], [0.5], [1], [1])

    with pytest.raises(ValueError, match=message):
        assign(replace(good, **change))


@pytest.mark.parametrize("fairness", [-0.1, 2, float("nan")])
def test_fairness_out_of_range_is_refused(fairness: float) -> None:
    with pytest.raises(ValueError, match="fairness"):
        assign(Candidates([0], [0], [0.5], [1], [1]), fairness=fairness)
