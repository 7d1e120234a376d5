"""What changes most comes first: pure code, and who carries a hive."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.home.carrying import MUCH, carrying
from essaim.home.monday import (
    EFFECT,
    LINES,
    NEVER_PUSHED_BACK,
    PUSHED_BACK,
    Kind,
    Matter,
    monday_of,
    weight,
)
from essaim.home.monday_words import GESTURES, SAYING

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
kinds = st.sampled_from(Kind)
days = st.floats(0, 400)


def matter(kind: Kind, number: int = 1, waited: float = 1, much: float = 1.0) -> Matter:
    return Matter(kind, UUID(int=number), NOW - timedelta(days=waited), much=much)


def first(matters: list[Matter], **put_aside: int) -> list[Kind]:
    found = monday_of(matters, set_aside={}, now=NOW, today=NOW.date(), put_aside=put_aside)
    return [one.kind for one in found.lines]


def test_every_kind_has_its_effect_and_its_sentence() -> None:
    assert set(EFFECT) == set(Kind) == set(SAYING)
    assert len({name for name, _label in GESTURES.values()}) == len(GESTURES)


@given(kinds, days, days)
def test_waiting_longer_never_weighs_less(kind: Kind, one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert weight(matter(kind, waited=short), NOW) <= weight(matter(kind, waited=long), NOW)


@given(kinds, days, st.integers(0, 6))
def test_one_more_refusal_halves_unless_somebody_waits(kind: Kind, waited: float, n: int) -> None:
    one = matter(kind, waited=waited)
    share = 1.0 if kind in NEVER_PUSHED_BACK else PUSHED_BACK
    assert weight(one, NOW, n + 1) == pytest.approx(share * weight(one, NOW, n))


@given(st.lists(kinds, max_size=40), st.dictionaries(kinds, st.integers(0, 5)))
def test_no_need_without_a_host_is_hidden_by_what_weighs_less(
    some: list[Kind], refused: dict[Kind, int]
) -> None:
    matters = [matter(kind, number) for number, kind in enumerate(some)]
    lines = first(matters, **refused)
    assert len(lines) == min(LINES, len(some))
    # Three of a kind have their turn before a fourth of another.
    assert lines.count(Kind.NEED) >= min(3, some.count(Kind.NEED))


def test_a_kind_refused_this_week_comes_after_what_it_led() -> None:
    both = [matter(Kind.NEWCOMER, 1), matter(Kind.UNCLAIMED, 2)]
    assert first(both) == [Kind.NEWCOMER, Kind.UNCLAIMED]
    assert first(both, newcomer=1) == [Kind.UNCLAIMED, Kind.NEWCOMER]
    # Refused twice as well, both are as before.
    assert first(both, newcomer=1, unclaimed=1) == [Kind.NEWCOMER, Kind.UNCLAIMED]
    dispute = [matter(Kind.DISPUTE, 3), matter(Kind.NEED, 4)]
    assert first(dispute, need=9) == [Kind.NEED, Kind.DISPUTE]


def test_a_draft_of_ten_needs_comes_before_a_draft_of_one_and_a_dispute() -> None:
    ten, one = matter(Kind.FRIDAY, 1, much=2.0), matter(Kind.FRIDAY, 2, much=1.1)
    found = monday_of([one, matter(Kind.DISPUTE, 3), ten], set_aside={}, now=NOW, today=NOW.date())
    assert [line.thing_id.int for line in found.lines] == [1, 3, 2]


def people(*minutes: int, at_once: int = 60) -> dict[UUID, list[int]]:
    """What each gave, in helps of an hour and what is left over."""
    return {
        UUID(int=number): [*[at_once] * (count // at_once), *filter(None, [count % at_once])]
        for number, count in enumerate(minutes, start=1)
    }


def heavy(minutes: dict[UUID, list[int]], members: int) -> list[int]:
    return sorted(pk.int for pk in carrying(minutes, members).heavy)


def test_a_third_of_the_hours_by_a_twentieth_is_an_alarm_that_names_them() -> None:
    minutes = people(900, *[100] * 15)
    found = carrying(minutes, members=20)
    assert found.share == pytest.approx(900 / 2400)
    assert found.alarm
    assert heavy(minutes, members=20) == [1]


def test_one_long_help_is_no_alarm_where_chance_alone_would_do_as_much() -> None:
    """The board and Monday say the same: both ask what chance would do with these helps."""
    minutes = people(900, 100, at_once=900)
    assert not carrying(minutes, members=40).alarm
    assert carrying(people(900, 100, at_once=15), members=40).alarm


def test_hours_that_are_shared_name_nobody() -> None:
    minutes = people(*[700] * 20)
    assert not carrying(minutes, members=40).alarm
    assert heavy(minutes, members=40) == []


def test_three_times_what_others_give_is_much_and_a_small_number_never_is() -> None:
    assert heavy(people(MUCH, 200, 200, 190, 180), members=100) == [1]
    assert heavy(people(MUCH - 15, 10, 10), members=100) == []
    assert heavy({}, members=0) == []
    # One giver alone is no alarm: there is nobody to compare with.
    assert not carrying(people(MUCH), members=1).alarm


@given(st.lists(st.integers(0, 3000), max_size=30), st.integers(0, 60))
def test_whoever_is_named_gave_much(minutes: list[int], members: int) -> None:
    given_by = people(*minutes)
    found = carrying(given_by, members)
    assert 0 <= found.share <= 1
    assert all(sum(given_by[pk]) >= MUCH for pk in found.heavy)
