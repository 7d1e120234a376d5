"""What can be concluded from few answers; values worked out by hand or published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.inequality import gini
from essaim.exchange.trials import average, difference, gini_estimate, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_published(count: int, n: int, low: float, high: float) -> None:
    found = wilson(count, n)

    assert found is not None
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_an_interval_holds_its_share(n: int, share: float) -> None:
    found = wilson(round(share * n), n)

    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_without_a_record_there_is_no_share() -> None:
    assert (wilson(0, 0), average([]), gini_estimate([])) == (None, None, None)


@pytest.mark.parametrize(("count", "n"), [(3, 2), (-1, 5)])
def test_a_count_beyond_its_records_is_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="count"):
        wilson(count, n)


def test_the_interval_of_a_difference_is_that_published() -> None:
    """Newcombe, "Interval estimation for the difference", 1998: 56/70 against 48/80."""
    one, other = wilson(56, 70), wilson(48, 80)
    assert one is not None
    assert other is not None

    found = difference(one, other)

    assert [found.low, found.value, found.high] == pytest.approx([0.0524, 0.2, 0.3339], abs=1e-4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25)],
)
def test_gini_of_small_lists(values: list[int], expected: float) -> None:
    assert gini(values) == pytest.approx(expected)


def test_the_interval_of_a_gini_is_the_same_each_time_and_holds_it() -> None:
    values = [1, 2, 3, 4, 5, 5, 6, 0, 2, 2]

    found = gini_estimate(values)

    assert found == gini_estimate(values)
    assert found is not None
    assert found.low < found.value < found.high


def test_a_single_value_says_nothing() -> None:
    found = average([0.3])

    assert found is not None
    assert (found.low, found.high, found.n) == (0.0, 1.0, 1)
