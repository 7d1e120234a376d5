"""Links that answer one ask without a log-in (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import Ask

GRACE = timedelta(days=14)

_links = DatedLinks("answer", salt="essaim.exchange.answer")


def path_for(ask: Ask) -> str:
    return reverse("exchange:answer", args=[_links.token(ask.due_at + GRACE, ask=str(ask.pk))])


def read(token: str) -> UUID:
    """The ask that the link answers; raises `BadSignature` or `Expired`."""
    return UUID(_links.read(token)["ask"])
