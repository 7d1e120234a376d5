"""Who can help with a need, and why: the engine finds, guards forbid, factors order.

Every guard and factor is one query for all candidates, so that a need posted in a network of
16,000 people costs what it costs in a hive of twenty.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from essaim.core.prepared import Prepared
from essaim.exchange import index, reasons, scoring
from essaim.exchange.answering import answers_of
from essaim.exchange.capacity import AskedBy, Load, loads_of
from essaim.exchange.models import (
    Ask,
    AvoidPair,
    HelpExchange,
    HelpState,
    Need,
    NeedAudience,
)
from essaim.exchange.scoring import Answers, Candidate, Place, Score
from essaim.exchange.texts import FINDABLE, Evidence, told_by
from essaim.hubs.models import Residency
from essaim.matching import Hit
from essaim.people.models import Affiliation, Person, PersonSkill, Skill

# How many the engine finds: first so many, then more.
CANDIDATES = (100, 400)
# Shares of the best score: below the first a skill is a coincidence of words, from the second on
# it is ticked without being asked.
SKILL_FLOOR = 0.6
SKILL_LIKELY = 0.85
PROPOSED_SKILLS = 5
# Of somebody whom the author named: nothing was compared.
NO_SCORE = Score(relevance=0.0, answers=0.0, room=0.0, diversity=0.0)

# What a name and a photo are made of.
SHOWN = ("pk", "given_name", "family_name", "state", "photo_small_id")


@dataclass(frozen=True)
class Suggestion:
    person_id: UUID
    score: Score
    reasons: dict[str, Any]


@dataclass
class _Facts:
    """What the guards and factors say about the candidates."""

    loads: dict[UUID, Load]
    askable: list[UUID]
    helped: dict[UUID, datetime]
    answers: dict[UUID, list[Answers]] = field(default_factory=dict)
    lent: dict[UUID, dict[object, Place]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True)
class Proposal:
    skill: Skill
    likely: bool


def propose_skills(text: str) -> list[Proposal]:
    """At most five skills that a sentence speaks of, best first."""
    hits = index.search_skills(text, k=PROPOSED_SKILLS)
    shares = {hit.id: hit.score / hits[0].score for hit in hits}
    known = {str(skill.pk): skill for skill in Skill.objects.usable().filter(pk__in=list(shares))}
    return [
        Proposal(known[identifier], share >= SKILL_LIKELY)
        for identifier, share in shares.items()
        if share >= SKILL_FLOOR and identifier in known
    ]


def likely_skills(text: str) -> list[Skill]:
    return [proposal.skill for proposal in propose_skills(text) if proposal.likely]


def suggest(
    need: Need,
    *,
    now: datetime,
    count: int,
    struck: Collection[UUID] = (),
    among: Collection[UUID] | None = None,
) -> list[Suggestion]:
    """At most `count` people who may be asked, best first, never one who was asked already."""
    wanted = list(need.skills.all())
    for k in CANDIDATES:
        found = _found(need, wanted, k, among)
        facts = _facts(need, [pk for pk in found if pk not in struck], now, wanted)
        # Further only when the guards leave too few of the best.
        if len(facts.askable) >= count or len(found) < k:
            break
    places = [Place(skill.pk, skill.parent_id) for skill in wanted]
    scored = []
    for pk in facts.askable:
        near = scoring.overlap(places, facts.lent[pk])
        candidate = _candidate(facts, pk, text=found[pk].score, overlap=near)
        scored.append((scoring.score(candidate, now=now), pk))
    best = sorted(scored, key=lambda pair: (-pair[0].value, pair[1]))[:count]
    return _explained([(s, pk, found[pk].reasons) for s, pk in best if s.value > 0], facts)


def suggest_with(
    need: Need, first: Person | None, *, now: datetime, count: int, **limits: Any
) -> list[Suggestion]:
    """As `suggest`, led by somebody the author thought of, unless struck or kept by a guard."""
    if first is None:
        return suggest(need, now=now, count=count, **limits)
    struck = {*limits.pop("struck", ()), first.pk}
    others = suggest(need, now=now, count=count, struck=struck, **limits)
    return [*_wished(need, first, now), *others][:count]


def _wished(need: Need, first: Person, now: datetime) -> list[Suggestion]:
    if why_not(need, first, now=now, by=AskedBy.SOMEBODY):
        return []
    reasons = reasons_for(need, first.pk, now=now)
    return [Suggestion(first.pk, NO_SCORE, reasons)]


def _found(
    need: Need, wanted: Sequence[Skill], k: int, among: Collection[UUID] | None
) -> dict[UUID, Hit]:
    hub_id = need.hub_id if need.audience == NeedAudience.HUB else None
    hits = index.search_people(sentence_of(need, wanted), k=k, hub_id=hub_id, among=among)
    return {UUID(hit.id): hit for hit in hits}


def why_not(need: Need, helper: Person, *, now: datetime, by: AskedBy) -> str:
    """What keeps one person from being asked, in words; empty when nothing does.

    That two people are kept apart is told to nobody: it reads like any other impossibility.
    """
    load = loads_of([helper.pk], now=now)[helper.pk]
    if obstacles := load.why_not_ask(now, need.minutes, by):
        return _("%(name)s cannot be asked now: %(why)s.") % {
            "name": helper.given_name,
            "why": obstacles[0].label,
        }
    outside = need.audience == NeedAudience.HUB and not _lives_in(helper.pk, need.hub_id)
    if outside or helper.pk not in _allowed(need, [helper.pk]):
        return _("%(name)s cannot be asked for this need.") % {"name": helper.given_name}
    return ""


def _lives_in(person_id: UUID, hub_id: UUID) -> bool:
    return Residency.objects.current().filter(person_id=person_id, hub_id=hub_id).exists()


def reasons_for(need: Need, helper_id: UUID, *, now: datetime) -> dict[str, Any]:
    """Why this person, chosen by somebody, would be a good idea; as far as words can tell."""
    wanted = list(need.skills.all())
    hits = index.search_people(sentence_of(need, wanted), k=1, among=[helper_id])
    facts = _Facts(loads_of([helper_id], now=now), [helper_id], _last_help(need.author_id))
    found = hits[0].reasons if hits else None
    return _reasons(told_by([helper_id])[helper_id].evidence_of(found), facts, helper_id)


def sentence_of(need: Need, wanted: Sequence[Skill]) -> str:
    labels = [skill.label_fr for skill in wanted]
    return "\n".join([need.text or need.title, need.title, *labels])


def _facts(need: Need, ids: list[UUID], now: datetime, wanted: Sequence[Skill] = ()) -> _Facts:
    """Guards first: nothing more is read about people who may not be asked."""
    allowed = _allowed(need, ids)
    loads = loads_of([pk for pk in ids if pk in allowed], now=now)
    askable = [pk for pk, load in loads.items() if load.may_be_asked(now, need.minutes)]
    facts = _Facts(loads, askable, _last_help(need.author_id), answers_of(askable, now=now))
    if wanted:
        _add_skills_near(facts, wanted)
    return facts


def _allowed(need: Need, ids: list[UUID]) -> set[UUID]:
    """Neither the author, nor asked already, of the same venture, kept apart, or gone since the
    index was read."""
    return {pk for (pk,) in _allowed_among(ids=ids, need=need.pk, author=need.author_id)}


def _allowed_query(ids: list[UUID], need: UUID, author: UUID) -> QuerySet[Any, Any]:
    them = OuterRef("pk")
    mine = Affiliation.objects.current().filter(person_id=author).values("venture")
    team = Affiliation.objects.current().filter(person=them, venture__in=mine)
    apart = AvoidPair.objects.filter(
        Q(person=them, other_id=author) | Q(person_id=author, other=them)
    )
    here: QuerySet[Any, Any] = Person.objects.filter(~Q(pk=author), pk__among=ids)
    return here.filter(
        Q(state__in=FINDABLE),
        ~Exists(Ask.objects.filter(need_id=need, helper=them)),
        ~Exists(team),
        ~Exists(apart),
    ).values_list("pk")


_allowed_among = Prepared(_allowed_query, ids=list, need=UUID, author=UUID)


def _apart_from(person_id: UUID) -> set[UUID]:
    pairs = AvoidPair.objects.filter(Q(person_id=person_id) | Q(other_id=person_id))
    return {pk for pair in pairs.values_list("person_id", "other_id") for pk in pair} - {person_id}


def kept_apart(one: UUID, other: UUID) -> bool:
    return other in _apart_from(one)


def _last_help(author_id: UUID) -> dict[UUID, datetime]:
    """When the author and each other person last helped each other, whoever gave."""
    last: dict[UUID, datetime] = {}
    for giver, receiver, at in _helps_with(author=author_id):
        other = receiver if giver == author_id else giver
        last[other] = max(at, last.get(other, at))
    return last


def _helps_query(author: UUID) -> QuerySet[Any, Any]:
    happened = HelpExchange.objects.exclude(state__in=(HelpState.CANCELLED, HelpState.NO_SHOW))
    rows = happened.filter(Q(giver_id=author) | Q(receiver_id=author))
    return rows.values_list("giver_id", "receiver_id", "created_at")


_helps_with = Prepared(_helps_query, author=UUID)


def _add_skills_near(facts: _Facts, wanted: Sequence[Skill]) -> None:
    """The lent skills that can count: those wanted, and those beside, above or below them."""
    near = {pk for skill in wanted for pk in (skill.pk, skill.parent_id) if pk}
    for pk, skill, parent in lent_near(near=near, ids=facts.askable):
        facts.lent[pk][skill] = Place(skill, parent)


def _lent_query(near: Collection[UUID], ids: Collection[UUID]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = PersonSkill.objects.lent().filter(
        Q(skill__among=near) | Q(skill__parent__among=near), person__among=ids
    )
    return rows.values_list("person_id", "skill_id", "skill__parent_id")


lent_near = Prepared(_lent_query, near=list, ids=list)


def _candidate(facts: _Facts, pk: UUID, *, text: float, overlap: float) -> Candidate:
    load = facts.loads[pk]
    return Candidate(
        text=text,
        overlap=overlap,
        answers=tuple(facts.answers.get(pk, ())),
        pledged=load.pledged,
        agreed=load.agreed,
        open_asks=load.open_asks,
        beyond=load.beyond,
        ever_helped=pk in facts.helped,
        last_help_at=facts.helped.get(pk),
    )


def _explained(best: list[tuple[Score, UUID, Any]], facts: _Facts) -> list[Suggestion]:
    known = told_by([pk for _score, pk, _found in best])
    suggestions = []
    for score, pk, found in best:
        reasons = _reasons(known[pk].evidence_of(found), facts, pk) | {"parts": parts_of(score)}
        suggestions.append(Suggestion(pk, score, reasons))
    return suggestions


def parts_of(score: Score) -> dict[str, float]:
    return {
        "relevance": round(score.relevance, 3),
        "answers": round(score.answers, 3),
        "room": round(score.room, 3),
        "diversity": score.diversity,
    }


def _reasons(evidence: Evidence | None, facts: _Facts, pk: UUID) -> dict[str, Any]:
    free = facts.loads[pk].free_minutes
    return reasons_from(evidence, free=free, first=pk not in facts.helped)


def reasons_from(evidence: Evidence | None, *, free: int, first: bool) -> dict[str, Any]:
    """As they are kept with an ask: what the sentence "why you" is made of."""
    return {
        "kind": evidence.kind if evidence else "",
        "quote": evidence.quote if evidence else "",
        "label_fr": evidence.label_fr if evidence else "",
        "label_en": evidence.label_en if evidence else "",
        "free": free,
        "first": first,
    } | reasons.of_path(evidence.path if evidence else None)


@dataclass(frozen=True)
class Card:
    """How a person is shown beside the reason why."""

    id: UUID
    name: str
    given_name: str
    venture: str
    hub: str
    photo: str


def cards_of(person_ids: Sequence[UUID]) -> dict[UUID, Card]:
    found = {}
    for *fields, venture, hub in _cards_of(ids=person_ids):
        person = Person(**dict(zip(SHOWN, fields, strict=True)))
        found[person.pk] = Card(
            person.pk, person.name, person.given_name, venture or "", hub or "", person.photo_url
        )
    return found


def _cards_query(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    """The venture and the hive where the person has been longest."""
    them = OuterRef("pk")
    ventures = Affiliation.objects.current().filter(person=them).order_by("since_on", "-id")
    hubs = Residency.objects.current().filter(person=them).order_by("since_on", "-id")
    people: QuerySet[Any, Any] = Person.objects.filter(pk__among=ids)
    venture = Subquery(ventures.values("venture__name")[:1])
    hub = Subquery(hubs.values("hub__name")[:1])
    return people.values_list(*SHOWN, venture, hub)


_cards_of = Prepared(_cards_query, ids=list)
