"""Links by which an author says without a log-in what becomes of one need (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import Need

# From the board of the network to the end of the seven days in which an author may answer.
LIFE = timedelta(days=30)

_links = DatedLinks("need", salt="essaim.exchange.need")


def path_for(need: Need) -> str:
    token = _links.token(timezone.now() + LIFE, need=str(need.pk))
    return reverse("exchange:need_answer", args=[token])


def read(token: str) -> UUID:
    """The need that the link answers for; raises `BadSignature` or `Expired`."""
    return UUID(_links.read(token)["need"])
