from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.matching.drawing import TRIAL, USUAL, Drawn, draw, draw_across, draw_by_hub
from essaim.matching.encounters import REPEAT_DAYS, Guest, Met, Past
from essaim.matching.ties import Ties
from essaim.matching.wanting import Remembered
from tests.matching.hashed import HashedEncoder
from tests.matching.meeting import WORDS, gatherings, guest

ENCODER = HashedEncoder()
Two = frozenset[str]


def drawn_pairs(drawn: Drawn) -> set[Two]:
    return {frozenset(two) for group in drawn.groups for two in combinations(group.ids, 2)}


def everyone(drawn: Drawn) -> list[str]:
    return sorted([one for group in drawn.groups for one in group.ids] + list(drawn.alone))


def partitions(people: tuple[str, ...], barred: set[Two]) -> Iterator[list[tuple[str, ...]]]:
    """Every way of putting all of them in pairs and trios."""
    if not people:
        yield []
        return
    first, others = people[0], people[1:]
    for size in (1, 2):
        for met in combinations(others, size):
            group = (first, *met)
            if barred.isdisjoint(map(frozenset, combinations(group, 2))):
                rest = tuple(one for one in others if one not in met)
                yield from ([group, *groups] for groups in partitions(rest, barred))


@settings(deadline=None, max_examples=150)
@given(gathering=gatherings(), seed=st.integers(0, 5), compare=st.booleans())
def test_everyone_is_placed_once_and_never_with_whom_they_avoid(
    gathering: tuple[list[Guest], Past], seed: int, compare: bool
) -> None:
    guests, past = gathering

    drawn = draw(guests, past, ENCODER, seed=seed, shares=TRIAL if compare else USUAL)

    assert everyone(drawn) == sorted(one.id for one in guests)
    assert {len(group.ids) for group in drawn.groups} <= {2, 3}
    assert drawn_pairs(drawn).isdisjoint(map(frozenset, past.apart))


@settings(deadline=None, max_examples=150)
@given(gathering=gatherings(most=7), seed=st.integers(0, 5))
def test_nobody_meets_again_within_180_days_when_it_can_be_avoided(
    gathering: tuple[list[Guest], Past], seed: int
) -> None:
    guests, past = gathering
    lately = {frozenset(two) for two, met in past.met.items() if met.days_ago < REPEAT_DAYS}
    barred = lately | set(map(frozenset, past.apart))
    names = tuple(one.id for one in guests)

    drawn = draw(guests, past, ENCODER, seed=seed)

    if next(partitions(names, barred), None) is not None:
        assert drawn_pairs(drawn).isdisjoint(lately)
        assert drawn.alone == ()


@settings(deadline=None, max_examples=80)
@given(gathering=gatherings(), seed=st.integers(0, 5))
def test_the_same_seed_draws_the_same_in_whatever_order(
    gathering: tuple[list[Guest], Past], seed: int
) -> None:
    guests, past = gathering
    mixed = list(guests)
    Random(seed).shuffle(mixed)
    turned = replace(
        past,
        apart=frozenset((b, a) for a, b in past.apart),
        met={(b, a): met for (a, b), met in past.met.items()},
    )

    assert draw(mixed, turned, ENCODER, seed=seed) == draw(guests, past, ENCODER, seed=seed)


@settings(deadline=None, max_examples=30)
@given(people=st.integers(4, 7), seed=st.integers(0, 50), apart=st.integers(0, 6))
def test_over_a_year_nobody_is_skipped_twice_running_when_it_can_be_avoided(
    people: int, seed: int, apart: int
) -> None:
    """A year of fortnights, with somebody away now and then."""
    random = Random(seed)
    names = [f"p{number}" for number in range(people)]
    barred = set(random.sample(list(combinations(names, 2)), apart))
    met: dict[tuple[str, str], int] = {}
    skipped: set[str] = set()
    for fortnight in range(26):
        here = [name for name in names if random.random() < 0.9]
        guests = [
            guest(name, random.choice(WORDS), random.choice(WORDS), left_out=name in skipped)
            for name in here
        ]
        history = {two: Met(14.0 * (fortnight - at)) for two, at in met.items()}
        past = Past(apart=frozenset(barred), met=history)

        drawn = draw(guests, past, ENCODER, seed=fortnight)

        if skipped & set(drawn.alone):
            assert not could_place(here, barred, first=skipped & set(here))
        skipped = (skipped - set(here)) | set(drawn.alone)
        met |= {(min(two), max(two)): fortnight for two in drawn_pairs(drawn)}


