"""When the two see each other: either notes it, and both are asked for it once when neither did.

A yes that leads to nothing is looked at again: the author may then ask others with one tap.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.actions.escalation import note_step
from essaim.exchange.escalation import NO_DATE
from essaim.exchange.models import HelpExchange, HelpState
from essaim.exchange.notifications import dates as telling
from essaim.people.models import Person

FARTHEST = timedelta(days=366)


class MomentIsPast(Refusal):
    message = _("This moment is over: choose one to come, or say how long it took.")


class MomentIsFar(Refusal):
    message = _("Choose a moment within a year.")


@transaction.atomic
def set_date(*, exchange: HelpExchange, at: datetime, by: Person) -> None:
    """Said by either, and as often as it changes; the other is told each time."""
    rows = HelpExchange.objects.select_for_update(no_key=True, of=("self",))
    exchange = rows.select_related("giver", "receiver", "hub").get(pk=exchange.pk)
    if by.pk not in (exchange.giver_id, exchange.receiver_id):
        raise NotAllowed
    if exchange.state != HelpState.AGREED:
        raise Overtaken
    now = timezone.now()
    if at <= now:
        raise MomentIsPast
    if at > now + FARTHEST:
        raise MomentIsFar
    if exchange.meets_at == at:
        return
    exchange.meets_at, exchange.date_by_at = at, None
    exchange.save(update_fields=["meets_at", "date_by_at"])
    journal.record("set_date", exchange, by=by, hub_id=exchange.hub_id)
    telling.dated(exchange, by=by, now=now)


@transaction.atomic
def ask_for_date(*, exchange: HelpExchange, now: datetime) -> bool:
    """False when a date was noted, or the help done or cancelled, since the list was read."""
    due = HelpExchange.objects.filter(pk=exchange.pk, state=HelpState.AGREED, date_by_at__lte=now)
    # Whoever empties the date asks; another worker finds nothing to do.
    if not due.update(date_by_at=None):
        return False
    if exchange.need is not None:
        note_step(exchange.need, NO_DATE, at=now)
    journal.record("ask_for_date", exchange, by=None, hub_id=exchange.hub_id)
    telling.undated(exchange)
    return True
