"""Signs of life, and what follows from their absence: active, quiet, dormant, left.

Any act is a sign: signing in (a session lasts thirty days), and whatever one does here or through
the link of a letter, since each action writes a line of the journal under the name of who acts; and
so is being in the room of a Buzz. Nothing more is stored, so that no page has anything to write.
Who gave none yet counts from the day when they were written down.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from essaim.core.models import JournalEntry
from essaim.core.prepared import Prepared
from essaim.exchange.guards import Guards
from essaim.exchange.models import BuzzPresence
from essaim.people.models import Person, PersonState


class Presence(StrEnum):
    ACTIVE = "active"
    QUIET = "quiet"
    DORMANT = "dormant"
    LEFT = "left"


def presence(last_sign: datetime | None, now: datetime, guards: Guards) -> Presence:
    """Of somebody who is here; who left is known by their state."""
    if last_sign is None or now - last_sign <= guards.quiet:
        return Presence.ACTIVE
    return Presence.QUIET if now - last_sign <= guards.dormant else Presence.DORMANT


def presence_of(person: Person, now: datetime, guards: Guards) -> Presence:
    if not person.is_present():
        return Presence.LEFT
    return presence(last_signs([person.pk])[person.pk], now, guards)


def last_signs(person_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """The last one of each, in one query."""
    return {pk: latest(dates) for pk, *dates in _dates_of(ids=list(person_ids))}


def latest(dates: Collection[datetime | None]) -> datetime:
    return max(date for date in dates if date is not None)


def dates(person: str, prefix: str = "") -> dict[str, Any]:
    """What `latest` compares, to be selected beside a person whose id is at `person`."""
    me = OuterRef(person)
    acted = JournalEntry.objects.filter(actor=me).order_by("-at").values("at")
    present = BuzzPresence.objects.filter(person=me).order_by("-since_at").values("since_at")
    return {
        "joined_at": F(f"{prefix}created_at"),
        "signed_in_at": F(f"{prefix}last_login"),
        "acted_at": Subquery(acted[:1]),
        "present_at": Subquery(present[:1]),
    }


def _query(ids: list[UUID]) -> QuerySet[Any, Any]:
    found = dates("pk")
    people: QuerySet[Any, Any] = Person.objects.filter(pk__among=ids).annotate(**found)
    return people.values_list("pk", *found)


_dates_of = Prepared(_query, ids=list)


def silent_since(moment: datetime) -> QuerySet[Person]:
    """Those who may sign in, and gave no sign of life since."""
    me = OuterRef("pk")
    acted = JournalEntry.objects.filter(actor=me, at__gt=moment)
    present = BuzzPresence.objects.filter(person=me, since_at__gt=moment)
    here = Person.objects.filter(
        state__in=(PersonState.INVITED, PersonState.ACTIVE), created_at__lte=moment
    )
    found: QuerySet[Person] = here.exclude(last_login__gt=moment).filter(
        ~Exists(acted), ~Exists(present)
    )
    return found
