"""The benches themselves: their names, their JSON, and that they refuse to time a wrong answer."""

import json
import time
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from essaim.core.duties import DUTIES
from essaim.people.models import Person
from tests.bench import page_tables, sweeps
from tests.bench.figures import Figure, as_json, list_of, read_json
from tests.bench.imports import Watch
from tests.bench.measure import figures_of
from tests.bench.meter import (
    Cost,
    UnexpectedAnswer,
    Visit,
    ask,
    cookies_of,
    measure_reads,
    measure_writes,
)
from tests.factories import make_hub, make_resident

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application(settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.bench.urls"
    return get_wsgi_application()


@pytest.fixture
def member() -> Person:
    return make_resident(make_hub())


def test_figures_are_written_in_the_documented_form() -> None:
    written = as_json({"day_cpu_ms": Figure(1.2, "ms", 25), "day_kb": Figure(3, "kB")})

    assert json.loads(written) == {
        "day_cpu_ms": {"value": 1.2, "unit": "ms", "target": 25},
        "day_kb": {"value": 3, "unit": "kB", "target": None},
    }
    assert read_json(written)["day_cpu_ms"] == Figure(1.2, "ms", 25)


def test_a_page_gives_its_documented_figures() -> None:
    cost = Cost(cpu_ms=[2.0, 4.0, 9.0], queries=[3, 5], sent=[1_500], plain=[6_000])

    figures = figures_of({"day": cost}, lambda page: {"queries": 12, "cpu_ms": 15})

    assert figures == {
        "day_queries": Figure(5, "queries", 12),
        "day_cpu_ms": Figure(4.0, "ms", 15),
        "day_p95_ms": Figure(8.5, "ms"),
        "day_kb": Figure(1.5, "kB"),
        "day_plain_kb": Figure(6.0, "kB"),
    }


@pytest.mark.parametrize(
    ("path", "answered"), [("/no-such-page/", "404"), ("/bench/empty-signed-in/", "302")]
)
def test_a_page_that_answers_otherwise_is_not_measured(
    application: Any, path: str, answered: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match=rf"^lost: {path} answered {answered}"):
        measure_reads(application, [Visit("lost", path)], rounds=1)


def test_queries_are_those_of_the_page_without_its_transactions(
    application: Any, member: Person
) -> None:
    visit = Visit("empty_signed_in", reverse("empty_signed_in", "tests.bench.urls"))
    signed_in = Visit(visit.page, visit.path, cookies_of(member))

    costs = measure_reads(application, [signed_in], rounds=2)

    assert costs["empty_signed_in"].queries == [2]  # the session and the person
    assert len(costs["empty_signed_in"].cpu_ms) == 2
    assert costs["empty_signed_in"].plain == [2]


def test_each_write_is_sent_once_with_the_token_of_its_browser(
    application: Any, member: Person
) -> None:
    path = reverse("core:set_theme")
    data = {"theme": "dark", "next": "/"}
    visits = [Visit("theme", path, cookies_of(member), data, status=302) for _ in range(6)]

    cost = measure_writes(application, visits)["theme"]

    assert (len(cost.cpu_ms), len(cost.queries)) == (4, 2)


def test_a_forged_write_is_refused(application: Any, member: Person) -> None:
    cookies = cookies_of(member) | {"csrftoken": ""}
    with pytest.raises(UnexpectedAnswer, match="answered 403"):
        ask(application, Visit("theme", reverse("core:set_theme"), cookies, {"theme": "dark"}, 302))


def test_growth_takes_the_mood_of_the_machine_out() -> None:
    calm = {"empty_signed_in_cpu_ms": Figure(1, "ms"), "day_cpu_ms": Figure(10, "ms", 15)}
    busy = {"empty_signed_in_cpu_ms": Figure(2, "ms"), "day_cpu_ms": Figure(24, "ms", 15)}

    assert page_tables.growth(calm, busy) == {"day_growth": Figure(1.2, "×", 1.5)}


def test_a_page_over_its_target_is_marked() -> None:
    figures = {
        f"{page}_{name}": Figure(value, unit, target)
        for page in ("empty_signed_in", "day")
        for name, value, unit, target in (
            ("queries", 13, "queries", 12),
            ("cpu_ms", 10, "ms", 15),
            ("p95_ms", 11, "ms", None),
            ("kb", 2, "kB", None),
            ("plain_kb", 9, "kB", None),
        )
    }

    assert "day (over)" in page_tables.page_table(figures)


def test_figures_are_listed_as_a_table_for_the_documents() -> None:
    assert list_of({"worker_mb": Figure(88.7, "MB", 130)}) == (
        "| figure    | value | unit | target |\n"
        "|-----------|-------|------|--------|\n"
        "| worker_mb |  88.7 |   MB |    130 |\n"
    )


def test_an_import_is_waited_for_until_its_last_line_is_written() -> None:
    watch = Watch()
    for stage in ("received", "checked", "written", "taken_back"):
        watch(stage, lambda: time.sleep(0.02))

    found = watch.figures()

    assert found["import_s"].target == 20
    assert found["import_s"].value == pytest.approx(3 * found["import_taken_back_s"].value, rel=0.5)
    assert found["import_cpu_s"].value <= found["import_s"].value


def test_each_duty_is_measured_under_its_own_name() -> None:
    figures = sweeps.measure()

    assert len(figures) == 3 * len(DUTIES)
    assert figures["take_due_steps_cpu_s"].target == 5
    assert sweeps.friday_afternoon().weekday() == 4
