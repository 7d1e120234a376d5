"""Several workers sweep at once, while people answer: each step is taken once, or not at all."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from essaim.core.models import Notice
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
