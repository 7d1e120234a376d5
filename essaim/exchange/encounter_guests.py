"""Those whom a hive may draw, as the engine sees them: texts, ids and numbers instead of rows.

Nobody is drawn who did not ask for it, who is on a pause, or who may not sign in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from essaim.exchange import scoring
from essaim.exchange.capacity import Load, loads_of
from essaim.exchange.encounter_past import past_of
from essaim.exchange.models import (
    EncounterGuest,
    EncounterPlace,
    EncounterRound,
    EscalationStep,
    Need,
    NeedAudience,
    Pause,
    RoundState,
)
from essaim.exchange.scoring import Candidate
from essaim.exchange.texts import FINDABLE, Texts, texts_of
from essaim.hubs.models import Hub
from essaim.hubs.rules import home_residencies
from essaim.matching.encounters import Guest, Past
from essaim.matching.wanting import Offer, Tree, Want
from essaim.people.models import Affiliation, PersonSkill, SkillKind

NEEDS = 5
# Said aloud to the hive, at the bell that rings once a week: at the Buzz, or put there by a host.
BELL = timedelta(days=7)
SAID_AT_THE_BUZZ = "buzz"
PUT_ON_THE_BELL = "friday_bell"


@dataclass(frozen=True)
class Quoted:
    """Where a text of the engine comes from, as cards keep it."""

    kind: str
    quote: str = ""
    label_fr: str = ""
    label_en: str = ""

    @property
    def facts(self) -> dict[str, str]:
        return vars(self).copy()


@dataclass(frozen=True)
class Told:
    """A guest with what their wants and offers quote, position by position."""

    guest: Guest
    wants: tuple[Quoted, ...]
    offers: tuple[Quoted, ...]


@dataclass(frozen=True)
class Hive:
    guests: dict[UUID, Told]
    past: Past


def eligible(hub: Hub, now: datetime) -> list[UUID]:
    """Whose home the hive is, and who wants to be drawn, today."""
    today = timezone.localdate(now)
    wanting = EncounterGuest.objects.on(today).values("person")
    homes = home_residencies().filter(hub=hub, person__in=wanting, person__state__in=FINDABLE)
    resting = Pause.objects.on(today).values("person")
    rows = homes.exclude(person__in=resting).order_by("person_id")
    return list(rows.values_list("person_id", flat=True))


def hive_of(hub: Hub, ids: Sequence[UUID], now: datetime) -> Hive:
    """As the engine sees these people; in a dozen queries however many they are."""
    texts, loads = texts_of(ids), loads_of(ids, now=now)
    wants, trees = _wants(hub, ids, now), _trees(ids)
    tags = tags_of(ids)
    left_out = _left_out(hub)
    guests = {}
    for pk in ids:
        known = texts.get(pk, Texts())
        offers = _offers(known, trees[pk])
        guests[pk] = Told(
            Guest(
                str(pk),
                tuple(want for want, _quoted in wants[pk]),
                tuple(offer for offer, _quoted in offers),
                tags[pk],
                _room(loads[pk]),
                pk in left_out,
            ),
            tuple(quoted for _want, quoted in wants[pk]),
            tuple(quoted for _offer, quoted in offers),
        )
    return Hive(guests, past_of(ids, now, tags_of))


def _room(load: Load) -> float:
    """Somebody who promised nothing is not loaded either: an encounter is no ask."""
    if not load.pledged:
        return 1.0
    return scoring.room(
        Candidate(
            text=0, overlap=0, pledged=load.pledged, agreed=load.agreed, open_asks=load.open_asks
        )
    )


Wanted = dict[UUID, list[tuple[Want, Quoted]]]


def _wants(hub: Hub, ids: Sequence[UUID], now: datetime) -> Wanted:
    """Open needs, the latest first; then skills to learn, then what the venture is up against."""
    found: Wanted = defaultdict(list)
    _add_needs(found, hub, ids, now)
    rows = PersonSkill.objects.filter(person__in=ids, kind=SkillKind.WANTS_TO_LEARN)
    for pk, skill, parent, fr, en in rows.order_by("id").values_list(
        "person_id", "skill_id", "skill__parent_id", "skill__label_fr", "skill__label_en"
    ):
        found[pk].append((Want(fr, _tree(skill, parent)), Quoted("learn", "", fr, en)))
    ventures = Affiliation.objects.current().filter(person__in=ids).order_by("id")
    for pk, challenge in ventures.values_list("person_id", "venture__challenge"):
        if challenge:
            found[pk].append((Want(challenge), Quoted("challenge", challenge)))
    return found


def _add_needs(found: Wanted, hub: Hub, ids: Sequence[UUID], now: datetime) -> None:
    """Cards quote them: one told in another hive alone is not for the people of this one."""
    told_here = Q(audience=NeedAudience.NETWORK) | Q(hub=hub)
    rows = Need.objects.live().filter(told_here, author__in=ids).order_by("-published_at", "id")
    needs = list(rows.values_list("pk", "author_id", "title", "source", "published_at"))
    wanted: dict[UUID, dict[str, str | None]] = defaultdict(dict)
    pks = [pk for pk, *_rest in needs]
    links = Need.skills.through.objects.filter(need__in=pks)
    for need, skill, parent in links.values_list("need_id", "skill_id", "skill__parent_id"):
        wanted[need] |= _tree(skill, parent)
    lately = EscalationStep.objects.filter(action=PUT_ON_THE_BELL, at__gte=now - BELL)
    steps = lately.filter(need__in=pks)
    on_the_bell = set(steps.values_list("need_id", flat=True))
    for pk, author, title, source, at in needs:
        if len(found[author]) < NEEDS:
            since = now - (at or now)
            rung = pk in on_the_bell or (source == SAID_AT_THE_BUZZ and since <= BELL)
            age = since.total_seconds() / 86_400
            found[author].append((Want(title, wanted[pk], age, rung), Quoted("need", title)))


def _tree(skill: UUID, parent: UUID | None) -> dict[str, str | None]:
    return {str(skill): str(parent) if parent else None}


def _trees(ids: Sequence[UUID]) -> dict[UUID, dict[str, Tree]]:
    """Of each lent skill, by person and skill."""
    found: dict[UUID, dict[str, Tree]] = defaultdict(dict)
    rows = PersonSkill.objects.lent().filter(person__in=ids)
    for pk, skill, parent in rows.values_list("person_id", "skill_id", "skill__parent_id"):
        found[pk][str(skill)] = _tree(skill, parent)
    return found


def _offers(known: Texts, trees: dict[str, Tree]) -> list[tuple[Offer, Quoted]]:
    skills = [
        (
            Offer(skill.line, trees.get(str(skill.id), {})),
            Quoted("skill", skill.note, skill.label_fr, skill.label_en),
        )
        for skill in known.skills
    ]
    met = [
        (Offer(need.title), Quoted("met", need.title)) for need in known.met if need.may_be_quoted
    ]
    ventures = [(Offer(venture), Quoted("venture", venture)) for venture in known.ventures]
    about = [(Offer(known.about), Quoted("about", known.about))] if known.about else []
    return [*skills, *met, *ventures, *about]


def tags_of(ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Trade, family and stage of their ventures; families of the skills that they lend."""
    found: dict[UUID, set[str]] = defaultdict(set)
    people = list(ids)
    rows: QuerySet[Any, Any] = Affiliation.objects.current().filter(person__in=people)
    for pk, *words in rows.values_list(
        "person_id", "venture__trade", "venture__family", "venture__stage"
    ):
        for kind, word in zip(("trade", "family", "stage"), words, strict=True):
            if word:
                found[pk].add(f"{kind}:{word}")
    lent = PersonSkill.objects.lent().filter(person__in=people)
    for pk, skill in lent.annotate(top=F("skill__parent")).values_list("person_id", "top"):
        if skill:
            found[pk].add(f"skill:{skill}")
    return {pk: frozenset(found[pk]) for pk in people}


def _left_out(hub: Hub) -> set[UUID]:
    """Those for whom nobody was found in the last round that left."""
    sent = EncounterRound.objects.filter(hub=hub, state=RoundState.SENT).order_by("-sent_at", "pk")
    last = sent.values_list("pk", flat=True).first()
    rows = EncounterPlace.objects.filter(Q(round=last), encounter__isnull=True)
    return set(rows.values_list("person_id", flat=True)) if last else set()
