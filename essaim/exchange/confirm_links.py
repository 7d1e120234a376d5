"""Links that confirm the minutes of one exchange without a log-in (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import HelpExchange
from essaim.people.models import Person

# After seven days silence has confirmed; the page still says so for a while.
LIFE = timedelta(days=21)

_links = DatedLinks("confirm", salt="essaim.exchange.confirm")


def path_for(exchange: HelpExchange, person: Person) -> str:
    token = _links.token(
        timezone.now() + LIFE,
        exchange=str(exchange.pk),
        person=str(person.pk),
        minutes=exchange.claimed_minutes,
    )
    return reverse("exchange:help_answer", args=[token])


def read(token: str) -> tuple[UUID, UUID, int]:
    """Exchange, person and the minutes that were claimed; raises `BadSignature` or `Expired`."""
    claim = _links.read(token)
    return UUID(claim["exchange"]), UUID(claim["person"]), claim["minutes"]
