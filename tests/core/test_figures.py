from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.db.models.functions import Length
from django.test import Client
from django.utils import timezone

from essaim.core import figures
from essaim.people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def newcomers(scope: figures.Scope) -> Any:
    return Person.objects.filter(created_at__gte=scope.since, created_at__lt=scope.until).order_by(
        "created_at"
    )


FIGURE = figures.Figure(
    "newcomers",
    "Newcomers",
    "People who came in the period.",
    newcomers,
    lambda person: figures.Line(person.name, "/", person.created_at),
    may_see=lambda viewer, hub_id: viewer.given_name == "Hôte" or hub_id is None,
)


@pytest.fixture(autouse=True)
def figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(figures.FIGURES, "newcomers", FIGURE)


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def test_a_figure_opens_the_records_behind_it(client: Client) -> None:
    reader = make_person("Léa", family_name="Du Jour")
    make_person("Hier", created_at=days_ago(1))
    make_person("Jadis", created_at=days_ago(90))
    client.force_login(reader)

    page = client.get("/chiffres/newcomers/").content.decode()

    assert "Hier" in page
    assert "Léa Du Jour" in page
    assert "Jadis" not in page
    assert "<b>2</b>" in page


def test_the_period_is_in_the_address(client: Client) -> None:
    client.force_login(make_person("Léa"))
    make_person("Jadis", created_at=days_ago(90))
    day = timezone.localdate(days_ago(90)).isoformat()

    page = client.get(f"/chiffres/newcomers/?from={day}&to={day}").content.decode()

    assert "Jadis" in page
    assert "<b>1</b>" in page


def test_the_link_of_a_figure_leads_to_the_same_count(client: Client) -> None:
    reader = make_person("Léa")
    client.force_login(reader)
    scope = figures.Scope(reader, since=days_ago(7))

    page = client.get(figures.path_of(FIGURE, scope)).content.decode()

    assert f"<b>{int(figures.measure(FIGURE, scope) or 0)}</b>" in page


@pytest.mark.parametrize(
    "query", ["?from=yesterday", "?hub=4", "?hub=018f0000-0000-7000-8000-000000000000"]
)
def test_what_cannot_be_or_may_not_be_seen_is_not_found(client: Client, query: str) -> None:
    client.force_login(make_person("Léa"))

    assert client.get(f"/chiffres/newcomers/{query}").status_code == 404
    assert client.get("/chiffres/unknown/").status_code == 404


def test_the_records_can_be_taken_away(client: Client) -> None:
    client.force_login(make_person("Léa", family_name="Du Jour"))

    answer = client.get("/chiffres/newcomers/?format=csv")

    assert answer.content.decode().startswith("\ufeff")
    assert "Léa Du Jour" in answer.content.decode()


def test_what_looks_like_a_formula_is_taken_away_as_text(client: Client) -> None:
    client.force_login(make_person("=1+1", family_name="Du Jour"))

    answer = client.get("/chiffres/newcomers/?format=csv")

    assert ";'=1+1 Du Jour;" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_many_figures_are_added_up_in_one_query(django_assert_num_queries: Any) -> None:
    for number in range(3):
        make_person(f"Léa {number}")
    reader = make_person("Omar", family_name="Du Grand Large")
    longest = replace(FIGURE, code="longest", value=Max(Length("family_name")))
    nobody = replace(FIGURE, code="nobody", records=lambda scope: newcomers(scope).none())
    median = replace(FIGURE, code="median", value=lambda people: people[1:3].count() / 2)
    scope = figures.Scope(reader, since=days_ago(7), until=days_ago(-1))
    with django_assert_num_queries(2):
        found = figures.measure_all([FIGURE, median, longest, nobody], scope)
    assert found == [4, 1, 14, 0]


def test_a_query_that_was_written_once_answers_for_other_periods() -> None:
    reader = make_person("Léa")
    make_person("Jadis", created_at=days_ago(90))

    assert figures.measure(FIGURE, figures.Scope(reader, since=days_ago(7))) == 1
    assert figures.measure(FIGURE, figures.Scope(reader, since=days_ago(100))) == 2
    assert (
        figures.measure(FIGURE, figures.Scope(reader, since=days_ago(100), until=days_ago(8))) == 1
    )


def test_a_figure_that_looks_at_its_viewer_must_say_so() -> None:
    mine = replace(
        FIGURE, code="mine", records=lambda scope: Person.objects.filter(pk=scope.viewer.pk)
    )
    scope = figures.Scope(make_person("Léa"))

    with pytest.raises(AttributeError):
        figures.measure(mine, scope)
    assert figures.measure(replace(mine, by_viewer=True), scope) == 1