def could_place(here: list[str], barred: set[tuple[str, str]], *, first: set[str]) -> bool:
    """Is there a way to group some of them in which all of `first` meet somebody?"""
    others = [name for name in here if name not in first]
    apart = set(map(frozenset, barred))
    return any(
        next(partitions((*sorted(first), *some), apart), None) is not None
        for count in range(len(others) + 1)
        for some in combinations(others, count)
    )


def test_of_an_odd_number_three_meet() -> None:
    drawn = draw([guest(name, "bail", "bail") for name in "abcde"], Past(), ENCODER, seed=1)

    assert sorted(len(group.ids) for group in drawn.groups) == [2, 3]


def test_who_was_left_out_goes_first() -> None:
    """a and b avoid each other, and only c is left for them: once a, once b."""
    apart = Past(apart=frozenset({("a", "b")}))
    names = [guest(name, "bail", "bail") for name in "abc"]

    first = draw(names, apart, ENCODER, seed=3)
    again = [replace(one, left_out=one.id in first.alone) for one in names]
    second = draw(again, apart, ENCODER, seed=3)

    assert len(first.alone) == 1
    assert second.alone != first.alone


def test_two_who_have_nobody_else_meet_again() -> None:
    past = Past(met={("a", "b"): Met(14.0)})

    drawn = draw([guest("a"), guest("b")], past, ENCODER, seed=1)

    assert [group.ids for group in drawn.groups] == [("a", "b")]


def test_who_wants_nothing_is_drawn_without_lowering_what_others_get() -> None:
    guests = [guest(f"p{at}", WORDS[at % 4], WORDS[(at + 1) % 4]) for at in range(9)]

    drawn = draw([*guests, guest("silent")], Past(), ENCODER, seed=1)

    assert drawn.alone == ()


def test_methods_are_compared_on_thirds_drawn_by_chance() -> None:
    guests = [guest(f"p{at:02}", WORDS[at % 8], WORDS[at // 8]) for at in range(60)]

    drawn = draw(guests, Past(), ENCODER, seed=1, shares=TRIAL)

    methods = [group.method for group in drawn.groups]
    assert {method: methods.count(method) for method in methods} == {
        "random": 10,
        "relevance": 10,
        "full": 10,
    }


def test_a_tenth_is_drawn_without_looking() -> None:
    guests = [guest(f"p{at:02}", WORDS[at % 8], WORDS[at // 8]) for at in range(60)]

    drawn = draw(guests, Past(), ENCODER, seed=1)

    assert [group.method for group in drawn.groups].count("random") == 3


def test_across_hubs_nobody_meets_a_neighbour() -> None:
    guests = [guest(f"p{at:03}", WORDS[at % 8], WORDS[at // 8 % 8]) for at in range(400)]
    homes = {one.id: f"hub{at % 4}" for at, one in enumerate(guests)}
    past = Past(Ties([("p000", "p001")]), apart=frozenset({("p000", "p002")}))

    drawn = draw_across(guests, homes, past, ENCODER, seed=1)

    assert everyone(drawn) == sorted(homes)
    assert all(homes[one] != homes[other] for one, other in map(sorted, drawn_pairs(drawn)))
    assert frozenset({"p000", "p002"}) not in drawn_pairs(drawn)


def test_hub_after_hub_everyone_meets_a_neighbour_as_when_drawn_alone() -> None:
    guests = [guest(f"p{at:02}", WORDS[at % 8], WORDS[at // 8 % 8]) for at in range(40)]
    homes = {one.id: f"hub{at % 4}" for at, one in enumerate(guests)}
    past = Past(apart=frozenset({("p00", "p04")}), met={("p01", "p05"): Met(14.0)})

    drawn = draw_by_hub(guests, homes, past, Remembered(ENCODER), seed=1)

    assert everyone(drawn) == sorted(homes)
    assert all(homes[one] == homes[other] for one, other in map(sorted, drawn_pairs(drawn)))
    of_one_hub = [one for one in guests if homes[one.id] == "hub1"]
    alone_in_it = draw(of_one_hub, past, ENCODER, seed=1).groups
    assert [group for group in alone_in_it if group not in drawn.groups] == []


def test_nobody_draws_nothing() -> None:
    assert draw([], Past(), ENCODER, seed=1) == Drawn((), ())


def test_more_than_a_thousand_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 1000"):
        draw([guest(f"p{at}") for at in range(1_001)], Past(), ENCODER, seed=1)
