"""Who is asked for what when all needs are looked at together: pure code."""

from dataclasses import replace
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.exchange.capacity import Load
from essaim.exchange.friday import (
    ALTERNATIVES,
    FAIRNESS,
    SERVED,
    Offer,
    asks_left,
    best_first,
    share_out,
    weighing,
)

NEEDS = [UUID(int=number) for number in range(1, 5)]
PEOPLE = [UUID(int=number) for number in range(101, 105)]
FREE = dict.fromkeys(PEOPLE, 2)
RESTED = dict.fromkeys(PEOPLE, 0)


def offers(*scores: tuple[int, int, float]) -> list[Offer]:
    return [Offer(NEEDS[need], PEOPLE[person], score) for need, person, score in scores]


def shared(
    some: list[Offer], left: dict[UUID, int] = FREE, given: dict[UUID, int] = RESTED
) -> dict[int, int]:
    found = share_out(some, left, given)
    return {NEEDS.index(need): PEOPLE.index(person) for need, person in found.items()}


def test_the_best_for_each_is_not_the_best_for_all() -> None:
    # One by one, the first need would take the only person who can serve the second.
    some = offers((0, 0, 0.9), (0, 1, 0.8), (1, 0, 0.7))
    assert shared(some, left=dict.fromkeys(PEOPLE, 1)) == {0: 1, 1: 0}


def test_load_spreads_when_another_is_nearly_as_good() -> None:
    some = offers((0, 0, 0.60), (0, 1, 0.58), (1, 0, 0.60), (1, 1, 0.58))
    assert sorted(shared(some).values()) == [0, 1]
    # And not when the other is much worse than the load costs.
    worse = offers((0, 0, 0.60), (0, 1, 0.30), (1, 0, 0.60), (1, 1, 0.30))
    assert shared(worse) == {0: 0, 1: 0}


def test_who_was_asked_this_week_comes_after_who_was_not() -> None:
    some = offers((0, 0, 0.60), (0, 1, 0.56))
    assert shared(some) == {0: 0}
    assert shared(some, given=RESTED | {PEOPLE[0]: 1}) == {0: 1}


def test_two_needs_served_are_worth_more_than_one_served_better() -> None:
    some = offers((0, 0, 0.05), (1, 0, 0.9), (1, 1, 0.1))
    assert shared(some, left=dict.fromkeys(PEOPLE, 1)) == {0: 0, 1: 1}


def test_a_need_without_anybody_left_is_not_answered() -> None:
    some = offers((0, 0, 0.9), (1, 0, 0.5))
    assert shared(some, left=dict.fromkeys(PEOPLE, 1)) == {0: 0}
    assert shared([]) == {}


scores = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 110)),
    unique_by=lambda triple: triple[:2],
    max_size=10,
).map(lambda some: offers(*((n, p, s / 100) for n, p, s in some)))
limits = st.lists(st.integers(0, 2), min_size=4, max_size=4).map(
    lambda counts: dict(zip(PEOPLE, counts, strict=True))
)


def worth(some: list[Offer], pairs: dict[UUID, UUID], weight: dict[UUID, int]) -> float:
    known = {(offer.need, offer.person): offer.score for offer in some}
    loads = dict(weight)
    total = 0.0
    for need, person in pairs.items():
        total += SERVED + known[need, person] - FAIRNESS * loads[person]
        loads[person] += 1
    return total


def every_way(some: list[Offer]) -> list[dict[UUID, UUID]]:
    by_need = {need: [o.person for o in some if o.need == need] for need in NEEDS}
    ways = product(*([None, *people] for people in by_need.values()))
    return [
        {need: person for need, person in zip(NEEDS, way, strict=True) if person} for way in ways
    ]


@settings(max_examples=60, deadline=None)
@given(scores, limits, limits)
def test_no_other_way_is_worth_more_and_no_limit_is_passed(
    some: list[Offer], left: dict[UUID, int], weight: dict[UUID, int]
) -> None:
    found = share_out(some, left, weight)
    counted = [list(found.values()).count(person) for person in PEOPLE]
    assert all(n <= left[person] for n, person in zip(counted, PEOPLE, strict=True))
    allowed = [
        way
        for way in every_way(some)
        if all(list(way.values()).count(person) <= left[person] for person in PEOPLE)
    ]
    best = max(worth(some, way, weight) for way in allowed)
    assert abs(worth(some, found, weight) - best) < 1e-4
    assert share_out(some[::-1], left, weight) == found


def test_the_next_best_are_kept_beside_the_one_chosen() -> None:
    need, people = UUID(int=1), [UUID(int=number) for number in range(10, 20)]
    some = [Offer(need, pk, 1 - number / 10) for number, pk in enumerate(people)]
    kept = best_first(some, {need: people[9]})[need]
    assert [offer.person for offer in kept] == [*people[:ALTERNATIVES], people[9]]


def test_asks_left_are_the_narrower_of_the_week_and_of_what_is_underway() -> None:
    load = Load(UUID(int=1), pledged=240, max_parallel=3, max_asks_per_week=2)
    assert asks_left(load) == 2
    assert asks_left(replace(load, asks_this_week=1)) == 1
    assert asks_left(replace(load, open_asks=1, underway=2)) == 0
    assert asks_left(load, promised=5) == 0
    assert weighing(replace(load, asks_this_week=1, underway=1), promised=1) == 3


def test_who_is_far_from_a_need_is_shown_and_not_chosen() -> None:
    far = [Offer(NEEDS[0], PEOPLE[0], 0.9, near=False), Offer(NEEDS[0], PEOPLE[1], 0.2)]
    assert shared(far) == {0: 1}
    assert shared(far[:1]) == {}
    assert best_first(far, {})[NEEDS[0]] == far
