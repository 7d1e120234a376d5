"""Links that answer about an introduction without a log-in, for one person (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import Introduction
from essaim.people.models import Person

LIFE = timedelta(days=30)

_links = DatedLinks("introduction", salt="essaim.exchange.introduction")


def path_for(introduction: Introduction, person: Person) -> str:
    token = _links.token(
        timezone.now() + LIFE, introduction=str(introduction.pk), person=str(person.pk)
    )
    return reverse("exchange:introduction_answer", args=[token])


def read(token: str) -> tuple[UUID, UUID]:
    """The introduction and the person; raises `BadSignature` or `Expired`."""
    claim = _links.read(token)
    return UUID(claim["introduction"]), UUID(claim["person"])
