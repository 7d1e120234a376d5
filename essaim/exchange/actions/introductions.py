"""« Do you know somebody there? »: whoever does offers to introduce, and each says yes for oneself.

No address is shown before all who are of the network have said yes. Of somebody outside nothing is
held but the name of the organisation: the introducer writes to them, from their own mailbox.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.core.writing import line
from essaim.exchange.actions.asks import CannotBeAsked, NeedOver, lock_need
from essaim.exchange.matching import kept_apart
from essaim.exchange.models import (
    INTRODUCTION,
    LIVE,
    Introduction,
    IntroductionState,
    Need,
    NeedState,
    Outcome,
)
from essaim.exchange.notifications import introductions as telling
from essaim.people.models import Person

# How long each may take to answer.
PATIENCE = timedelta(days=14)
FOLLOW_AFTER = timedelta(days=30)
OFFERS_A_DAY = 5
WORDS, ABOUT = 300, 120
OUTCOMES = (Outcome.INTRODUCED, Outcome.LED_TO_WORK, Outcome.NO_RESULT)


class NobodyLookedFor(Refusal):
    message = _("This need looks for nobody in particular.")


class OfferedAlready(Refusal):
    message = _("You have offered an introduction for this need already.")


class OffersEnough(Refusal):
    message = _("You have offered enough introductions for today: give people time to answer.")


@transaction.atomic
def look_for(*, need: Need, name: str, by: Person) -> None:
    """The author says at which organisation, or whom, they would like to reach; empty: nobody."""
    if by.pk != need.author_id:
        raise NotAllowed
    need = lock_need(need)
    if need.state not in (NeedState.DRAFT, *LIVE):
        raise NeedOver
    need.looking_for = line(name)[:ABOUT]
    need.save(update_fields=["looking_for"])
    journal.record("look_for", need, by=by, hub_id=need.hub_id)


@transaction.atomic
def offer_introduction(
    *, need: Need, by: Person, whom: Person | None = None, words: str = ""
) -> Introduction:
    """`whom`: a member of the network; None for somebody outside."""
    if not Need.objects.visible_to(by).exclude(author=by).filter(pk=need.pk).exists():
        raise NotAllowed
    need = lock_need(need)
    if need.state not in LIVE:
        raise NeedOver
    if not need.looking_for:
        raise NobodyLookedFor
    _refuse_offer(need, by, whom)
    now = timezone.now()
    offered = Introduction(
        need=need,
        asker=need.author,
        introducer=by,
        whom=whom,
        about=need.looking_for,
        words=line(words)[:WORDS],
        offered_at=now,
        lapses_at=now + PATIENCE,
    )
    try:
        with transaction.atomic():
            offered.save(force_insert=True)
    except IntegrityError as twice:
        raise OfferedAlready from twice
    journal.record("offer_introduction", offered, by=by, hub_id=need.hub_id)
    telling.offered(offered)
    return offered


def _refuse_offer(need: Need, by: Person, whom: Person | None) -> None:
    """Who avoids whom is never told: it reads like any other impossibility."""
    today = Introduction.objects.filter(
        introducer=by, offered_at__gt=timezone.now() - timedelta(days=1)
    )
    if today.count() >= OFFERS_A_DAY:
        raise OffersEnough
    if kept_apart(need.author_id, by.pk):
        raise CannotBeAsked(_("Your help cannot be taken for this need."))
    if whom is None:
        return
    if whom.pk in (need.author_id, by.pk):
        raise CannotBeAsked(_("An introduction joins two other people."))
    if not whom.is_reachable() or kept_apart(whom.pk, need.author_id) or kept_apart(whom.pk, by.pk):
        raise CannotBeAsked(_("This person cannot be asked now."))


@transaction.atomic
def welcome(*, introduction: Introduction, by: Person) -> None:
    """The asker says yes: now, and only now, is the third asked."""
    if by.pk != introduction.asker_id:
        raise NotAllowed
    now = timezone.now()
    _fire(introduction, "welcome", by, welcomed_at=now, lapses_at=now + PATIENCE)
    if introduction.whom is None:
        telling.to_be_sent(introduction)
    else:
        telling.asked(introduction)


@transaction.atomic
def decline_introduction(*, introduction: Introduction, by: Person) -> None:
    """The asker's no, or that of whom it would lead to; neither needs a reason."""
    verbs = {introduction.asker_id: "decline", introduction.whom_id: "refuse"}
    if by.pk not in verbs:
        raise NotAllowed
    _fire(introduction, verbs[by.pk], by, lapses_at=None)
    telling.ended(introduction, by=by)


@transaction.atomic
def make_introduction(*, introduction: Introduction, by: Person) -> None:
    """Whom it leads to says yes and both see how to reach each other; or the introducer has written
    outside."""
    whose = introduction.whom_id or introduction.introducer_id
    if by.pk != whose:
        raise NotAllowed
    now = timezone.now()
    _fire(introduction, "make", by, made_at=now, lapses_at=None, follow_at=now + FOLLOW_AFTER)
    telling.made(introduction)


@transaction.atomic
def withdraw_introduction(*, introduction: Introduction, by: Person) -> None:
    if by.pk != introduction.introducer_id:
        raise NotAllowed
    _fire(introduction, "withdraw", by, lapses_at=None)
    telling.ended(introduction, by=by)


@transaction.atomic
def tell_outcome(*, introduction: Introduction, outcome: str, by: Person) -> None:
    """Said by the asker, and as often as it changes."""
    if by.pk != introduction.asker_id or outcome not in OUTCOMES:
        raise NotAllowed
    changes = {"outcome": outcome, "outcome_at": timezone.now(), "follow_at": None}
    made = Introduction.objects.filter(pk=introduction.pk, state=IntroductionState.MADE)
    if not made.update(**changes):
        raise Overtaken
    journal.record("introduction_outcome", introduction, by=by, outcome=outcome)


@transaction.atomic
def ask_outcome(*, introduction: Introduction, now: datetime) -> bool:
    """Whoever empties the date asks; another worker finds nothing to do."""
    due = Introduction.objects.filter(pk=introduction.pk, follow_at__lte=now)
    if not due.update(follow_at=None):
        return False
    telling.what_came(introduction)
    return True


@transaction.atomic
def lapse(*, introduction: Introduction, now: datetime) -> bool:
    """Silence is no refusal, and is told as such to who offered and who waits."""
    due = Introduction.objects.filter(pk=introduction.pk, lapses_at__lte=now)
    if not INTRODUCTION.fire_all(due, "lapse", lapses_at=None):
        return False
    journal.record("lapse_introduction", introduction, by=None)
    telling.ended(introduction, by=None)
    return True


def end_introductions(*, person: Person) -> None:
    """For whoever leaves, in that transaction: what was underway with them stops without a word."""
    theirs = Q(asker=person) | Q(introducer=person) | Q(whom=person)
    INTRODUCTION.fire_all(Introduction.objects.filter(theirs), "lapse", lapses_at=None)
    Introduction.objects.filter(theirs).update(follow_at=None)


def _fire(introduction: Introduction, verb: str, by: Person, **changes: datetime | None) -> None:
    INTRODUCTION.fire(introduction, verb, **changes)
    journal.record(f"{verb}_introduction", introduction, by=by, hub_id=introduction.need.hub_id)


YES: dict[str, Callable[..., None]] = {
    IntroductionState.OFFERED: welcome,
    IntroductionState.WELCOMED: make_introduction,
}
