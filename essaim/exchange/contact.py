"""Who sees whose address and phone: one rule for pages, lists, mails and exports."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from essaim.exchange.models import HelpExchange, HelpState
from essaim.hubs.models import Host, Residency
from essaim.people.models import Audience, Person
from essaim.people.rules import is_director

# A yes opens the addresses of both, and what follows does not close them again.
OPENING = (HelpState.AGREED, HelpState.CLAIMED, HelpState.CONFIRMED, HelpState.DISPUTED)


@dataclass(frozen=True)
class Contact:
    """Empty where the person did not choose to show it to this viewer."""

    email: str = ""
    phone: str = ""


def contact_of(person: Person, viewer: Any) -> Contact:
    return contacts_of([person], viewer)[person.pk]


def contacts_of(people: Iterable[Person], viewer: Any) -> dict[UUID, Contact]:
    """Six queries for any number of people."""
    people = list(people)
    if not viewer.is_authenticated:
        return {person.pk: Contact() for person in people}
    trusted = _trusted(people, viewer)
    neighbours = _neighbours(people, viewer)
    helped = _helped(people, viewer)

    def shows(person: Person, audience: str) -> bool:
        return (
            person.pk in trusted
            or audience == Audience.NETWORK
            or (audience == Audience.HUB and person.pk in neighbours)
            # Who helps or is helped comes nearer than a neighbour.
            or person.pk in helped
        )

    return {
        person.pk: Contact(
            email=person.email if shows(person, person.email_audience) else "",
            phone=person.phone if shows(person, person.phone_audience) else "",
        )
        for person in people
        if person.is_present()
    } | {person.pk: Contact() for person in people if not person.is_present()}


def _trusted(people: list[Person], viewer: Any) -> set[UUID]:
    """Oneself; and all whom the viewer hosts, because a host must be able to call."""
    if is_director(viewer):
        return {person.pk for person in people}
    hosted = Host.objects.current().filter(person_id=viewer.pk).values("hub")
    return _living_in(people, hosted) | {viewer.pk}


def _neighbours(people: list[Person], viewer: Any) -> set[UUID]:
    """Those who live where the viewer lives, or who host there."""
    mine = Residency.objects.current().filter(person_id=viewer.pk).values("hub")
    hosts = Host.objects.current().filter(person__in=people, hub__in=mine)
    return _living_in(people, mine) | set(hosts.values_list("person_id", flat=True))


def _living_in(people: list[Person], hubs: Any) -> set[UUID]:
    there = Residency.objects.current().filter(person__in=people, hub__in=hubs)
    return set(there.values_list("person_id", flat=True))


def _helped(people: list[Person], viewer: Any) -> set[UUID]:
    between = HelpExchange.objects.filter(state__in=OPENING)
    given = between.filter(giver_id=viewer.pk, receiver__in=people)
    received = between.filter(receiver_id=viewer.pk, giver__in=people)
    return {
        *given.values_list("receiver_id", flat=True),
        *received.values_list("giver_id", flat=True),
    }
