"""Links that say a word after a silence without a log-in (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import Silence

LIFE = timedelta(days=90)

_links = DatedLinks("silence", salt="essaim.exchange.silence")


def path_for(silence: Silence) -> str:
    token = _links.token(timezone.now() + LIFE, silence=str(silence.pk))
    return reverse("exchange:silence_answer", args=[token])


def read(token: str) -> UUID:
    """The silence that the link ends; raises `BadSignature` or `Expired`."""
    return UUID(_links.read(token)["silence"])
