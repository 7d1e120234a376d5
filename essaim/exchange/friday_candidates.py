"""Who could answer each of many needs, and how well: a search for each need, and one reading of
everything else for all of them.

`matching.suggest` reads ten queries for one need; sixty needs of a hive are read here in sixteen.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from essaim.exchange import index, matching, scoring
from essaim.exchange.answering import answers_of
from essaim.exchange.friday import NEAR, Offer
from essaim.exchange.friday_guards import Guards, guards_of
from essaim.exchange.models import HelpExchange, HelpState, Need, NeedAudience
from essaim.exchange.reasons import Reasons
from essaim.exchange.scoring import Answers, Candidate, Place, Score
from essaim.exchange.texts import told_by
from essaim.matching import Hit
from essaim.people.models import Skill

# How many the engine finds for each need, before the guards.
FOUND = 200
NO_HELP = (HelpState.CANCELLED, HelpState.NO_SHOW)


@dataclass
class Known:
    """What was read for all needs together."""

    guards: Guards
    hits: dict[UUID, dict[UUID, Hit]]
    answers: dict[UUID, list[Answers]]
    # When the author of a need and each other person last helped each other.
    helped: dict[UUID, dict[UUID, datetime]]
    lent: dict[UUID, dict[object, Place]]
    scores: dict[tuple[UUID, UUID], Score] = field(default_factory=dict)


def offers_for(needs: Sequence[Need], *, now: datetime) -> tuple[list[Offer], Known]:
    """Those whom nothing forbids to ask now. `needs` come with their skills prefetched."""
    known = _known(needs, now)
    offers = []
    for need in needs:
        wanted = [Place(skill.pk, skill.parent_id) for skill in need.skills.all()]
        for pk in known.hits[need.pk]:
            if known.guards.why_not(need, pk):
                continue
            scored = scoring.score(_candidate(known, need, pk, wanted), now=now)
            if scored.value > 0:
                known.scores[need.pk, pk] = scored
                near = scored.relevance >= NEAR
                offers.append(Offer(need.pk, pk, scored.value, near))
    return offers, known


def _known(needs: Sequence[Need], now: datetime) -> Known:
    hits = _found(needs)
    ids = sorted({pk for found in hits.values() for pk in found})
    skills = {skill for need in needs for skill in need.skills.all()}
    return Known(
        guards=guards_of(needs, ids, now=now),
        hits=hits,
        answers=answers_of(ids, now=now),
        helped=_helped({need.author_id for need in needs}),
        lent=_lent(skills, ids),
    )


def _found(needs: Sequence[Need]) -> dict[UUID, dict[UUID, Hit]]:
    wishes = [
        (
            matching.sentence_of(need, list(need.skills.all())),
            need.hub_id if need.audience == NeedAudience.HUB else None,
        )
        for need in needs
    ]
    found = index.search_people_for(wishes, k=FOUND)
    return {
        need.pk: {UUID(hit.id): hit for hit in hits}
        for need, hits in zip(needs, found, strict=True)
    }


def _helped(authors: set[UUID]) -> dict[UUID, dict[UUID, datetime]]:
    last: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    either = Q(giver__among=authors) | Q(receiver__among=authors)
    rows = HelpExchange.objects.exclude(state__in=NO_HELP).filter(either)
    for giver, receiver, at in rows.values_list("giver_id", "receiver_id", "created_at"):
        for one, other in ((giver, receiver), (receiver, giver)):
            last[one][other] = max(at, last[one].get(other, at))
    return last


def _lent(skills: set[Skill], ids: list[UUID]) -> dict[UUID, dict[object, Place]]:
    found: dict[UUID, dict[object, Place]] = defaultdict(dict)
    near = {pk for skill in skills for pk in (skill.pk, skill.parent_id) if pk}
    for pk, skill, parent in matching.lent_near(near=near, ids=ids):
        found[pk][skill] = Place(skill, parent)
    return found


def _candidate(known: Known, need: Need, pk: UUID, wanted: list[Place]) -> Candidate:
    load, helped = known.guards.loads[pk], known.helped[need.author_id]
    return Candidate(
        text=known.hits[need.pk][pk].score,
        overlap=scoring.overlap(wanted, known.lent[pk]),
        answers=tuple(known.answers.get(pk, ())),
        pledged=load.pledged,
        agreed=load.agreed,
        open_asks=load.open_asks,
        ever_helped=pk in helped,
        last_help_at=helped.get(pk),
    )


def explained(offers: Sequence[Offer], known: Known, authors: dict[UUID, UUID]) -> list[Reasons]:
    """The reasons of each offer, as they are kept with an ask. `authors`: of each need."""
    told = told_by(sorted({offer.person for offer in offers}))
    found = []
    for offer in offers:
        hit = known.hits[offer.need][offer.person]
        reasons = matching.reasons_from(
            told[offer.person].evidence_of(hit.reasons),
            free=known.guards.loads[offer.person].free_minutes,
            first=offer.person not in known.helped[authors[offer.need]],
        )
        parts = matching.parts_of(known.scores[offer.need, offer.person])
        found.append(reasons | {"parts": parts})
    return found
