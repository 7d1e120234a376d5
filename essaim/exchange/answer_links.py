"""Links that answer one ask without a log-in: signed, for that ask alone, and dated.

Opening one changes nothing, so that a mailbox that reads links ahead answers nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import Ask

SCOPE = "answer"
GRACE = timedelta(days=14)

_signer = signing.Signer(salt="essaim.exchange.answer")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(ask: Ask) -> str:
    until = int((ask.due_at + GRACE).timestamp())
    token = _signer.sign_object({"scope": SCOPE, "ask": str(ask.pk), "until": until})
    return reverse("exchange:answer", args=[token])


def read(token: str) -> UUID:
    """The ask that the link answers; raises `BadSignature` or `Expired`."""
    data = _signer.unsign_object(token)
    if data["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > data["until"]:
        raise Expired
    return UUID(data["ask"])
