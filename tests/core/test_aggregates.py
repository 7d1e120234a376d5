"""The aggregates of both databases say what their definitions in Python say."""

from datetime import datetime
from statistics import median

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.core.aggregates import Gini, HoursBetween, Median, TopShare
from essaim.core.inequality import gini, top_share
from essaim.exchange.models import Pledge
from tests.factories import make_person

pytestmark = pytest.mark.django_db
QUARTERS = st.lists(st.integers(0, 160).map(lambda n: 15 * n), max_size=45)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(QUARTERS)
def test_the_database_shares_out_as_the_definition_does(values: list[int]) -> None:
    Pledge.objects.all().delete()
    people = [make_person() for _ in values]
    Pledge.objects.bulk_create(
        Pledge(person=person, minutes_per_month=minutes)
        for person, minutes in zip(people, values, strict=True)
    )

    field = "minutes_per_month"
    found = Pledge.objects.aggregate(g=Gini(field), t=TopShare(field), m=Median(field))

    assert found["m"] == (median(values) if values else None)
    assert found["g"] == (pytest.approx(gini(values)) if any(values) else None)
    assert found["t"] == (None if top_share(values) is None else pytest.approx(top_share(values)))


def test_a_gini_goes_from_all_alike_to_one_who_has_everything() -> None:
    assert gini([30, 30, 30]) == pytest.approx(0)
    assert gini([0, 0, 0, 120]) == pytest.approx(0.75)


def test_one_in_twenty_is_nobody_under_twenty() -> None:
    assert top_share([60] * 19) is None
    assert top_share([60] * 20) == pytest.approx(1 / 20)
    assert top_share([0] * 20) is None


def test_hours_are_counted_to_the_minute_whatever_the_clock_does() -> None:
    """From the night when clocks move forward: the hour that is not there is not counted."""
    zone = timezone.get_default_timezone()
    before = datetime(2027, 3, 28, 1, 30, tzinfo=zone)
    after = datetime(2027, 3, 28, 3, 45, tzinfo=zone)
    person = make_person(created_at=before, matched_at=after)

    hours = type(person).objects.annotate(h=HoursBetween(F("created_at"), F("matched_at")))

    assert hours.get(pk=person.pk).h == pytest.approx(1.25, abs=0.001)
