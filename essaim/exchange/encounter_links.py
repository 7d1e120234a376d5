"""Links that answer about one encounter without a log-in: signed, for one person, and dated.

Opening one changes nothing, so that a mailbox that reads links ahead answers nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import EncounterPlace

SCOPE = "encounter"
# From the message to the end of the fortnight, and a month later to what came of it.
LIFE = timedelta(days=45)

_signer = signing.Signer(salt="essaim.exchange.encounter")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(place: EncounterPlace) -> str:
    until = int((timezone.now() + LIFE).timestamp())
    token = _signer.sign_object({"scope": SCOPE, "place": str(place.pk), "until": until})
    return reverse("exchange:encounter_answer", args=[token])


def read(token: str) -> UUID:
    """The place that the link answers for; raises `BadSignature` or `Expired`."""
    data = _signer.unsign_object(token)
    if data["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > data["until"]:
        raise Expired
    return UUID(data["place"])
