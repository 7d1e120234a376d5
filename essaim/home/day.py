"""What « My day » shows of one member, in seven queries whatever the size of the network."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from essaim.core.prepared import Prepared
from essaim.exchange.escalation import time_is_over
from essaim.exchange.models import (
    Ask,
    EncounterPlace,
    EncounterState,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Pledge,
    Told,
)
from essaim.home.small_thing import Known, Thing, pick
from essaim.hubs.models import Residency
from essaim.people.models import Affiliation, Person, PersonSkill, PersonState, photo_address

ASKS = 5
NEEDS = 3
HELPS = 6
NEWCOMERS = 4
NEW = timedelta(days=30)
THANKS_WITHIN = timedelta(days=60)
MEETING = (EncounterState.PROPOSED, EncounterState.AGREED)
# What a name is made of.
NAMED = ("given_name", "family_name", "state")
KNOWN = (
    *("lent", "confirmed_at", "last_need_at", "pledged", "given", "received"),
    *("meeting", "meeting_name", "meeting_state", "meeting_at", "meeting_zone"),
)


@dataclass(frozen=True)
class MyNeed:
    need: Need
    asked: list[tuple[str, str]]
    over: bool = False


@dataclass(frozen=True)
class Newcomer:
    person_id: UUID
    name: str
    venture: str
    since_on: Any
    photo: str = ""


@dataclass(frozen=True)
class Meeting:
    encounter_id: UUID
    name: str
    state: str
    at: datetime | None
    zone: str


@dataclass(frozen=True)
class Day:
    asks: list[Ask]
    needs: list[MyNeed]
    to_confirm: list[HelpExchange]
    underway: list[HelpExchange]
    to_thank: HelpExchange | None
    given: int
    received: int
    newcomers: list[Newcomer]
    thing: Thing | None
    first_day: bool
    to_claim: HelpExchange | None = field(default=None)
    # Whom I am to meet this fortnight, if anyone.
    meeting: Meeting | None = field(default=None)


def day_of(person: Person, now: datetime) -> Day:
    asks = waiting_asks(person)
    needs = _needs(person, now)
    helps = _helps(person, now)
    newcomers = _newcomers(person, now)
    known = _known(person, now)
    agreed = [h for h in helps if h.state == HelpState.AGREED]
    to_claim = min(agreed, key=_due, default=None)
    to_thank = next((h for h in helps if h.state == HelpState.CONFIRMED), None)
    facts = Known(
        lends=known["lent"],
        pledged=bool(known["pledged"]),
        card_confirmed_at=known["confirmed_at"],
        last_need_at=known["last_need_at"],
        to_thank=to_thank is not None,
        oldest_agreed_at=_due(to_claim) if to_claim else None,
        newcomers=len(newcomers),
    )
    quiet = not (asks or needs or helps or known["last_need_at"])
    return Day(
        asks=asks,
        needs=needs,
        to_confirm=[h for h in helps if h.state == HelpState.CLAIMED],
        underway=agreed,
        to_thank=to_thank,
        given=known["given"],
        received=known["received"],
        newcomers=newcomers,
        thing=pick(facts, now),
        first_day=quiet and not known["lent"],
        to_claim=to_claim,
        meeting=Meeting(*(known[name] for name in KNOWN[6:])) if known["meeting"] else None,
    )


def _due(agreed: HelpExchange) -> datetime:
    """The moment chosen, else that of the yes."""
    return agreed.meets_at or agreed.created_at


def waiting_asks(person: Person) -> list[Ask]:
    """Those never answered before those put off; the oldest first."""
    waiting = Ask.objects.waiting().filter(helper=person, need__state=NeedState.OPEN)
    rows = waiting.select_related("need__author", "need__hub").only(
        "state",
        "reasons",
        *(f"need__{name}" for name in ("title", "text", "urgency", "minutes", "looking_for")),
        "need__hub__name",
        *(f"need__author__{name}" for name in (*NAMED, "photo_small")),
    )
    return list(rows.order_by("-state", "sent_at", "id")[:ASKS])


def _needs(person: Person, now: datetime) -> list[MyNeed]:
    mine = Need.objects.live().filter(author=person).order_by("-published_at", "id")
    needs = list(mine.only("title", "state", "expires_at", "next_step_at")[:NEEDS])
    asked: dict[UUID, list[tuple[str, str]]] = {need.pk: [] for need in needs}
    if needs:
        rows = Ask.objects.filter(need__in=asked).order_by("sent_at", "rank", "id")
        for need_id, name, state in rows.values_list("need_id", "helper__given_name", "state"):
            asked[need_id].append((name, state))
    return [MyNeed(need, asked[need.pk], time_is_over(need, now)) for need in needs]


def _helps(person: Person, now: datetime) -> list[HelpExchange]:
    """What I have to say something about; the oldest first."""
    mine = Q(giver=person) | Q(receiver=person)
    agreed = Q(state=HelpState.AGREED)
    to_confirm = Q(state=HelpState.CLAIMED) & ~Q(claimed_by=person)
    to_thank = Q(
        state=HelpState.CONFIRMED,
        receiver=person,
        thanks__isnull=True,
        confirmed_at__gt=now - THANKS_WITHIN,
    )
    rows = HelpExchange.objects.filter(mine, agreed | to_confirm | to_thank)
    rows = rows.select_related("giver", "receiver", "hub").only(
        *("state", "title", "claimed_minutes", "planned_minutes", "created_at", "meets_at"),
        "hub__time_zone",
        *(f"{who}__{name}" for who in ("giver", "receiver") for name in NAMED),
    )
    return list(rows.order_by("created_at", "id")[:HELPS])


def _newcomers(person: Person, now: datetime) -> list[Newcomer]:
    rows = _newcomers_of(person=person.pk, since=timezone.localdate(now) - NEW)
    return [
        Newcomer(pk, f"{given} {family}".strip(), venture or "", since_on, photo_address(photo))
        for pk, given, family, venture, since_on, photo in rows
    ]


def _newcomers_query(person: UUID, since: date) -> QuerySet[Any, Any]:
    mine = Residency.objects.current().filter(person=person).values("hub")
    place = (
        Affiliation.objects.current().filter(person=OuterRef("person")).order_by("since_on", "id")
    )
    rows: QuerySet[Any, Any] = (
        Residency.objects.current()
        .filter(
            hub__in=mine,
            since_on__gte=since,
            person__state__in=(PersonState.INVITED, PersonState.ACTIVE),
        )
        .exclude(person=person)
        .annotate(venture=Subquery(place.values("venture__name")[:1]))
        .order_by("-since_on", "id")
        .values_list(
            "person_id",
            "person__given_name",
            "person__family_name",
            "venture",
            "since_on",
            "person__photo_small",
        )
    )
    return rows[:NEWCOMERS]


_newcomers_of = Prepared(_newcomers_query, person=UUID, since=date)


def _known(person: Person, now: datetime) -> dict[str, Any]:
    """Of the card, the pledge and the needs; minutes are those confirmed this month."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    [row] = _known_of(person=person.pk, since=first)
    return dict(zip(KNOWN, row, strict=True))


