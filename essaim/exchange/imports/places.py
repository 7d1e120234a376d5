"""Where a person may bring and take spreadsheets, and whose lines they may write."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from essaim.core.imports.kinds import Place
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import home_residencies
from essaim.people.rules import is_director


def places_of(person: Any) -> list[Place]:
    """Hosts: their hubs; directors: the network, then every hub.

    Asked once per person loaded: a page that offers five kinds would ask the same ten times.
    """
    if not hasattr(person, "spreadsheet_places"):
        person.spreadsheet_places = _places_of(person)
    places: list[Place] = person.spreadsheet_places
    return places


def _places_of(person: Any) -> list[Place]:
    everywhere = is_director(person)
    hubs = Hub.objects.open() if everywhere else Hub.objects.open().hosted_by(person)
    places = [Place(hub.pk, hub.name) for hub in hubs.order_by("name", "id")]
    return [Place(None, _("The whole network")), *places] if everywhere else places


def hosted(viewer: Any, ids: Iterable[UUID]) -> set[UUID]:
    """Those who live in a hub that `viewer` hosts."""
    if is_director(viewer):
        return set(ids)
    hubs = Hub.objects.hosted_by(viewer).values("pk")
    there = Residency.objects.current().filter(hub__in=hubs, person__in=list(ids))
    return set(there.values_list("person_id", flat=True))


def at_home(viewer: Any, ids: Iterable[UUID]) -> set[UUID]:
    """Those whose home is a hub that `viewer` hosts: what they say of themselves may be rewritten.

    To have added somebody to a second hub gives no hand on their profile.
    """
    if is_director(viewer):
        return set(ids)
    hubs = Hub.objects.hosted_by(viewer).values("pk")
    there = home_residencies().filter(hub__in=hubs, person__in=list(ids))
    return set(there.values_list("person_id", flat=True))
