"""The rest of what waits for hosts: who gave very much, and the small things, all in one query."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from essaim.core.models import ImportRun, ImportState
from essaim.core.prepared import Prepared
from essaim.exchange.figures import sharing
from essaim.exchange.figures.ties import counted_help
from essaim.exchange.models import (
    BuzzPromise,
    FridayBatch,
    FridayProposal,
    Pause,
    PromiseState,
    ProposalState,
)
from essaim.home.carrying import carrying
from essaim.home.monday import Kind, Matter
from essaim.hubs.models import Invitation, InvitationState, Residency
from essaim.people.models import Skill

LETTER_IS_OLD = timedelta(days=7)
PROMISE_IS_OLD = timedelta(days=30)
GIVEN_LATELY = timedelta(days=sharing.WINDOW)
# In an alarm the few who carry a hive are what changes most.
ALARMED = 1.5


def givers_of(hub_ids: Collection[UUID], now: datetime, *, members: int) -> Iterator[Matter]:
    """Those who gave very much lately, unless they are on a pause already."""
    people: dict[UUID, tuple[str, bool]] = {}
    helps: dict[UUID, list[int]] = defaultdict(list)
    today = timezone.localdate(now)
    for pk, given, family, paused, minutes in _givers(
        hubs=hub_ids, since=now - GIVEN_LATELY, today=today
    ):
        people[pk] = f"{given} {family}".strip(), paused
        helps[pk].append(minutes)
    found = carrying(helps, members)
    for pk, (name, paused) in people.items():
        if pk in found.heavy and not paused:
            share = round(100 * found.share) if found.alarm else 0
            facts = {"name": name, "minutes": sum(helps[pk]), "helps": len(helps[pk])}
            much = ALARMED if found.alarm else 1.0
            yield Matter(Kind.GENEROUS, pk, now, facts | {"share": share}, much=much)


def _givers_query(hubs: Collection[UUID], since: datetime, today: date) -> QuerySet[Any, Any]:
    """Help by help, counted as the figures of the board count it."""
    # A need of the hive may be helped from another, whose host looks after the helper.
    here = Residency.objects.current().filter(person=OuterRef("giver"), hub__among=hubs)
    rows: QuerySet[Any, Any] = counted_help().filter(
        Exists(here), hub__among=hubs, confirmed_at__gt=since
    )
    paused = Pause.objects.on(today).filter(person=OuterRef("giver"))
    who = ("giver", "giver__given_name", "giver__family_name")
    told: QuerySet[Any, Any] = rows.annotate(paused=Exists(paused)).order_by("giver", "pk")
    return told.values_list(*who, "paused", "minutes")


_givers = Prepared(_givers_query, hubs=list, since=datetime, today=date)


def small_matters(hub_ids: Collection[UUID], now: datetime) -> Iterator[Matter]:
    """Letters without an answer, promises past their day, a draft of asks, spreadsheets half way
    in, skills to put away."""
    skills: list[tuple[datetime, UUID]] = []
    old, lately = now - LETTER_IS_OLD, now - PROMISE_IS_OLD
    rows = _rest(hubs=hub_ids, now=now, old=old, lately=lately)
    for kind, pk, one, two, three, number, at in rows:
        if kind == Kind.SKILLS:
            skills.append((at, pk))
        else:
            yield SMALL[Kind(kind)](pk, at, (one, two, three), number)
    if skills:
        # One line for all: the list is the network's, and they are looked at together.
        at, pk = min(skills)
        yield Matter(Kind.SKILLS, pk, at, {"count": len(skills)})


Told = tuple[str, str, str]


def _letter(pk: UUID, at: datetime, told: Told, _number: int) -> Matter:
    return Matter(Kind.INVITATION, pk, at, {"name": f"{told[0]} {told[1]}".strip()})


def _promise(pk: UUID, at: datetime, told: Told, _number: int) -> Matter:
    facts = dict(zip(("title", "giver", "receiver"), told, strict=True))
    return Matter(Kind.PROMISE, pk, at, facts)


def _draft(pk: UUID, at: datetime, told: Told, number: int) -> Matter:
    """Ten needs that leave at once are twice what one is."""
    facts = {"hub": told[0], "slug": told[1], "count": number}
    return Matter(Kind.FRIDAY, pk, at, facts, much=1 + min(number, 10) / 10)


def _import(pk: UUID, at: datetime, told: Told, _number: int) -> Matter:
    return Matter(Kind.IMPORT, pk, at, {"name": told[0]})


SMALL: dict[Kind, Callable[[UUID, datetime, Told, int], Matter]] = {
    Kind.INVITATION: _letter,
    Kind.PROMISE: _promise,
    Kind.FRIDAY: _draft,
    Kind.IMPORT: _import,
}


def _rest_query(
    hubs: Collection[UUID], now: datetime, old: datetime, lately: datetime
) -> QuerySet[Any, Any]:
    letters: Any = Invitation.objects.filter(
        hub__among=hubs, state=InvitationState.SENT, sent_at__lt=old
    )
    # Of a raised hand, the help itself waits. What people said of it holds.
    promises: Any = BuzzPromise.objects.filter(
        due_at__range=(lately, now),
        buzz__hub__among=hubs,
        state=PromiseState.BROKEN,
        settled_by=None,
        exchange=None,
    )
    drafts: Any = FridayBatch.objects.waiting().filter(hub__among=hubs)
    imports: Any = ImportRun.objects.filter(
        hub_id__among=hubs, state__in=(ImportState.UPLOADED, ImportState.CHECKED)
    )
    skills: Any = Skill.objects.proposed()
    told = ("text", "giver__given_name", "receiver__given_name")
    found: QuerySet[Any, Any] = _as(
        letters, Kind.INVITATION, "sent_at", "person__given_name", "person__family_name"
    ).union(
        _as(promises, Kind.PROMISE, "due_at", *told),
        _as(drafts, Kind.FRIDAY, "made_at", "hub__name", "hub__slug", number=_chosen()),
        _as(imports, Kind.IMPORT, "created_at", "name"),
        _as(skills, Kind.SKILLS, "changed_at"),
        all=True,
    )
    return found


def _as(rows: Any, kind: Kind, moment: str, *told: str, number: Any = None) -> Any:
    """Kind, id, three texts, a number, a moment: all have the same columns."""
    texts: list[Any] = [F(name) for name in told]
    texts += [Value("", CharField())] * (3 - len(texts))
    number = Value(0, IntegerField()) if number is None else number
    columns = (Value(str(kind), CharField()), F("pk"), *texts, number, F(moment))
    return rows.order_by().values_list(*columns)


def _chosen() -> Any:
    rows = FridayProposal.objects.filter(batch=OuterRef("pk"), state=ProposalState.CHOSEN)
    counted = rows.order_by().values("batch").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


_rest = Prepared(_rest_query, hubs=list, now=datetime, old=datetime, lately=datetime)
