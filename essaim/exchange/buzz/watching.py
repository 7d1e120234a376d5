"""What the process of live events asks the database, in a thread of its own: few questions, each
for everybody who listens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from essaim.exchange.buzz.channel import KEPT, Told
from essaim.exchange.models import LIVE_BUZZ, Buzz, BuzzEvent, BuzzPresence
from essaim.hubs.models import Host, Residency
from essaim.people.models import NetworkRole, Person, Role


@dataclass(frozen=True)
class Knock:
    """Somebody's session at the door of a Buzz."""

    session: str
    buzz: UUID


@dataclass(frozen=True)
class News:
    events: dict[UUID, list[Told]]
    hives: int


def news(known: dict[UUID, int]) -> News:
    """What is newer than the numbers known. One question, and a second one only for an answer."""
    close_old_connections()
    rows = Buzz.objects.filter(Q(pk__among=known) | Q(state__in=LIVE_BUZZ))
    found = list(rows.values_list("pk", "last_event", "state"))
    behind = {pk: last for pk, last, _state in found if last > known.get(pk, last)}
    hives = sum(state in LIVE_BUZZ for _pk, _last, state in found)
    return News(_events(behind, known) if behind else {}, hives)


def _events(behind: dict[UUID, int], known: dict[UUID, int]) -> dict[UUID, list[Told]]:
    """Up to the numbers seen, for each as far back as it needs."""
    found: dict[UUID, list[Told]] = {pk: [] for pk in behind}
    least = min(known[pk] for pk in behind)
    rows = BuzzEvent.objects.filter(buzz__among=behind, number__gt=least).order_by("number")
    for pk, *fields in rows.values_list("buzz_id", "number", "kind", "facts", "at"):
        told = Told(*fields)
        if known[pk] < told.number <= behind[pk]:
            found[pk].append(told)
    return found


def beginnings(buzzes: Collection[UUID]) -> dict[UUID, int]:
    """From where a channel opened now reads: as far back as it keeps."""
    rows = Buzz.objects.filter(pk__among=buzzes).values_list("pk", "last_event")
    return {pk: max(0, last - KEPT) for pk, last in rows}


def admitted(knocks: Sequence[Knock]) -> set[Knock]:
    """Those whose session still holds and who may see the Buzz: six questions for all of them."""
    close_old_connections()
    people = _people_of({knock.session for knock in knocks})
    allowed = _allowed({knock.buzz for knock in knocks}, set(people.values()))
    everywhere = set(
        NetworkRole.objects.filter(role=Role.DIRECTOR).values_list("person_id", flat=True)
    )
    found = set()
    for knock in knocks:
        person = people.get(knock.session)
        if person and (person in everywhere or (knock.buzz, person) in allowed):
            found.add(knock)
    return found


def _people_of(keys: set[str]) -> dict[str, UUID]:
    """By session, whoever is signed in with it: as Django's middleware would find them."""
    now, store = timezone.now(), SessionStore()
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    said = {row.session_key: store.decode(row.session_data) for row in rows}
    ids = {key: UUID(data[SESSION_KEY]) for key, data in said.items() if SESSION_KEY in data}
    people = {person.pk: person for person in Person.objects.filter(pk__among=set(ids.values()))}
    found = {}
    for key, pk in ids.items():
        person = people.get(pk)
        if person is None or not person.is_active:
            continue
        if constant_time_compare(said[key].get(HASH_SESSION_KEY, ""), _hash_of(person)):
            found[key] = pk
    return found


def _hash_of(person: Person) -> str:
    return person.get_session_auth_hash()


def _allowed(buzzes: set[UUID], people: set[UUID]) -> set[tuple[UUID, UUID]]:
    """As `Buzz.objects.visible_to`, for many at once: they live there, look after it, are there."""
    by_hub: dict[UUID, list[UUID]] = {}
    for pk, hub in Buzz.objects.filter(pk__among=buzzes).values_list("pk", "hub_id"):
        by_hub.setdefault(hub, []).append(pk)
    near = {"hub__among": list(by_hub), "person__among": people}
    found = set()
    for model in (Residency, Host):
        rows = model.objects.current().filter(**near).values_list("hub_id", "person_id")
        found |= {(buzz, person) for hub, person in rows for buzz in by_hub[hub]}
    there = BuzzPresence.objects.filter(buzz__among=buzzes, person__among=people)
    return found | set(there.values_list("buzz_id", "person_id"))


def session_of(cookie: str) -> str:
    """The key in a Cookie header; empty without one."""
    for part in cookie.split(";"):
        name, _, value = part.strip().partition("=")
        if name == settings.SESSION_COOKIE_NAME:
            return value
    return ""
