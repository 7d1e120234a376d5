"""What came before a draw: who knows whom, who avoids whom, who met lately."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from django.db.models import F, Q

from essaim.exchange.models import (
    AvoidPair,
    Encounter,
    EncounterPlace,
    EncounterState,
    HelpExchange,
    HelpState,
)
from essaim.matching.encounters import Met, Past
from essaim.matching.ties import Ties
from essaim.people.models import Affiliation

YEAR = timedelta(days=365)
# A tie of long ago, never used since, is none any more.
TIES_LAST = timedelta(days=730)
Pairs = set[tuple[UUID, UUID]]
Tags = Callable[[Iterable[UUID]], dict[UUID, frozenset[str]]]


def past_of(ids: Sequence[UUID], now: datetime, tags_of: Tags) -> Past:
    near = ties_of(ids, now)
    known = {pk for pair in near for pk in pair}
    # Those known know others: the way between two guests may lead through them.
    ties = near | ties_of(known - set(ids), now)
    others = known - set(ids)
    return Past(
        ties=Ties(_said(ties)),
        tags={str(pk): tags for pk, tags in tags_of(sorted(others)).items()},
        apart=frozenset(_said(apart_among(ids))),
        met=_met(ids, now),
    )


def _said(pairs: Pairs) -> list[tuple[str, str]]:
    return [(str(one), str(other)) for one, other in sorted(pairs)]


def ties_of(ids: Iterable[UUID], now: datetime) -> Pairs:
    """Help agreed or given, and encounters that took place, within two years."""
    people = list(ids)
    happened = HelpExchange.objects.exclude(
        state__in=(HelpState.PROPOSED, HelpState.CANCELLED, HelpState.NO_SHOW)
    ).filter(created_at__gte=now - TIES_LAST)
    found: Pairs = set()
    for mine in ({"giver__in": people}, {"receiver__in": people}):
        found |= set(happened.filter(**mine).values_list("giver_id", "receiver_id").distinct())
    taken = EncounterPlace.objects.filter(
        encounter__state=EncounterState.MET, encounter__met_at__gte=now - TIES_LAST
    )
    mine_too = taken.filter(person__in=people).values("encounter")
    return found | set(_together(taken.filter(encounter__in=mine_too)))


def _together(places: Iterable[EncounterPlace]) -> Iterable[tuple[UUID, UUID]]:
    groups: dict[UUID | None, set[UUID]] = defaultdict(set)
    for place in places:
        groups[place.encounter_id].add(place.person_id)
    return [pair for group in groups.values() for pair in combinations(sorted(group), 2)]


def apart_among(ids: Sequence[UUID]) -> Pairs:
    """Those who avoid each other, or work in one venture."""
    people = list(ids)
    avoid = AvoidPair.objects.filter(person__in=people, other__in=people)
    found = set(avoid.values_list("person_id", "other_id"))
    teams: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Affiliation.objects.current().filter(person__in=people)
    for venture, pk in rows.values_list("venture_id", "person_id"):
        teams[venture].add(pk)
    for team in teams.values():
        found |= set(combinations(sorted(team), 2))
    return {(min(pair), max(pair)) for pair in found}


def _met(ids: Sequence[UUID], now: datetime) -> dict[tuple[str, str], Met]:
    """Drawn together within a year, whatever came of it."""
    told = Encounter.objects.exclude(state__in=(EncounterState.DRAWN, EncounterState.CANCELLED))
    rows = EncounterPlace.objects.filter(
        Q(encounter__in=told.filter(round__sent_at__gte=now - YEAR)), person__in=list(ids)
    ).annotate(at=F("encounter__round__sent_at"))
    groups: dict[tuple[UUID, datetime], set[UUID]] = defaultdict(set)
    for encounter, pk, at in rows.values_list("encounter_id", "person_id", "at"):
        groups[encounter, at].add(pk)
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for (_encounter, at), group in groups.items():
        for one, other in combinations(sorted(group), 2):
            times[str(one), str(other)].append(at)
    return {
        pair: Met((now - max(moments)).total_seconds() / 86_400, len(moments))
        for pair, moments in times.items()
    }
