"""Friday morning: the asks of each hive are prepared, for its hosts to look at. Nothing is sent."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.core.refusals import Refusal
from essaim.exchange.actions import friday
from essaim.exchange.escalation import is_at_rest
from essaim.exchange.models import FridayBatch, Need
from essaim.hubs.models import Hub

FRIDAY = 4


@duty(every=timedelta(hours=1), words=_("Prepare Friday’s asks for the hosts"))
def prepare_fridays(now: datetime) -> int:
    return sum(_prepared(hub, now) for hub in _hubs(now) if _is_friday(hub, now))


def _hubs(now: datetime) -> QuerySet[Hub]:
    waiting = Need.objects.open().filter(hub=OuterRef("pk"), expires_at__gt=now)
    return Hub.objects.open().filter(Exists(waiting)).order_by("pk")


def _is_friday(hub: Hub, now: datetime) -> bool:
    """On the clock of the hive, and while it works: a holiday has no Friday's asks."""
    return now.astimezone(ZoneInfo(hub.time_zone)).weekday() == FRIDAY and not is_at_rest(hub, now)


def _prepared(hub: Hub, now: datetime) -> int:
    """Once a Friday, whatever became of it; last week's, if nobody looked, gives way."""
    here = ZoneInfo(hub.time_zone)
    midnight = datetime.combine(now.astimezone(here).date(), time(0), here)
    batches = FridayBatch.objects.filter(hub=hub)
    if batches.filter(made_at__gte=midnight).exists():
        return 0
    try:
        if old := batches.waiting().first():
            friday.discard_batch(batch=old, by=None, now=now)
        friday.draft_batch(hub=hub, by=None, now=now)
    except Refusal:  # nothing to ask, or a host was faster
        return 0
    return 1
