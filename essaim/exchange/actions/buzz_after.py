"""After the Buzz: needs published, minutes sent, promises followed for fourteen days."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.actions.buzz import close_buzz
from essaim.exchange.actions.buzz_hands import lock_rooms
from essaim.exchange.actions.buzz_words import publish_said
from essaim.exchange.buzz.events import lock_buzz, tell
from essaim.exchange.models import (
    PROMISE,
    Buzz,
    BuzzPresence,
    BuzzPromise,
    BuzzTurn,
    Consent,
    HelpState,
    NeedState,
    PromiseState,
)
from essaim.exchange.notifications import buzz as telling
from essaim.hubs.models import Host
from essaim.people.models import Person

REMIND_BEFORE = timedelta(days=4)
# A host who went to lunch without closing: the minutes still leave.
SILENT = timedelta(minutes=30)
LONGEST = timedelta(hours=3)
DONE = (HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CONFIRMED)


class AlreadySettled(Refusal):
    message = _("What became of this promise is said already.")


def send_minutes(*, buzz_id: UUID) -> None:
    """Run by the worker, again if it failed: what is published or sent already stays so."""
    buzz = Buzz.objects.select_related("hub").get(pk=buzz_id)
    waiting = buzz.turns.filter(consent=Consent.AFTER, need__state=NeedState.DRAFT)
    for pk in waiting.order_by("position").values_list("pk", flat=True):
        _publish_after(pk)
    with transaction.atomic():
        buzz = lock_buzz(buzz)
        if buzz.minutes_sent_at is None:
            _tell_minutes(buzz)


@transaction.atomic
def _publish_after(turn_id: UUID) -> None:
    turn = BuzzTurn.objects.select_related("person", "need__hub", "buzz").get(pk=turn_id)
    rooms = lock_rooms(turn)
    turn.buzz = rooms[turn.buzz_id]
    try:
        with transaction.atomic():
            publish_said(turn, rooms)
    except Refusal:
        # Too many needs today, or taken back: the draft stays its author's, who is told.
        BuzzTurn.objects.filter(pk=turn.pk).update(consent=Consent.UNSAID)


def _tell_minutes(buzz: Buzz) -> None:
    present = BuzzPresence.objects.filter(buzz=buzz).values("person")
    hosts = Host.objects.current().filter(hub=buzz.hub).values("person")
    people = Person.objects.filter(pk__in=present.union(hosts)).order_by("pk")
    for person in people:
        if person.is_reachable():
            telling.minutes(buzz, person)
    undecided = buzz.turns.filter(consent=Consent.UNSAID, need__state=NeedState.DRAFT)
    undecided = undecided.exclude(need__title="")
    for turn in undecided.select_related("person", "need").order_by("position"):
        telling.need_kept(turn)
    buzz.minutes_sent_at = timezone.now()
    buzz.save(update_fields=["minutes_sent_at"])
    journal.record("send_minutes", buzz, by=None, hub_id=buzz.hub_id)
    tell(buzz, "minutes")


def close_forgotten(now: datetime) -> int:
    """Nobody said that it is over, and nothing has happened for a while."""
    live = Buzz.objects.live().filter(rung_at__lte=now - SILENT).order_by("pk")
    over = 0
    for buzz in live.select_related("hub"):
        last = buzz.events.order_by("-number").values_list("at", flat=True).first()
        quiet = last is None or last <= now - SILENT
        if buzz.rung_at is not None and (quiet or buzz.rung_at <= now - LONGEST):
            close_buzz(buzz=buzz, by=None)
            over += 1
    return over


@transaction.atomic
def settle_promise(*, promise: BuzzPromise, kept: bool, by: Person) -> None:
    """Said by either of the two; « not kept » may still become kept, a little late."""
    if by.pk not in (promise.giver_id, promise.receiver_id):
        raise NotAllowed
    verb = "keep" if kept else "break"
    if not PROMISE.can(promise, verb):
        raise AlreadySettled
    PROMISE.fire(promise, verb, settled_at=timezone.now(), settled_by=by)
    journal.record(f"{verb}_promise", promise, by=by, hub_id=promise.buzz.hub_id)


@transaction.atomic
def release_promise(*, promise: BuzzPromise, by: Person) -> None:
    """« No longer needed »: only whoever would receive may say so, and it counts for nobody."""
    if by.pk != promise.receiver_id:
        raise NotAllowed
    PROMISE.fire(promise, "release", settled_at=timezone.now(), settled_by=by)
    journal.record("release_promise", promise, by=by, hub_id=promise.buzz.hub_id)


def follow_promises(now: datetime) -> int:
    """Help that was done keeps its promise; past its date a promise counts as not kept."""
    made = BuzzPromise.objects.filter(state=PromiseState.MADE)
    # Past its date it counted as not kept; done a little late, it is kept. What people said holds.
    late = BuzzPromise.objects.filter(state=PromiseState.BROKEN, settled_by=None)
    done = (made | late).filter(exchange__state__in=DONE)
    moved = PROMISE.fire_all(done, "keep", settled_at=now)
    cancelled = made.filter(exchange__state__in=(HelpState.CANCELLED, HelpState.MISSION))
    moved += PROMISE.fire_all(cancelled, "release", settled_at=now)
    missed = made.filter(exchange__state=HelpState.NO_SHOW)
    moved += PROMISE.fire_all(missed, "break", settled_at=now)
    moved += PROMISE.fire_all(made.filter(due_at__lte=now), "break", settled_at=now)
    return moved + _remind(now)


def _remind(now: datetime) -> int:
    near = BuzzPromise.objects.filter(
        state=PromiseState.MADE, due_at__gt=now, due_at__lte=now + REMIND_BEFORE, reminded_at=None
    ).select_related("giver", "receiver", "buzz__hub")
    promises = list(near.order_by("due_at", "pk"))
    for promise in promises:
        _remind_of(promise, now)
    return len(promises)


@transaction.atomic
def _remind_of(promise: BuzzPromise, now: datetime) -> None:
    mine = BuzzPromise.objects.filter(pk=promise.pk, reminded_at=None)
    if mine.update(reminded_at=now) and promise.giver.is_reachable():
        telling.promise_reminder(promise)
