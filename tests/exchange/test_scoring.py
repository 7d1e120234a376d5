from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.exchange import scoring
from essaim.exchange.scoring import Answers, Candidate, Place

NOW = datetime(2027, 3, 5, 12, tzinfo=UTC)
PLAIN = Candidate(text=0.8, overlap=1.0, pledged=240)

shares = st.floats(0, 1)
answers = st.lists(
    st.builds(
        Answers,
        weight=st.floats(0, 12),
        worth=st.sampled_from((0.0, 0.5, 1.0)),
    ),
    max_size=12,
).map(tuple)
candidates = st.builds(
    Candidate,
    text=shares,
    overlap=shares,
    answers=answers,
    pledged=st.integers(0, 2400),
    agreed=st.integers(0, 2400),
    open_asks=st.integers(0, 5),
    ever_helped=st.booleans(),
    last_help_at=st.none() | st.integers(0, 90).map(lambda days: NOW - timedelta(days=days)),
)


def value(candidate: Candidate) -> float:
    return scoring.score(candidate, now=NOW).value


@given(candidates)
def test_a_score_stays_between_zero_and_the_bonus_of_a_first_help(candidate: Candidate) -> None:
    assert 0 <= value(candidate) <= scoring.FIRST_HELP


@given(candidates, shares)
def test_better_words_never_lower_a_score(candidate: Candidate, text: float) -> None:
    higher = replace(candidate, text=max(text, candidate.text))
    assert value(higher) >= value(candidate)


@given(candidates, st.integers(0, 1200))
def test_more_work_agreed_never_raises_a_score(candidate: Candidate, more: int) -> None:
    assert value(replace(candidate, agreed=candidate.agreed + more)) <= value(candidate)


@given(candidates)
def test_one_more_yes_never_lowers_a_score(candidate: Candidate) -> None:
    yes = Answers(1.0, 1.0)
    assert value(replace(candidate, answers=(*candidate.answers, yes))) >= value(candidate)


@given(candidates)
def test_silence_never_raises_a_score(candidate: Candidate) -> None:
    silence = Answers(1.0, 0.0)
    assert value(replace(candidate, answers=(*candidate.answers, silence))) <= value(candidate)


@given(answers)
def test_answers_weigh_strictly_between_never_and_always(known: tuple[Answers, ...]) -> None:
    assert 0 < scoring.answering(known) < 1


def test_a_newcomer_answers_one_time_in_two() -> None:
    assert scoring.answering(()) == 0.5


def test_a_faded_yes_weighs_less_in_the_share() -> None:
    assert scoring.answering((Answers(0.5, 1.0),)) == pytest.approx(1.5 / 2.5)


def test_a_no_that_names_somebody_counts_half_a_yes() -> None:
    assert scoring.answering((Answers(1.0, 0.5),)) == pytest.approx(1.5 / 3)


def test_relevance_is_six_tenths_words_and_four_tenths_skills() -> None:
    assert scoring.relevance(0.5, 1.0) == pytest.approx(0.7)


def test_without_a_pledge_there_is_no_room() -> None:
    assert scoring.room(replace(PLAIN, pledged=0)) == 0


def test_an_open_ask_takes_half_an_hour_of_room() -> None:
    assert scoring.room(replace(PLAIN, agreed=60, open_asks=1)) == pytest.approx(1 - 90 / 240)


@pytest.mark.parametrize(
    ("ever", "days", "factor"), [(False, None, 1.1), (True, 29, 0.8), (True, 30, 1.0)]
)
def test_a_first_help_is_favoured_and_a_recent_one_is_not(
    ever: bool, days: int | None, factor: float
) -> None:
    last = None if days is None else NOW - timedelta(days=days)
    helped = replace(PLAIN, ever_helped=ever, last_help_at=last)
    assert scoring.diversity(helped, now=NOW) == factor


@pytest.mark.parametrize(
    ("lent", "expected"),
    [
        ({"plan": Place("plan", "finance")}, 1.0),
        ({"cash": Place("cash", "finance")}, 0.5),
        ({"finance": Place("finance", None)}, 0.5),
        ({"law": Place("law", "legal")}, 0.0),
        ({}, 0.0),
    ],
    ids=["same", "sibling", "parent", "other", "none"],
)
def test_overlap_follows_the_tree(lent: dict[object, Place], expected: float) -> None:
    assert scoring.overlap([Place("plan", "finance")], lent) == expected


def test_overlap_with_a_child_is_one_half() -> None:
    assert scoring.overlap([Place("finance", None)], {"plan": Place("plan", "finance")}) == 0.5


def test_overlap_is_shared_among_what_is_wanted() -> None:
    wanted = [Place("plan", "finance"), Place("law", "legal")]
    assert scoring.overlap(wanted, {"plan": Place("plan", "finance")}) == 0.5


def test_roots_of_the_tree_are_not_siblings() -> None:
    assert scoring.overlap([Place("finance", None)], {"legal": Place("legal", None)}) == 0
