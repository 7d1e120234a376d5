"""Who may do what in a hub. A director may what every host may, in every hub."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from essaim.hubs.models import Host, Hub, Residency
from essaim.people.models import Person
from essaim.people.rules import is_director


def is_host(person: Any) -> bool:
    """Of any hub: opens the hosts' pages; what each shows is filtered by `hosts_hub`."""
    return Host.objects.current().filter(person_id=person.pk).exists() or is_director(person)


def hosts_hub(person: Person, hub_id: UUID) -> bool:
    return Host.objects.current().filter(
        person_id=person.pk, hub_id=hub_id
    ).exists() or is_director(person)


def hubs_to_host(person: Person) -> QuerySet[Hub]:
    return Hub.objects.open().looked_after_by(person)


def hosts_person(person: Person, other: Person) -> bool:
    """Does `person` host a hub in which `other` resides?"""
    hosted = Host.objects.current().filter(person_id=person.pk).values("hub")
    lives_there = Residency.objects.current().filter(person_id=other.pk, hub__in=hosted)
    return lives_there.exists() or is_director(person)


def lives_in(person: Person, hub_id: UUID) -> bool:
    return Residency.objects.current().filter(person_id=person.pk, hub_id=hub_id).exists()


def home_residencies() -> QuerySet[Residency]:
    """For each person the current residency that was written first.

    Not the one with the oldest date: the file of a second hive says whatever date it likes.
    """
    current = Residency.objects.current()
    before = current.filter(person=OuterRef("person"), pk__lt=OuterRef("pk"))
    return current.exclude(Exists(before))


def home_hub(person: Person) -> Hub | None:
    """Where the person has resided longest."""
    found = (
        Residency.objects.current()
        .filter(person_id=person.pk)
        .select_related("hub")
        .order_by("since_on", "id")
        .first()
    )
    return found.hub if found else None
