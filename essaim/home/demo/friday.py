"""In the first hive Friday's asks wait for the host: drafted by the real action, once its people
can be found."""

from datetime import datetime

from essaim.core.refusals import Refusal
from essaim.exchange.actions.friday import draft_batch
from essaim.home.demo.world import LEA
from essaim.hubs.rules import home_hub
from essaim.people.models import Person


def add_friday(now: datetime) -> None:
    hub = home_hub(Person.objects.get(email=LEA.email))
    assert hub is not None, "Léa lives in a hive"
    try:
        draft_batch(hub=hub, by=None, now=now)
    except Refusal:  # every need of the hive has somebody
        return
