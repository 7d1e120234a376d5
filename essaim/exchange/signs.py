"""Signs of life, and what follows from their absence: active, quiet, dormant, left.

Any act is a sign: signing in (a session lasts thirty days), and whatever one does here or through
the link of a letter, since each action writes a line of the journal under the name of who acts; and
so is being in the room of a Buzz. Nothing more is stored, so that no page has anything to write.
Who gave none yet counts from the day when they were written down.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from essaim.core.models import JournalEntry
from essaim.core.prepared import Prepared
from essaim.exchange.guards import Guards
from essaim.exchange.models import AskGuards, BuzzPresence, Silence, SilenceCause
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


@dataclass(frozen=True)
class Standing:
    """`unanswering`: the last asks were left without an answer, and no word came since."""

    presence: Presence
    unanswering: bool = False


def standing_of(person: Person, now: datetime) -> Standing:
    if not person.is_present():
        return Standing(Presence.LEFT)
    [(last, unanswering, quiet, dormant)] = _standing_of(person=person.pk)
    guards = Guards(quiet_after=quiet, dormant_after=dormant) if quiet else Guards()
    return Standing(presence(last, now, guards), unanswering)


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


def _standing_query(person: UUID) -> QuerySet[Any, Any]:
    silence = Silence.objects.open().filter(person=person, cause=SilenceCause.UNANSWERED)
    here: QuerySet[Any, Any] = Person.objects.filter(pk=person)
    told: QuerySet[Any, Any] = here.annotate(
        last_sign=last_sign("pk"),
        unanswering=Exists(silence),
        quiet=Subquery(AskGuards.objects.values("quiet_after")[:1]),
        dormant=Subquery(AskGuards.objects.values("dormant_after")[:1]),
    )
    return told.values_list("last_sign", "unanswering", "quiet", "dormant")


_standing_of = Prepared(_standing_query, person=UUID)


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
