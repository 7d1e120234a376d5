"""Links by which an author says without a log-in what becomes of one need: signed, and dated.

Opening one changes nothing, so that a mailbox that reads links ahead answers nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import Need

SCOPE = "need"
# From the board of the network to the end of the seven days in which an author may answer.
LIFE = timedelta(days=30)

_signer = signing.Signer(salt="essaim.exchange.need")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(need: Need) -> str:
    until = int((timezone.now() + LIFE).timestamp())
    claim = {"scope": SCOPE, "need": str(need.pk), "until": until}
    return reverse("exchange:need_answer", args=[_signer.sign_object(claim)])


def read(token: str) -> UUID:
    """The need that the link answers for; raises `BadSignature` or `Expired`."""
    claim = _signer.unsign_object(token)
    if claim["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > claim["until"]:
        raise Expired
    return UUID(claim["need"])
