"""What waits for the hosts of some hives: needs, people, helps, and in one query all the rest."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from essaim.core.prepared import Prepared
from essaim.exchange.actions.escalation import HOST_LEVEL
from essaim.exchange.models import (
    Ask,
    AskState,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    Silence,
)
from essaim.home.monday import Kind, Matter
from essaim.home.monday_rest import givers_of, small_matters
from essaim.hubs.models import Residency
from essaim.people.models import Person, PersonSkill, PersonState

NEW = timedelta(days=30)
LONELY = timedelta(days=45)
HELP_IS_LATE = timedelta(days=14)
UNANSWERED = 3
ASKS_READ = timedelta(days=90)
ANSWERED = (AskState.ACCEPTED, AskState.LATE_YES, AskState.DECLINED, AskState.LATER)


def matters_of(hub_ids: Collection[UUID], now: datetime) -> Iterator[Matter]:
    yield from _needs(hub_ids)
    residents = list(map(_Resident._make, _residents_of(hub_ids, now)))
    yield from _people(residents, now)
    yield from givers_of(hub_ids, now, members=len(residents))
    yield from _helps(hub_ids, now)
    yield from small_matters(hub_ids, now)


def _needs(hub_ids: Collection[UUID]) -> Iterator[Matter]:
    """Those that climbed up to the host, and those of a spreadsheet that never left."""
    for pk, title, author, since, looked_after, level, bell in _stuck_needs(hubs=hub_ids):
        assert since is not None, "an open need was told"
        facts = {"title": title, "author": author, "host": looked_after, "bell": bool(bell)}
        yield Matter(_kind(level, looked_after), pk, since, facts)


def _needs_query(hubs: Collection[UUID]) -> QuerySet[Any, Any]:
    put = EscalationStep.objects.filter(need=OuterRef("pk"), action="friday_bell")
    rows: Any = Need.objects.open().filter(hub__among=hubs).annotate(bell=Exists(put))
    stuck = rows.filter(level__gte=HOST_LEVEL).union(rows.never_told())
    who = ("author__given_name", "published_at", "acknowledged_by__given_name")
    found: QuerySet[Any, Any] = stuck.values_list("pk", "title", *who, "level", "bell")
    return found


_stuck_needs = Prepared(_needs_query, hubs=list)


def _kind(level: int, looked_after: str | None) -> Kind:
    if level < HOST_LEVEL:
        return Kind.NEED_IMPORTED
    return Kind.NEED_LOOKED_AFTER if looked_after else Kind.NEED


class _Resident(NamedTuple):
    pk: UUID
    given_name: str
    family_name: str
    arrived_on: date
    lends: bool
    met: bool
    seen: bool
    unanswered: int | None


def _residents_of(hub_ids: Collection[UUID], now: datetime) -> list[Any]:
    return _residents(hubs=hub_ids, lonely=now - LONELY, read=now - ASKS_READ)


def _people(residents: Collection[_Resident], now: datetime) -> Iterator[Matter]:
    """Each resident appears once, under what matters most about them."""
    for row in residents:
        facts = {"name": f"{row.given_name} {row.family_name}".strip(), **row._asdict()}
        arrived = timezone.make_aware(datetime.combine(row.arrived_on, time(9)))
        if (row.unanswered or 0) >= UNANSWERED:
            yield Matter(Kind.SILENT, row.pk, now, facts)
        elif arrived > now - NEW and not (row.lends and row.met):
            yield Matter(Kind.NEWCOMER, row.pk, arrived, facts)
        elif arrived <= now - LONELY and not row.seen:
            yield Matter(Kind.ISOLATED, row.pk, now - LONELY, facts)


def _residents_query(
    hubs: Collection[UUID], lonely: datetime, read: datetime
) -> QuerySet[Any, Any]:
    me = OuterRef("pk")
    mine = Residency.objects.current().filter(hub__among=hubs, person=me).order_by()
    arrived = mine.values("person").annotate(on=Min("since_on")).values("on")
    silences = _silences(read).filter(helper=me).order_by().values("helper")
    people: QuerySet[Any, Any] = Person.objects.filter(Exists(mine), state=PersonState.ACTIVE)
    known: QuerySet[Any, Any] = people.annotate(
        arrived_on=Subquery(arrived),
        lends=Exists(PersonSkill.objects.lent().filter(person=me)),
        met=Exists(_helped(me)),
        seen=_seen(me, lonely),
        unanswered=Subquery(silences.annotate(n=Count("pk")).values("n")),
    )
    return known.values_list(*_Resident._fields)


_residents = Prepared(_residents_query, hubs=list, lonely=datetime, read=datetime)


def _silences(since: datetime) -> Any:
    """Asks that nobody answered, since the last word of the same person."""
    later = Ask.objects.filter(
        helper=OuterRef("helper"), state__in=ANSWERED, answered_at__gt=OuterRef("sent_at")
    )
    ended = Silence.objects.filter(person=OuterRef("helper"), answered_at__gt=OuterRef("sent_at"))
    silent = Ask.objects.filter(~Exists(later), ~Exists(ended), state=AskState.EXPIRED)
    return silent.filter(sent_at__gt=since)


def _helped(me: OuterRef) -> Any:
    gone = (HelpState.CANCELLED, HelpState.NO_SHOW)
    return HelpExchange.objects.filter(Q(giver=me) | Q(receiver=me)).exclude(state__in=gone)


def _seen(me: OuterRef, since: datetime) -> Any:
    """Any sign of life among the others: a need told, an ask answered, help given or received."""
    return (
        Exists(Need.objects.filter(author=me, published_at__gt=since))
        | Exists(Ask.objects.filter(helper=me, state__in=ANSWERED, answered_at__gt=since))
        | Exists(HelpExchange.objects.filter(giver=me, created_at__gt=since))
        | Exists(HelpExchange.objects.filter(receiver=me, created_at__gt=since))
    )


def _helps(hub_ids: Collection[UUID], now: datetime) -> Iterator[Matter]:
    for pk, title, giver, receiver, state, created_at, claimed_at in _stuck_helps(
        hubs=hub_ids, now=now, late=now - HELP_IS_LATE
    ):
        kind = Kind.DISPUTE if state == HelpState.DISPUTED else Kind.UNCLAIMED
        facts = {"title": title, "giver": giver, "receiver": receiver}
        yield Matter(kind, pk, claimed_at or created_at, facts)


def _helps_query(hubs: Collection[UUID], now: datetime, late: datetime) -> QuerySet[Any, Any]:
    unclaimed = Q(state=HelpState.AGREED, created_at__lt=late) & ~Q(meets_at__gt=now)
    rows: QuerySet[Any, Any] = HelpExchange.objects.filter(
        unclaimed | Q(state=HelpState.DISPUTED), hub__among=hubs
    )
    who = ("giver__given_name", "receiver__given_name")
    return rows.values_list("pk", "title", *who, "state", "created_at", "claimed_at")


_stuck_helps = Prepared(_helps_query, hubs=list, now=datetime, late=datetime)
