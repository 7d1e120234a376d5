"""Links that answer about one encounter without a log-in (`core.dated_links`)."""

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from essaim.core.dated_links import DatedLinks
from essaim.exchange.models import EncounterPlace

# From the message to the end of the fortnight, and a month later to what came of it.
LIFE = timedelta(days=45)

_links = DatedLinks("encounter", salt="essaim.exchange.encounter")


def path_for(place: EncounterPlace) -> str:
    token = _links.token(timezone.now() + LIFE, place=str(place.pk))
    return reverse("exchange:encounter_answer", args=[token])


def read(token: str) -> UUID:
    """The place that the link answers for; raises `BadSignature` or `Expired`."""
    return UUID(_links.read(token)["place"])
