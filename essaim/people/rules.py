"""Who may do what to persons, ventures and skills, network-wide."""

from typing import Any

from essaim.people.models import Affiliation, NetworkRole, Person, Role, Venture


def is_director(person: Any) -> bool:
    return has_role(person, Role.DIRECTOR)


def is_administrator(person: Any) -> bool:
    return has_role(person, Role.ADMINISTRATOR)


def has_role(person: Any, *roles: str) -> bool:
    return NetworkRole.objects.filter(person_id=person.pk, role__in=roles).exists()


def may_edit_profile(person: Person, other: Person) -> bool:
    """Hosts may too: the hub above says so with its own rule."""
    return person.pk == other.pk


def in_team(person: Person, venture: Venture) -> bool:
    return Affiliation.objects.current().filter(person=person, venture=venture).exists()
