"""What time alone does to help: silence confirms, and a forgotten help is asked about once."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange.actions import help as actions
from essaim.exchange.models import HelpExchange, HelpState
from essaim.exchange.notifications import help as telling

FORGOTTEN = timedelta(days=14)
# Older ones were asked about already: the notice leaves once, and this keeps the look small.
LONG_AGO = timedelta(days=60)


@duty(every=timedelta(hours=1), words=_("Confirm the minutes that nobody disputed for seven days"))
def let_silence_confirm(now: datetime) -> None:
    due = HelpExchange.objects.filter(state=HelpState.CLAIMED, confirm_by_at__lte=now)
    for exchange in due.order_by("confirm_by_at"):
        actions.confirm_by_silence(exchange=exchange, now=now)


@duty(every=timedelta(days=1), words=_("Ask what became of help that was agreed two weeks ago"))
def ask_about_forgotten_help(now: datetime) -> None:
    forgotten = HelpExchange.objects.filter(
        state=HelpState.AGREED,
        created_at__lte=now - FORGOTTEN,
        created_at__gt=now - LONG_AGO,
    )
    for exchange in forgotten.select_related("giver", "receiver", "hub").order_by("created_at"):
        telling.reminded(exchange)
