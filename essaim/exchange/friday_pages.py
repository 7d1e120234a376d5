"""What the page of Friday's asks shows: each need with whom to ask and why, and everyone's load."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange import reasons
from essaim.exchange.actions.friday import needs_to_ask
from essaim.exchange.capacity import Load
from essaim.exchange.friday_guards import Why, guards_of, impossible, words_of
from essaim.exchange.models import (
    SAID_YES,
    BatchState,
    EscalationStep,
    FridayBatch,
    FridayProposal,
    Need,
    ProposalState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person


@dataclass(frozen=True)
class Line:
    """Somebody proposed for a need; `stale`: what keeps them from being asked now."""

    person: Person
    why: str
    load: str
    stale: str | Promise


@dataclass
class Asked:
    """A need of the batch. `stale` when the need itself waits no more."""

    need: Need
    at_the_buzz: bool
    struck: bool = False
    chosen: Line | None = None
    others: list[Line] = field(default_factory=list)
    stale: str | Promise = ""


@dataclass
class Carried:
    """Somebody of the batch, what they carry already, and what is asked of them here."""

    person: Person
    load: str
    asks: list[Need] = field(default_factory=list)

    @property
    def count(self) -> str:
        n = len(self.asks)
        return ngettext("%(n)d ask here", "%(n)d asks here", n) % {"n": n}


def batch_page(batch: FridayBatch, now: datetime) -> dict[str, Any]:
    proposals = _proposals(batch)
    chosen = [one for one in proposals if one.state == ProposalState.CHOSEN]
    others = [one for one in proposals if one.state != ProposalState.CHOSEN]
    people = {one.helper_id for one in proposals}
    guards = guards_of([one.need for one in proposals], people, now=now)
    # Read before the asks of the batch are counted in: what each carries already.
    loads = dict(guards.loads)
    stale = impossible(chosen, guards)
    stale |= {one.pk: why for one in others if (why := guards.why_not(one.need, one.helper_id))}
    asked, carried = _asked(proposals, stale, loads), _carried(proposals, loads)
    return {
        "asked": asked,
        "carrying": [one for one in carried if one.asks],
        "free": [one for one in carried if not one.asks],
        "ready": len([one for one in chosen if one.pk not in stale]),
        "stale": len([one for one in chosen if one.pk in stale]),
        "without": _without(batch, now),
    }


def _proposals(batch: FridayBatch) -> list[FridayProposal]:
    rows = batch.proposals.select_related("need__author", "helper")
    put = EscalationStep.objects.filter(need=OuterRef("need"), action="friday_bell")
    found = rows.annotate(at_the_buzz=Exists(put)).order_by("rank", "pk")
    return sorted(found, key=lambda p: (p.need.published_at or p.need.created_at, p.need_id))


def _asked(
    proposals: list[FridayProposal], stale: dict[UUID, str], loads: dict[UUID, Load]
) -> list[Asked]:
    found: dict[UUID, Asked] = {}
    for one in proposals:
        asked = found.setdefault(one.need_id, Asked(one.need, one.at_the_buzz))  # type: ignore[attr-defined]
        why = stale.get(one.pk, "")
        if why == Why.NEED_OVER:
            asked.stale = words_of(why)
        line = Line(
            person=one.helper,
            why=reasons.about_helper(one.reasons, one.helper.given_name),
            load=load_words(loads[one.helper_id]),
            stale=words_of(why) if why else "",
        )
        asked.struck |= one.state == ProposalState.STRUCK
        if one.state == ProposalState.CHOSEN:
            asked.chosen = line
        else:
            asked.others.append(line)
    return list(found.values())


def load_words(load: Load) -> str:
    """« 1 demande sur 2 cette semaine ; 1 h 30 libres sur 4 h »."""
    words = {
        "n": load.asks_this_week,
        "most": load.max_asks_per_week,
        "free": minutes_words(load.free_minutes),
        "pledged": minutes_words(load.pledged),
    }
    if not load.free_minutes:
        return _("%(n)d of %(most)d asks this week; the month is full") % words
    return _("%(n)d of %(most)d asks this week; %(free)s free of %(pledged)s") % words


def _carried(proposals: list[FridayProposal], loads: dict[UUID, Load]) -> list[Carried]:
    """Those who are asked most first."""
    found: dict[UUID, Carried] = {}
    for one in proposals:
        load = load_words(loads[one.helper_id])
        carried = found.setdefault(one.helper_id, Carried(one.helper, load))
        if one.state == ProposalState.CHOSEN:
            carried.asks.append(one.need)
    return sorted(found.values(), key=lambda c: (-len(c.asks), c.person.name, c.person.pk))


def _without(batch: FridayBatch, now: datetime) -> dict[str, list[Need]]:
    """Needs of the hive that the batch does not hold: came since, or nobody may be asked."""
    held = batch.proposals.values("need")
    waiting = needs_to_ask(batch.hub, now).exclude(pk__in=held).order_by("published_at", "pk")
    found: dict[str, list[Need]] = {"since": [], "nobody": []}
    for need in waiting:
        came_since = need.published_at is not None and need.published_at > batch.made_at
        found["since" if came_since else "nobody"].append(need)
    return found


def sent_batches(hub: Hub) -> QuerySet[Any]:
    """Those that left, with how many were asked and how many said yes."""
    asked = Q(proposals__state=ProposalState.ASKED)
    yes = asked & Q(proposals__ask__state__in=SAID_YES)
    rows = FridayBatch.objects.filter(hub=hub, state=BatchState.SENT).select_related("ended_by")
    return rows.annotate(
        asked=Count("proposals", filter=asked), yes=Count("proposals", filter=yes)
    ).order_by("-ended_at", "pk")


def left_out_of(batch: FridayBatch | None) -> list[dict[str, Any]]:
    """What became impossible between the draft and the sending, told after it."""
    if batch is None:
        return []
    rows = batch.proposals.filter(state=ProposalState.LEFT_OUT).select_related("need", "helper")
    return [
        {"need": one.need, "name": one.helper.name, "why": words_of(one.why)}
        for one in rows.order_by("need_id")
    ]
