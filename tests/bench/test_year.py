"""The simulated year: a small one keeps what it must, and what is watched would be seen."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from essaim.exchange import escalation, scoring
from essaim.exchange.actions import asks
from essaim.exchange.actions import help as actions
from essaim.exchange.capacity import Load
from essaim.exchange.models import (
    AskState,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    Urgency,
)
from essaim.hubs.models import Hub
from tests.bench.figures import Figure
from tests.bench.year import alone, clock
from tests.bench.year.assumed import LEVELS, MOVED
from tests.bench.year.checks import Watch
from tests.bench.year.command import comparison
from tests.bench.year.outcome import gini, over_pledge
from tests.bench.year.rules import RULES, in_force
from tests.factories import make_ask, make_exchange, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hub() -> Hub:
    return make_hub()


def test_a_small_hive_lives_some_weeks_within_its_guards() -> None:
    found = alone.measure("middle", seed=1, people=12, weeks=4)

    assert {
        name: found[name].value for name in ("guards_exceeded", "ladder_broken", "ledger_sum")
    } == {"guards_exceeded": 0, "ladder_broken": 0, "ledger_sum": 0}
    assert found["needs_told"].value > 4
    assert found["asks_sent"].value > found["needs_told"].value
    assert found["helps_done"].value > 0
    assert 0 < found["answered_48h_share"].value <= 1
    assert found["reached_second_wave_share"].value > 0


def test_the_clock_of_the_year_is_that_of_actions_and_of_models(hub: Hub) -> None:
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))
    running = clock.Clock(new_year)

    with clock.on(running):
        running.go_on(hours=1)
        ask = make_ask(make_need(make_resident(hub), hub), make_resident(hub))
        today = timezone.localdate()

    assert (ask.sent_at, today) == (new_year + timedelta(hours=1), date(2027, 1, 1))
    assert timezone.now() < new_year


def test_an_ask_too_many_is_seen(hub: Hub) -> None:
    helper, now = make_resident(hub), timezone.now()
    asks = [make_ask(make_need(make_resident(hub), hub), helper, wave=1) for _number in range(3)]

    watch = Watch()
    watch.asks_sent(asks[:1], now)

    assert +watch.broken == {"asks in seven days": 1, "at once": 1}


def test_an_ask_after_a_no_is_seen(hub: Hub) -> None:
    helper, now = make_resident(hub), timezone.now()
    need = make_need(make_resident(hub), hub)
    make_ask(need, helper, state=AskState.DECLINED, answered_at=now - timedelta(hours=47))
    ask = make_ask(make_need(make_resident(hub), hub), helper, wave=1)

    watch = Watch()
    watch.asks_sent([ask], now)

    assert +watch.broken == {"rest after a no": 1}


def climbing_need(hub: Hub, *taken: str) -> Need:
    policy = escalation.policy_for(Urgency.WEEK)
    need = make_need(make_resident(hub), hub, policy=policy)
    for number, action in enumerate(taken):
        at = timezone.now() + timedelta(hours=number)
        EscalationStep.objects.create(need=need, level=2, action=action, at=at)
    return need


def test_steps_in_order_are_no_breach_whatever_hosts_do_between_them(hub: Hub) -> None:
    need = climbing_need(hub, escalation.SECOND_WAVE, "phoned", escalation.HOST_QUEUE)

    watch = Watch()
    watch.ladders({need.pk: need.policy}, need.created_at)

    assert not +watch.broken


def test_a_step_that_was_skipped_is_seen_and_so_is_a_policy_that_changed(hub: Hub) -> None:
    need = climbing_need(hub, escalation.HOST_QUEUE)

    watch = Watch()
    watch.ladders({need.pk: {"steps": []}}, need.created_at)

    assert +watch.broken == {"policy changed": 1, "step skipped or repeated": 1}


@pytest.mark.parametrize(
    ("values", "expected"), [([3, 3, 3, 3], 0), ([0, 0, 0, 8], 0.75), ([0, 0], 0), ([1, 3], 0.25)]
)
def test_gini_is_that_of_the_books(values: list[float], expected: float) -> None:
    assert gini(values) == pytest.approx(expected)


def test_whoever_gave_more_than_promised_in_a_month_is_counted(hub: Hub) -> None:
    giver = make_resident(hub, minutes=60)
    for day, minutes in ((date(2027, 3, 30), 60), (date(2027, 4, 1), 45), (date(2027, 4, 2), 30)):
        make_exchange(
            giver, make_resident(hub), hub, state=HelpState.CONFIRMED, minutes=minutes,
            planned_minutes=30, happened_on=day,
        )  # fmt: skip

    assert over_pledge(HelpExchange.objects.all()) == [giver.pk]
    assert over_pledge(HelpExchange.objects.all(), asked=True) == []


def in_force_now() -> tuple[object, ...]:
    return (
        scoring.room, scoring.relevance, scoring.answering, escalation.LADDER, asks.WAVE,
        Load.why_not_ask, actions.agree_spontaneous,
    )  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_changed_for_one_year_only(name: str) -> None:
    rules = in_force_now()

    with in_force(name):
        changed = in_force_now()

    assert changed != rules == in_force_now()
    assert name not in {*LEVELS, *MOVED}


def test_years_are_compared_figure_by_figure() -> None:
    years = {
        name: {"orphan_share": Figure(value, "", 0.1)}
        for name, value in zip(LEVELS, (0.2, 0.1, 0.05), strict=True)
    }

    assert comparison(years) == (
        "| figure       | pessimistic | middle | optimistic | target |\n"
        "|--------------|-------------|--------|------------|--------|\n"
        "| orphan_share |         0.2 |    0.1 |       0.05 |    0.1 |\n"
    )
