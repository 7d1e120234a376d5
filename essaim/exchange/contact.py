"""Who sees whose address and phone: one rule for pages, lists, mails and exports.

A hive opens them to its hosts and residents only when it is the person's home. A host may add
somebody to a second hive without their yes, and must not learn their phone by it
(docs/decisions/0010-second-hive.md).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.fields import CharField

from essaim.core.prepared import Prepared
from essaim.exchange.models import (
    HelpExchange,
    HelpState,
    Introduction,
    IntroductionState,
)
from essaim.hubs.models import Host, Residency
from essaim.hubs.rules import home_residencies
from essaim.people.models import Audience, Person
from essaim.people.rules import is_director

# A yes opens the addresses of both, and what follows does not close them again.
OPENING = (
    *(HelpState.AGREED, HelpState.CLAIMED, HelpState.CONFIRMED, HelpState.DISPUTED),
    HelpState.MISSION,
)
HOME, LIVES, HOSTS = "home", "lives", "hosts"

# Hubs by person and by how they belong to them.
Hubs = dict[UUID, dict[str, set[UUID]]]


@dataclass(frozen=True)
class Contact:
    """Empty where the person did not choose to show it to this viewer."""

    email: str = ""
    phone: str = ""
    # The viewer is a host of a hub where the person lives, or a director.
    hosted: bool = False


def contact_of(person: Person, viewer: Any) -> Contact:
    return contacts_of([person], viewer)[person.pk]


def contacts_of(people: Iterable[Person], viewer: Any) -> dict[UUID, Contact]:
    """Three queries for any number of people."""
    people = list(people)
    if not viewer.is_authenticated:
        return {person.pk: Contact() for person in people}
    director, helped = is_director(viewer), _helped(people, viewer)
    hubs = _hubs_of([viewer.pk, *(person.pk for person in people)])
    return {
        person.pk: _contact(person, viewer, hubs, director, person.pk in helped)
        for person in people
    }


def _contact(person: Person, viewer: Any, hubs: Hubs, director: bool, helped: bool) -> Contact:
    if not person.is_present():
        return Contact()
    hosting, theirs = hubs[viewer.pk][HOSTS], hubs[person.pk]
    at_home = director or bool(hosting & theirs[HOME])
    near = theirs[HOME] | theirs[HOSTS]
    seen = {Audience.NETWORK}
    if hubs[viewer.pk][LIVES] & near:
        seen.add(Audience.HUB)
    # Who helps or is helped comes nearer than a neighbour; the home's host must be able to call.
    if helped or at_home or viewer.pk == person.pk:
        seen |= {Audience.HUB, Audience.ON_YES}
    return Contact(
        email=person.email if person.email_audience in seen else "",
        phone=person.phone if person.phone_audience in seen else "",
        hosted=(director or bool(hosting & theirs[LIVES])) and viewer.pk != person.pk,
    )


def _hubs_of(ids: list[UUID]) -> Hubs:
    hubs: Hubs = defaultdict(lambda: defaultdict(set))
    for pk, hub_id, how in _belonging(ids=ids):
        hubs[pk][how].add(hub_id)
    return hubs


def _belonging_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    kinds = [
        rows.filter(person__among=ids).values_list("person_id", "hub_id", Value(how, CharField()))
        for rows, how in (
            (home_residencies(), HOME),
            (Residency.objects.current(), LIVES),
            (Host.objects.current(), HOSTS),
        )
    ]
    return kinds[0].union(*kinds[1:])


_belonging = Prepared(_belonging_query, ids=list)


def _helped(people: list[Person], viewer: Any) -> set[UUID]:
    between = _helped_by(ids=[person.pk for person in people], viewer=viewer.pk)
    return {pk for both in between for pk in both} - {viewer.pk}


def _helped_query(ids: list[UUID], viewer: UUID) -> QuerySet[Any, Any]:
    pair = Q(giver=viewer, receiver__among=ids) | Q(receiver=viewer, giver__among=ids)
    between: QuerySet[Any, Any] = HelpExchange.objects.filter(pair, state__in=OPENING)
    pair = Q(asker=viewer, whom__among=ids) | Q(whom=viewer, asker__among=ids)
    met: QuerySet[Any, Any] = Introduction.objects.filter(pair, state=IntroductionState.MADE)
    return between.values_list("giver_id", "receiver_id").union(
        met.values_list("asker_id", "whom_id")
    )


_helped_by = Prepared(_helped_query, ids=list, viewer=UUID)
