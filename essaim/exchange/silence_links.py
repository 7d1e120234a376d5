"""Links that say a word after a silence without a log-in: signed, for that silence alone, dated.

Opening one changes nothing, so that a mailbox that reads links ahead says nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import Silence

SCOPE = "silence"
LIFE = timedelta(days=90)

_signer = signing.Signer(salt="essaim.exchange.silence")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(silence: Silence) -> str:
    until = int((timezone.now() + LIFE).timestamp())
    token = _signer.sign_object({"scope": SCOPE, "silence": str(silence.pk), "until": until})
    return reverse("exchange:silence_answer", args=[token])


def read(token: str) -> UUID:
    """The silence that the link ends; raises `BadSignature` or `Expired`."""
    data = _signer.unsign_object(token)
    if data["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > data["until"]:
        raise Expired
    return UUID(data["silence"])
