"""Links that answer about one introduction without a log-in: signed, for one person, and dated.

Opening one changes nothing, so that a mailbox that reads links ahead answers nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.models import Introduction
from essaim.people.models import Person

SCOPE = "introduction"
LIFE = timedelta(days=30)

_signer = signing.Signer(salt="essaim.exchange.introduction")


class Expired(Exception):
    """The link was ours, and its time is over."""


def path_for(introduction: Introduction, person: Person) -> str:
    claim = {
        "scope": SCOPE,
        "introduction": str(introduction.pk),
        "person": str(person.pk),
        "until": int((timezone.now() + LIFE).timestamp()),
    }
    return reverse("exchange:introduction_answer", args=[_signer.sign_object(claim)])


def read(token: str) -> tuple[UUID, UUID]:
    """The introduction and the person; raises `BadSignature` or `Expired`."""
    claim = _signer.unsign_object(token)
    if claim["scope"] != SCOPE:
        raise signing.BadSignature
    if timezone.now().timestamp() > claim["until"]:
        raise Expired
    return UUID(claim["introduction"]), UUID(claim["person"])
