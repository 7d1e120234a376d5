"""What a Buzz leaves behind: needs that may be told, promises, news and thanks; and its record."""

from dataclasses import dataclass

from django.db.models import Count, Q

from essaim.exchange.models import (
    Buzz,
    BuzzNote,
    BuzzPromise,
    BuzzState,
    BuzzTurn,
    NeedState,
    NoteKind,
    PromiseState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person


@dataclass(frozen=True)
class Minutes:
    """A need that its author did not let out, or took back, is in nobody's minutes."""

    needs: list[BuzzTurn]
    promises: list[BuzzPromise]
    news: list[BuzzNote]
    thanks: list[BuzzNote]
    present: list[Person]


@dataclass(frozen=True)
class Record:
    """How many of the promises of a Buzz were kept. Those no longer needed count for nobody."""

    buzz: Buzz
    made: int
    kept: int
    broken: int


def minutes_of(buzz: Buzz) -> Minutes:
    told = buzz.turns.filter(need__published_at__isnull=False)
    told = told.exclude(need__state__in=(NeedState.DRAFT, NeedState.WITHDRAWN))
    notes = list(buzz.notes.select_related("person").order_by("said_at", "pk"))
    people = Person.objects.filter(pk__in=buzz.presences.values("person"))
    promises = buzz.promises.select_related("giver", "receiver").order_by("made_at", "pk")
    return Minutes(
        needs=list(told.select_related("person", "need").order_by("position")),
        promises=list(promises),
        news=[note for note in notes if note.kind == NoteKind.NEWS],
        thanks=[note for note in notes if note.kind == NoteKind.THANKS],
        present=list(people.by_name()),
    )


def last_record(hub: Hub) -> Record | None:
    """Of the last Buzz in which something was promised; None before the first."""
    counted = BuzzPromise.objects.exclude(state=PromiseState.RELEASED)
    buzzes = Buzz.objects.filter(hub=hub, state=BuzzState.CLOSED)
    last = buzzes.filter(promises__in=counted).order_by("-starts_at", "pk").first()
    if last is None:
        return None
    found = counted.filter(buzz=last).aggregate(
        made=Count("pk"),
        kept=Count("pk", filter=Q(state=PromiseState.KEPT)),
        broken=Count("pk", filter=Q(state=PromiseState.BROKEN)),
    )
    return Record(last, **found)
