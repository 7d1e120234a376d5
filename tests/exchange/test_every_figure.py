"""Over random histories each figure is the count, or the ratio, of exactly the records it opens."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.core.figures import COUNT, Figure, Scope, count_all
from essaim.core.scopes import localday, scope_of_days
from essaim.exchange.figures.community import QUESTIONS
from essaim.home import week_counts
from essaim.home.models import FigureWeek
from essaim.home.weeks import mondays, scope_of
from tests.exchange.figures_by_hand import by_hand
from tests.exchange.histories import Rows, histories, now, write

pytestmark = pytest.mark.django_db
PARIS = "Europe/Paris"
FIGURES: list[Figure] = [figure for question in QUESTIONS for figure in question.figures]
SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


def approximately(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-6, abs=1e-6)


@settings(max_examples=10, **SETTINGS)
@given(histories, st.integers(0, 60), st.sampled_from([7, 30, 45, 90]))
def test_every_figure_is_the_count_or_the_ratio_of_its_records(
    history: Any, back: int, days: int
) -> None:
    moment = now()
    hubs, _people = write(history, moment)
    rows = Rows()
    last = localday(moment, PARIS) - timedelta(days=back)
    for hub_id in (hubs[0].pk, None):
        for first in (last - timedelta(days=days - 1), last - timedelta(days=119)):
            agrees(scope_of_days(None, hub_id, first, last, zone=PARIS), rows)


def agrees(scope: Scope, rows: Rows) -> None:
    counted = count_all(FIGURES, scope)
    for figure in FIGURES:
        records = list(figure.records(scope))
        expected, value = by_hand(figure.code, scope, rows)
        assert {record.pk for record in records} == expected, figure.code
        assert len(records) == len(expected) == counted[figure.code].n, figure.code
        assert counted[figure.code].value == approximately(value), figure.code
        if figure.value is COUNT:
            assert counted[figure.code].value == len(records), figure.code


@settings(max_examples=3, **SETTINGS)
@given(histories)
def test_a_week_that_is_kept_says_what_its_list_holds(history: Any) -> None:
    moment = now()
    hubs, _people = write(history, moment)
    rows = Rows()
    for owner in (hubs[0].pk, None):
        for monday in mondays(localday(moment, PARIS), 3):
            week_counts.count_week(week_counts.Week(owner, monday, PARIS), moment)
            for kept in FigureWeek.objects.filter(hub=owner, monday=monday):
                figure = next(one for one in FIGURES if one.code == kept.code)
                scope = scope_of(figure, owner, monday, viewer=None, zone=PARIS)
                expected, value = by_hand(kept.code, scope, rows)
                assert (kept.n, kept.value) == (len(expected), approximately(value)), kept.code


@settings(max_examples=3, **SETTINGS)
@given(histories)
def test_every_record_is_told_in_a_sentence(history: Any) -> None:
    moment = now()
    write(history, moment)
    today = localday(moment, PARIS)
    scope = scope_of_days(None, None, today - timedelta(days=90), today, zone=PARIS)

    for figure in FIGURES:
        for record in figure.records(scope):
            assert figure.describe(record).sentence
