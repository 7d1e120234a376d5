"""In the first hives Friday's asks wait for their host: drafted by the real action, once the people
can be found."""

from datetime import datetime

from essaim.core.refusals import Refusal
from essaim.exchange.actions.friday import draft_batch
from essaim.hubs.models import Hub

LOOKED_AT = 2


def add_fridays(now: datetime) -> None:
    for hub in Hub.objects.open().order_by("pk")[:LOOKED_AT]:
        try:
            draft_batch(hub=hub, by=None, now=now)
        except Refusal:  # every need of the hive has somebody
            continue
