"""What time alone does to help: silence confirms, a date is asked for, and so is what became."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange.actions import dates
from essaim.exchange.actions import help as actions
from essaim.exchange.escalation import is_at_rest
from essaim.exchange.models import HelpExchange, HelpState
from essaim.exchange.notifications import help as telling

FORGOTTEN = timedelta(days=14)
DAY_AFTER = timedelta(days=1)
# Older ones were asked about already: the notice leaves once, and this keeps the look small.
LONG_AGO = timedelta(days=60)


@duty(every=timedelta(hours=1), words=_("Confirm the minutes that nobody disputed for seven days"))
def let_silence_confirm(now: datetime) -> None:
    due = HelpExchange.objects.filter(state=HelpState.CLAIMED, confirm_by_at__lte=now)
    for exchange in due.order_by("confirm_by_at"):
        actions.confirm_by_silence(exchange=exchange, now=now)


@duty(every=timedelta(minutes=15), words=_("Ask for the date of help agreed three days ago"))
def ask_for_missing_dates(now: datetime) -> None:
    """In the working hours of the hive: what fell due at night waits for the morning."""
    due = HelpExchange.objects.filter(state=HelpState.AGREED, date_by_at__lte=now)
    for exchange in due.select_related("giver", "receiver", "hub", "need").order_by("date_by_at"):
        if not is_at_rest(exchange.hub, now):
            dates.ask_for_date(exchange=exchange, now=now)


@duty(every=timedelta(days=1), words=_("Ask what became of help whose day is over, or never came"))
def ask_about_forgotten_help(now: datetime) -> None:
    without_date = Q(meets_at=None, created_at__lte=now - FORGOTTEN, created_at__gt=now - LONG_AGO)
    over = Q(meets_at__lte=now - DAY_AFTER, meets_at__gt=now - LONG_AGO)
    forgotten = HelpExchange.objects.filter(without_date | over, state=HelpState.AGREED)
    for exchange in forgotten.select_related("giver", "receiver", "hub").order_by("created_at"):
        telling.reminded(exchange)
