"""Days of a figure are those of the clock of its hive, twice a year longer or shorter."""

from datetime import date, timedelta

import pytest
from django.test import Client

from essaim.core.figures import FIGURES, Scope, measure, path_of
from essaim.core.scopes import scope_of_days, zone_of
from tests.factories import make_director, make_host, make_hub, make_need, make_resident

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("monday", "hours"),
    [(date(2027, 3, 22), 167), (date(2027, 10, 25), 169), (date(2027, 6, 7), 168)],
)
def test_a_week_is_as_long_as_the_clock_makes_it(monday: date, hours: int) -> None:
    scope = scope_of_days(None, None, monday, monday + timedelta(days=6), zone=PARIS)

    assert scope.until.astimezone(scope.since.tzinfo) - scope.since == timedelta(days=7)
    assert (scope.until.timestamp() - scope.since.timestamp()) / 3600 == hours
    assert (scope.first_day, scope.last_day) == (monday, monday + timedelta(days=6))


def test_the_days_of_moments_are_those_of_the_clock() -> None:
    whole = scope_of_days(None, None, date(2027, 3, 22), date(2027, 3, 28), zone="Indian/Reunion")
    again = Scope(None, None, whole.since, whole.until, zone="Indian/Reunion")

    assert (again.first_day, again.last_day) == (whole.first_day, whole.last_day)


@pytest.mark.django_db
def test_the_page_of_a_figure_keeps_the_clock_of_its_hive(client: Client) -> None:
    """At eleven in the evening in Paris it is tomorrow on La Réunion."""
    hub = make_hub(time_zone="Indian/Reunion")
    host, monday = make_host(hub), date(2027, 5, 31)
    week = scope_of_days(host, hub.pk, monday, monday + timedelta(days=6), zone=hub.time_zone)
    author = make_resident(hub)
    make_need(author, hub, title="Dedans", published_at=week.until - timedelta(minutes=1))
    make_need(author, hub, title="Dehors", published_at=week.until)
    client.force_login(host)

    page = client.get(path_of(FIGURES["needs_told"], week))

    assert page.context["value"] == measure(FIGURES["needs_told"], week) == 1
    assert "Dedans" in page.content.decode()
    assert "Dehors" not in page.content.decode()


@pytest.mark.django_db
def test_the_network_keeps_the_clock_of_its_server() -> None:
    make_director()

    assert zone_of(None) == PARIS
    assert zone_of(make_hub(time_zone="America/Cayenne").pk) == "America/Cayenne"
