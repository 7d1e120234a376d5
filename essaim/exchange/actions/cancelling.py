"""Help that will not take place, or did not: its need looks for somebody else at once."""

from django.db import transaction

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions.needs import reopen_need
from essaim.exchange.models import HELP, HelpExchange, HelpState, NeedState
from essaim.exchange.notifications import help as telling
from essaim.people.models import Person

OVER = (HelpState.CANCELLED, HelpState.NO_SHOW)


@transaction.atomic
def cancel_help(*, exchange: HelpExchange, by: Person) -> None:
    """« It will not work out », or no to a proposal: no reason asked."""
    _end(exchange, "cancel", by)


@transaction.atomic
def miss(*, exchange: HelpExchange, by: Person) -> None:
    """« We did not see each other. »"""
    _end(exchange, "miss", by)


def _end(exchange: HelpExchange, verb: str, by: Person) -> None:
    rows = HelpExchange.objects.select_for_update(no_key=True, of=("self",))
    exchange = rows.select_related("giver", "receiver", "hub", "need").get(pk=exchange.pk)
    if by.pk not in (exchange.giver_id, exchange.receiver_id):
        raise NotAllowed
    if exchange.state in OVER:
        return
    if exchange.state == HelpState.DISPUTED:
        # Two numbers are on the table: the host says which one counts, or none.
        raise NotAllowed
    HELP.fire(exchange, verb)
    journal.record(f"{verb}_help", exchange, by=by, hub_id=exchange.hub_id)
    reopened = exchange.need is not None and exchange.need.state == NeedState.IN_HAND
    if exchange.need is not None and reopened:
        reopen_need(need=exchange.need, by=by)
    # The author is told once, by the need that waits again.
    if not reopened or by.pk == exchange.receiver_id:
        telling.cancelled(exchange, by=by)
