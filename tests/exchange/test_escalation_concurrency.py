"""Several workers sweep at once, while people answer: each step is taken once, or not at all."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from essaim.core.models import JournalEntry, Notice
from essaim.exchange import escalation
from essaim.exchange.models import AskState, Need, NeedState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import lend, make_ask, make_need, make_resident, make_skill

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def due_need(hub: Hub, author: Person, now: datetime) -> Need:
    need = make_need(
        author,
        hub,
        policy=escalation.policy_for(Urgency.WEEK),
        level=1,
        next_step_at=now - timedelta(minutes=1),
    )
    skill = make_skill("Plan de financement")
    for _number in range(9):
        lend(make_resident(hub), skill, "J’ai relu dix plans de financement.")
    return need


def test_eight_workers_take_a_step_once(tmp_path: Path, hub: Hub, author: Person) -> None:
    now = timezone.now()
    need = due_need(hub, author, now)

    act_at_once(tmp_path, *[[("escalate", f"{need.pk} {now.isoformat()}")]] * 8)

    assert list(need.steps.values_list("action", "result")) == [("second_wave", "3")]
    assert need.asks.count() == 3
    assert Notice.objects.filter(recipient=author).count() == 1


def test_a_yes_at_the_same_moment_leaves_nobody_asked(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = due_need(hub, author, now)
    ask = make_ask(need, make_resident(hub))
    sweep = [("escalate", f"{need.pk} {now.isoformat()}")]

    outcomes = act_at_once(tmp_path, sweep, [("accept", str(ask.pk))], sweep)

    need.refresh_from_db()
    assert outcomes == Counter({"done": 3})
    assert (need.state, need.next_step_at) == (NeedState.IN_HAND, None)
    assert need.asks.filter(state=AskState.SENT).count() == 0
    assert need.steps.count() in (0, 1)


def climbed_need(hub: Hub, author: Person, now: datetime, **fields: Any) -> Need:
    """Its host was reminded: the desk of a partner is next."""
    need = due_need(hub, author, now)
    for step in escalation.steps_of(need)[:3]:
        need.steps.create(level=step.level, action=step.action, at=now - timedelta(hours=5))
    Need.objects.filter(pk=need.pk).update(**{"level": 3} | fields)
    return need


def steps_after_hosts(need: Need) -> list[tuple[str, str]]:
    return list(need.steps.order_by("id").values_list("action", "result")[3:])


def test_eight_workers_hand_a_need_to_the_desk_once(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = climbed_need(hub, author, now, desk_consent_at=now)

    act_at_once(tmp_path, *[[("escalate_past_a_desk", f"{need.pk} {now.isoformat()}")]] * 8)

    assert steps_after_hosts(need) == [("partner_desk", "at_desk")]
    assert JournalEntry.objects.filter(verb="desk_took").count() == 1
    assert Notice.objects.filter(recipient=author).count() == 1


def test_a_yes_to_the_desk_while_its_step_is_taken_hands_it_over_once(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = climbed_need(hub, author, now)
    sweep = [("escalate_past_a_desk", f"{need.pk} {now.isoformat()}")]

    act_at_once(tmp_path, *[sweep, [("let_desk", str(need.pk))]] * 3)

    assert JournalEntry.objects.filter(verb="desk_took").count() == 1
    assert steps_after_hosts(need) in (
        [("partner_desk", "at_desk")],
        [("partner_desk", "consent_asked"), ("handed_to_desk", "")],
    )


def test_eight_workers_put_a_need_on_the_board_once(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = climbed_need(hub, author, now)

    act_at_once(tmp_path, *[[("escalate", f"{need.pk} {now.isoformat()}")]] * 8)

    assert steps_after_hosts(need) == [("partner_desk", "no_desk"), ("network_board", "on_board")]
    assert Notice.objects.filter(recipient=author).count() == 1


def test_an_author_who_keeps_it_on_eight_screens_keeps_it_once(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = climbed_need(hub, author, now, expires_at=now - timedelta(minutes=5))

    outcomes = act_at_once(tmp_path, *[[("keep", str(need.pk))]] * 8)

    assert outcomes == Counter({"done": 8})
    assert steps_after_hosts(need) == [("kept_1", "")]
    assert need.asks.count() == 3


def test_somebody_helps_while_the_author_closes_and_one_of_them_wins(
    tmp_path: Path, hub: Hub, author: Person
) -> None:
    now = timezone.now()
    need = climbed_need(hub, author, now, level=5, expires_at=now - timedelta(minutes=5))
    helps = [("volunteer", f"{need.pk} {make_resident(hub).pk}")]

    outcomes = act_at_once(tmp_path, helps, [("end", str(need.pk))], [("keep", str(need.pk))])

    need.refresh_from_db()
    helped = need.state == NeedState.IN_HAND
    assert helped == need.exchanges.exists()
    assert need.state in (NeedState.IN_HAND, NeedState.CLOSED_UNMET)
    assert outcomes["done"] in (1, 2)
