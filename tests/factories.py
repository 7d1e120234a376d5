"""Rows for tests, without surprise: what is not given has a plain value, and dates are relative."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from essaim.exchange.models import (
    Ask,
    HelpExchange,
    Need,
    NeedState,
    Pledge,
)
from essaim.hubs.models import Host, Hub, Residency
from essaim.people.models import (
    Affiliation,
    NetworkRole,
    Person,
    PersonSkill,
    PersonState,
    Role,
    Skill,
    SkillKind,
    Venture,
)

_numbers = itertools.count(1)


def make_person(given_name: str = "Léa", **fields: Any) -> Person:
    number = next(_numbers)
    values: dict[str, Any] = {
        "email": f"{number}@example.org",
        "given_name": given_name,
        "family_name": f"Essai{number}",
        "state": PersonState.ACTIVE,
    } | fields
    person = Person(**values)
    person.set_unusable_password()
    person.save()
    return person


def make_hub(name: str = "La Halle", **fields: Any) -> Hub:
    values: dict[str, Any] = {
        "slug": f"hub-{next(_numbers)}",
        "town": "Nantes",
        "opened_on": timezone.localdate() - timedelta(days=400),
    } | fields
    return Hub.objects.create(name=name, **values)


def make_residency(person: Person, hub: Hub, **fields: Any) -> Residency:
    values: dict[str, Any] = {"since_on": timezone.localdate() - timedelta(days=90)} | fields
    return Residency.objects.create(person=person, hub=hub, **values)


def make_resident(hub: Hub | None = None, *, minutes: int = 240, **fields: Any) -> Person:
    """A member who lives in `hub` and pledged `minutes` a month (0: no pledge)."""
    person = make_person(**fields)
    make_residency(person, hub or make_hub())
    if minutes:
        Pledge.objects.create(person=person, minutes_per_month=minutes)
    return person


def make_host(hub: Hub, **fields: Any) -> Person:
    person = make_person(**{"given_name": "Hôte"} | fields)
    Host.objects.create(person=person, hub=hub)
    return person


def make_director(**fields: Any) -> Person:
    person = make_person(**{"given_name": "Dir"} | fields)
    NetworkRole.objects.create(person=person, role=Role.DIRECTOR)
    return person


def make_administrator(**fields: Any) -> Person:
    person = make_person(**{"given_name": "Admin"} | fields)
    NetworkRole.objects.create(person=person, role=Role.ADMINISTRATOR)
    return person


def make_venture(name: str = "Les Bocaux", *people: Person, **fields: Any) -> Venture:
    venture = Venture.objects.create(
        name=name, **{"purpose": "Sauver les légumes moches."} | fields
    )
    for person in people:
        Affiliation.objects.create(person=person, venture=venture)
    return venture


def make_skill(label: str = "Comptabilité", **fields: Any) -> Skill:
    values: dict[str, Any] = {
        "code": f"skill-{next(_numbers)}",
        "label_fr": label,
        "label_en": label,
    } | fields
    return Skill.objects.create(**values)


def lend(person: Person, skill: Skill, note: str = "") -> PersonSkill:
    return PersonSkill.objects.create(
        person=person, skill=skill, kind=SkillKind.CAN_HELP, note=note
    )


def make_need(author: Person, hub: Hub, **fields: Any) -> Need:
    now = timezone.now()
    values: dict[str, Any] = {
        "title": "Relire mon plan de financement",
        "text": "Je cherche quelqu’un pour relire mon plan de financement.",
        "state": NeedState.OPEN,
        "published_at": now,
        "expires_at": now + timedelta(days=14),
    } | fields
    return Need.objects.create(author=author, hub=hub, **values)


def make_ask(need: Need, helper: Person, **fields: Any) -> Ask:
    values: dict[str, Any] = {"due_at": timezone.now() + timedelta(days=1)} | fields
    return Ask.objects.create(need=need, helper=helper, **values)


def make_exchange(giver: Person, receiver: Person, hub: Hub, **fields: Any) -> HelpExchange:
    values: dict[str, Any] = {"title": "Relire mon plan de financement"} | fields
    return HelpExchange.objects.create(giver=giver, receiver=receiver, hub=hub, **values)
