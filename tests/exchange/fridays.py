"""A hive on a Friday: needs that wait, and people who can help with them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from essaim.exchange.escalation import policy_for
from essaim.exchange.models import FridayBatch, Need, ProposalState, Urgency
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.factories import lend, make_need, make_resident


def make_waiting(author: Person, hub: Hub, skill: Skill, **fields: Any) -> Need:
    """Told yesterday, and nobody's answer is awaited."""
    told = timezone.now() - timedelta(days=1)
    values: dict[str, Any] = {
        "published_at": told, "level": 1, "policy": policy_for(Urgency.WEEK),
        "next_step_at": timezone.now() + timedelta(hours=1),
    } | fields  # fmt: skip
    need = make_need(author, hub, **values)
    need.skills.add(skill)
    return need


def make_helper(hub: Hub, skill: Skill, name: str, **fields: Any) -> Person:
    helper = make_resident(hub, given_name=name, **fields)
    lend(helper, skill, "J’ai relu dix plans de financement")
    return helper


def chosen(batch: FridayBatch) -> dict[str, str]:
    """Title of each need, and whom it would be asked of."""
    rows = batch.proposals.filter(state=ProposalState.CHOSEN).select_related("need", "helper")
    return {row.need.title: row.helper.given_name for row in rows}
