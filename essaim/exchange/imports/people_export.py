"""People in the words of their columns, as far as the reader may see them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from essaim.exchange.contact import contacts_of
from essaim.exchange.imports import team
from essaim.hubs.models import Residency
from essaim.people.models import Affiliation, Person, PersonSkill

PIECE = 500


def lines(viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
    """A line for each person and hub; a person without a hub has one in the network's file."""
    residencies = Residency.objects.current().select_related("hub")
    if hub_id is not None:
        residencies = residencies.filter(hub_id=hub_id)
    people = Person.objects.visible_to(viewer).order_by("family_name", "given_name", "id")
    if hub_id is not None:
        people = people.filter(pk__in=residencies.values("person"))
    ids = list(people.values_list("pk", flat=True))
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        words, homes = known(piece, viewer), defaultdict(list)
        for residency in residencies.filter(person__in=piece).order_by("since_on", "id"):
            homes[residency.person_id].append(_home(residency))
        for person_id in piece:
            for home in homes[person_id] or [{}]:
                yield words[person_id] | home


def _home(residency: Residency) -> dict[str, str]:
    return {
        "hub": residency.hub.name,
        "plan": residency.plan,
        "since_on": residency.since_on.isoformat(),
    }


def known(ids: Iterable[UUID], viewer: Any) -> dict[UUID, dict[str, str]]:
    people = list(Person.objects.visible_to(viewer).filter(pk__in=list(ids)))
    contacts = contacts_of(people, viewer)
    ventures, skills = _ventures([p.pk for p in people]), _skills([p.pk for p in people])
    return {
        person.pk: {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "email": contacts[person.pk].email,
            "phone": contacts[person.pk].phone,
            "ventures": team.join(ventures[person.pk]),
            "skills": team.join(skills[person.pk]),
            "about": person.about,
            "language": person.get_language_display(),
            "profile_audience": person.get_profile_audience_display(),
            "email_audience": person.get_email_audience_display(),
            "phone_audience": person.get_phone_audience_display(),
        }
        for person in people
    }


def _ventures(ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Affiliation.objects.current().filter(person__in=ids).select_related("venture")
    for row in rows.order_by("since_on", "venture__name"):
        found[row.person_id].append(team.write(row.venture.name, row.role, row.since_on))
    return found


def _skills(ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in PersonSkill.objects.lent().filter(person__in=ids).with_labels():
        found[row.person_id].append(row.skill.label)
    return found
