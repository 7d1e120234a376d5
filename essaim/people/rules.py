"""Who may do what to persons, ventures and skills, network-wide."""

from typing import Any

from essaim.people.models import Affiliation, AffiliationRole, NetworkRole, Person, Role, Venture


def is_director(person: Any) -> bool:
    return has_role(person, Role.DIRECTOR)


def is_administrator(person: Any) -> bool:
    return has_role(person, Role.ADMINISTRATOR)


def has_role(person: Any, *roles: str) -> bool:
    return NetworkRole.objects.filter(person_id=person.pk, role__in=roles).exists()


def in_team(person: Person, venture: Venture) -> bool:
    return Affiliation.objects.current().filter(person=person, venture=venture).exists()


def founds(person: Person, venture: Venture) -> bool:
    """May change the team. When no founder is left, anyone of the team may."""
    team = Affiliation.objects.current().filter(venture=venture)
    roles = dict(team.values_list("person_id", "role"))
    if AffiliationRole.FOUNDER not in roles.values():
        return person.pk in roles
    return roles.get(person.pk) == AffiliationRole.FOUNDER


def runs_network(person: Any) -> bool:
    """May give and take network roles."""
    return has_role(person, Role.DIRECTOR, Role.ADMINISTRATOR)
