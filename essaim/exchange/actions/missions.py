"""« Make it a paid mission »: a help past its caps goes on outside brain-time, if both say so.

Nothing of what the two then agree on is written here: neither a price, nor a day, nor an hour.
"""

from django.db import transaction
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.exchange.missions import why_a_mission
from essaim.exchange.models import HELP, NEED, HelpExchange, HelpState, Need, Outcome
from essaim.exchange.notifications import help as telling
from essaim.people.models import Person


@transaction.atomic
def choose_mission(*, exchange: HelpExchange, by: Person) -> bool:
    """The first of the two proposes it, the other agrees; tells whether it is one now."""
    exchange = _locked(exchange, by)
    if exchange.state == HelpState.MISSION:
        return True
    if not why_a_mission(exchange):
        raise NotAllowed
    if exchange.mission_proposed_by_id == by.pk:
        return False
    if exchange.mission_proposed_by_id is None:
        exchange.mission_proposed_by = by
        exchange.save(update_fields=["mission_proposed_by"])
        journal.record("propose_mission", exchange, by=by, hub_id=exchange.hub_id)
        telling.mission_proposed(exchange, by=by)
        return False
    _leave_brain_time(exchange, by)
    return True


def _leave_brain_time(exchange: HelpExchange, by: Person) -> None:
    proposer = exchange.mission_proposed_by
    HELP.fire(exchange, "leave_brain_time", date_by_at=None)
    if exchange.need_id is not None:
        NEED.fire_all(
            Need.objects.filter(pk=exchange.need_id),
            "meet",
            closed_at=timezone.now(),
            next_step_at=None,
            outcome=Outcome.LED_TO_WORK,
        )
    journal.record("leave_brain_time", exchange, by=by, hub_id=exchange.hub_id)
    if proposer is not None:
        telling.mission_answered(exchange, proposer)


@transaction.atomic
def keep_as_help(*, exchange: HelpExchange, by: Person) -> None:
    """Said by either, and for good: the question is not put again for this help."""
    exchange = _locked(exchange, by)
    if exchange.mission_refused_at is not None:
        return
    if not why_a_mission(exchange):
        raise NotAllowed
    proposer = exchange.mission_proposed_by
    exchange.mission_refused_at, exchange.mission_proposed_by = timezone.now(), None
    exchange.save(update_fields=["mission_refused_at", "mission_proposed_by"])
    journal.record("keep_as_help", exchange, by=by, hub_id=exchange.hub_id)
    if proposer is not None and proposer.pk != by.pk:
        telling.mission_answered(exchange, proposer)


def _locked(exchange: HelpExchange, by: Person) -> HelpExchange:
    # Nobody is joined who may change while this waits for the row: PostgreSQL joins the older one.
    rows = HelpExchange.objects.select_for_update(no_key=True, of=("self",))
    exchange = rows.select_related("giver", "receiver", "hub").get(pk=exchange.pk)
    if by.pk not in (exchange.giver_id, exchange.receiver_id):
        raise NotAllowed
    return exchange
