"""Links that confirm the minutes of one exchange without a log-in, for one person, and dated.

Opening one changes nothing: a mailbox that reads links ahead confirms nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import HelpExchange
from essaim.people.models import Person

SCOPE = "confirm"
# After seven days silence has confirmed; the page still says so for a while.
LIFE = timedelta(days=21)

_signer = signing.Signer(salt="essaim.exchange.confirm")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(exchange: HelpExchange, person: Person) -> str:
    until = int((timezone.now() + LIFE).timestamp())
    claim = {
        "scope": SCOPE,
        "exchange": str(exchange.pk),
        "person": str(person.pk),
        "minutes": exchange.claimed_minutes,
        "until": until,
    }
    return reverse("exchange:help_answer", args=[_signer.sign_object(claim)])


def read(token: str) -> tuple[UUID, UUID, int]:
    """Exchange, person and the minutes that were claimed; raises `BadSignature` or `Expired`."""
    claim = _signer.unsign_object(token)
    if claim["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > claim["until"]:
        raise Expired
    return UUID(claim["exchange"]), UUID(claim["person"]), claim["minutes"]
