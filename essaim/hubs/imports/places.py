"""Where a person may bring and take spreadsheets, and whose contacts they may then read."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from essaim.core.imports.kinds import Place
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Audience, Person
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


def with_contacts(viewer: Any, people: list[Person]) -> dict[UUID, tuple[str, str]]:
    """E-mail and phone of each, blank where `viewer` may not read them."""
    ids = [person.pk for person in people]
    whole = hosted(viewer, ids) | {viewer.pk}
    neighbours = _neighbours(viewer, ids)

    def shown(person: Person, value: str, audience: str) -> str:
        near = audience == Audience.HUB and person.pk in neighbours
        return value if person.pk in whole or near or audience == Audience.NETWORK else ""

    return {
        person.pk: (
            shown(person, person.email, person.email_audience),
            shown(person, person.phone, person.phone_audience),
        )
        for person in people
    }


def _neighbours(viewer: Any, ids: list[UUID]) -> set[UUID]:
    mine = Residency.objects.current().filter(person_id=viewer.pk).values("hub")
    near = Residency.objects.current().filter(Q(hub__in=mine), person__in=ids)
    return set(near.values_list("person_id", flat=True))