def _known_query(person: UUID, since: datetime) -> QuerySet[Any, Any]:
    me = OuterRef("pk")
    lent = PersonSkill.objects.lent().filter(person=me).order_by().values("person")
    needs = Need.objects.filter(author=me, published_at__isnull=False)
    pledge = Pledge.objects.filter(person=me, valid_to__isnull=True, minutes_per_month__gt=0)
    rows: QuerySet[Any, Any] = Person.objects.filter(pk=person).annotate(
        lent=Subquery(lent.annotate(n=Count("pk")).values("n")),
        confirmed_at=Subquery(lent.annotate(at=Min("confirmed_at")).values("at")),
        last_need_at=Subquery(
            needs.order_by().values("author").annotate(at=Max("published_at")).values("at")
        ),
        pledged=Exists(pledge),
        given=_minutes("giver", since),
        received=_minutes("receiver", since),
        **_meeting(me),
    )
    return rows.values_list(*KNOWN)


def _meeting(me: OuterRef) -> dict[str, Subquery]:
    """Of the latest encounter that waits for me: itself, with whom, and when.

    From my places to those of the others, by joins: a condition on the others would be asked for
    every encounter of the network.
    """
    mine = {"encounter__places__person": me, "encounter__places__told__in": ("", Told.MET)}
    others = EncounterPlace.objects.filter(**mine, encounter__state__in=MEETING)
    others = others.exclude(Q(person=me) | Q(told=Told.SKIPPED))
    latest = others.order_by("-round__sent_at", "encounter_id", "person_id")
    names = ("encounter_id", "person__given_name", "encounter__state", "encounter__meets_at")
    kinds = {"encounter_id": UUIDField()}
    return {
        name: Subquery(latest.values(column)[:1], output_field=kinds.get(column))
        for name, column in zip(KNOWN[6:], (*names, "round__hub__time_zone"), strict=True)
    }


def _minutes(side: str, since: datetime) -> Coalesce:
    done = HelpExchange.objects.filter(state=HelpState.CONFIRMED, confirmed_at__gte=since)
    mine = done.filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(mine.annotate(total=Sum("minutes")).values("total")), 0)


_known_of = Prepared(_known_query, person=UUID, since=datetime)
