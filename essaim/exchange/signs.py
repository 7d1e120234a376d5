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
from django.db.models.functions import Coalesce, Greatest

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
    return dict(_last_signs_of(ids=list(person_ids)))


def last_sign(person: str, prefix: str = "") -> Greatest:
    """Of the person whose id is at `person` and whose other fields begin with `prefix`."""
    me, joined = OuterRef(person), F(f"{prefix}created_at")
    acted = JournalEntry.objects.filter(actor=me).order_by("-at").values("at")
    present = BuzzPresence.objects.filter(person=me).order_by("-since_at").values("since_at")
    return Greatest(
        joined,
        # Of several, one unknown makes the greatest unknown on SQLite.
        Coalesce(f"{prefix}last_login", joined),
        Coalesce(Subquery(acted[:1]), joined),
        Coalesce(Subquery(present[:1]), joined),
    )


def _query(ids: list[UUID]) -> QuerySet[Any, Any]:
    people: QuerySet[Any, Any] = Person.objects.filter(pk__among=ids)
    told: QuerySet[Any, Any] = people.annotate(last_sign=last_sign("pk"))
    return told.values_list("pk", "last_sign")


_last_signs_of = Prepared(_query, ids=list)


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
