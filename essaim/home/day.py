"""What « My day » shows of one member, in eight queries whatever the size of the network."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from essaim.exchange.escalation import time_is_over
from essaim.exchange.models import (
    Ask,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Pledge,
)
from essaim.home.small_thing import Known, Thing, pick
from essaim.hubs.models import Residency
from essaim.people.models import Affiliation, Person, PersonSkill, PersonState

ASKS = 5
NEEDS = 3
HELPS = 6
NEWCOMERS = 4
NEW = timedelta(days=30)
THANKS_WITHIN = timedelta(days=60)


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


def day_of(person: Person, now: datetime) -> Day:
    asks = waiting_asks(person)
    needs = _needs(person, now)
    helps = _helps(person, now)
    newcomers = _newcomers(person, now)
    known = _known(person)
    agreed = [h for h in helps if h.state == HelpState.AGREED]
    to_thank = next((h for h in helps if h.state == HelpState.CONFIRMED), None)
    facts = Known(
        lends=known["lent"],
        pledged=bool(known["pledged"]),
        card_confirmed_at=known["confirmed_at"],
        last_need_at=known["last_need_at"],
        to_thank=to_thank is not None,
        oldest_agreed_at=agreed[0].created_at if agreed else None,
        newcomers=len(newcomers),
    )
    given, received = _brain_time(person, now)
    quiet = not (asks or needs or helps or known["last_need_at"])
    return Day(
        asks=asks,
        needs=needs,
        to_confirm=[h for h in helps if h.state == HelpState.CLAIMED],
        underway=agreed,
        to_thank=to_thank,
        given=given,
        received=received,
        newcomers=newcomers,
        thing=pick(facts, now),
        first_day=quiet and not known["lent"],
        to_claim=agreed[0] if agreed else None,
    )


def waiting_asks(person: Person) -> list[Ask]:
    """Those never answered before those put off; the oldest first."""
    waiting = Ask.objects.waiting().filter(helper=person, need__state=NeedState.OPEN)
    rows = waiting.select_related("need__author", "need__hub")
    return list(rows.order_by("-state", "sent_at", "id")[:ASKS])


def _needs(person: Person, now: datetime) -> list[MyNeed]:
    needs = list(Need.objects.live().filter(author=person).order_by("-published_at", "id")[:NEEDS])
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
    return list(rows.select_related("giver", "receiver").order_by("created_at", "id")[:HELPS])


def _brain_time(person: Person, now: datetime) -> tuple[int, int]:
    """Minutes confirmed since the first of the month: given, received."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sums = HelpExchange.objects.filter(
        Q(giver=person) | Q(receiver=person), state=HelpState.CONFIRMED, confirmed_at__gte=first
    ).aggregate(
        given=Sum("minutes", filter=Q(giver=person), default=0),
        received=Sum("minutes", filter=Q(receiver=person), default=0),
    )
    return sums["given"], sums["received"]


def _newcomers(person: Person, now: datetime) -> list[Newcomer]:
    mine = Residency.objects.current().filter(person=person).values("hub")
    place = (
        Affiliation.objects.current().filter(person=OuterRef("person")).order_by("since_on", "id")
    )
    rows = (
        Residency.objects.current()
        .filter(
            hub__in=mine,
            since_on__gte=timezone.localdate(now) - NEW,
            person__state__in=(PersonState.INVITED, PersonState.ACTIVE),
        )
        .exclude(person=person)
        .annotate(venture=Subquery(place.values("venture__name")[:1]))
        .order_by("-since_on", "id")
        .values_list(
            "person_id", "person__given_name", "person__family_name", "venture", "since_on"
        )
    )
    return [
        Newcomer(pk, f"{given} {family}".strip(), venture or "", since_on)
        for pk, given, family, venture, since_on in rows[:NEWCOMERS]
    ]


def _known(person: Person) -> dict[str, Any]:
    lent = PersonSkill.objects.lent().filter(person=OuterRef("pk")).order_by().values("person")
    needs = Need.objects.filter(author=OuterRef("pk"), published_at__isnull=False)
    last = needs.order_by().values("author").annotate(at=Max("published_at"))
    pledge = Pledge.objects.filter(
        person=OuterRef("pk"), valid_to__isnull=True, minutes_per_month__gt=0
    )
    known: dict[str, Any] = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            lent=Subquery(lent.annotate(n=Count("pk")).values("n")),
            confirmed_at=Subquery(lent.annotate(at=Min("confirmed_at")).values("at")),
            last_need_at=Subquery(last.values("at")),
            pledged=Exists(pledge),
        )
        .values("lent", "confirmed_at", "last_need_at", "pledged")
        .get()
    )
    return known
