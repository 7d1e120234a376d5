"""A Buzz from the date fixed to its end: the bell, who is there, whose turn it is."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal, outbox
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.buzz.cards import person_facts, turn_facts
from essaim.exchange.buzz.events import is_new, lock_buzz, tell
from essaim.exchange.buzz.rules import is_in_room, may_run, may_type
from essaim.exchange.models import (
    BUZZ,
    LIVE_BUZZ,
    TURN,
    Buzz,
    BuzzPresence,
    BuzzState,
    BuzzTurn,
    TurnState,
)
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person

WEEK = timedelta(days=7)
# Rung no earlier than that, it is the Buzz of the week and not one more.
EARLY = timedelta(days=2)
# Nobody rang: the hive was away.
MISSED = timedelta(hours=12)


class BuzzOver(Refusal):
    message = _("This Buzz is over.")


class BellNotRung(Refusal):
    message = _("The bell has not rung yet.")


class AlreadyLive(Refusal):
    message = _("A Buzz is underway in this hive: end it first.")


class NotInRoom(Refusal):
    message = _("This person is not noted in the room: add them first.")


class InThePast(Refusal):
    message = _("Choose a moment to come.")


@transaction.atomic
def plan_buzz(*, hub: Hub, starts_at: datetime, by: Person) -> Buzz:
    """A hive has one Buzz ahead: to fix it again moves it."""
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    if starts_at < timezone.now() - timedelta(hours=1):
        raise InThePast
    buzz, _new = Buzz.objects.update_or_create(
        hub=hub, state=BuzzState.PLANNED, defaults={"starts_at": starts_at}
    )
    journal.record("plan_buzz", buzz, by=by, hub_id=hub.pk)
    return buzz


@transaction.atomic
def ring_bell(*, buzz: Buzz, by: Person, key: UUID | None = None) -> None:
    if not may_run(by, buzz):
        raise NotAllowed
    buzz = lock_buzz(buzz)
    if not is_new(key, by) or buzz.state in LIVE_BUZZ:
        return
    if buzz.state == BuzzState.CLOSED:
        raise BuzzOver
    if Buzz.objects.live().filter(hub=buzz.hub).exists():
        raise AlreadyLive
    BUZZ.fire(buzz, "ring", rung_at=timezone.now())
    journal.record("ring_bell", buzz, by=by, hub_id=buzz.hub_id)
    tell(buzz, "bell")


@transaction.atomic
def start_buzz(*, hub: Hub, by: Person) -> Buzz:
    """The bell now: for the Buzz ahead, or one that nobody had planned. Two who pull it at once
    are in the same one."""
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
    rows = Buzz.objects.filter(hub=hub)
    buzz = rows.live().first() or rows.filter(state=BuzzState.PLANNED).first()
    buzz = buzz or plan_buzz(hub=hub, starts_at=timezone.now(), by=by)
    ring_bell(buzz=buzz, by=by)
    return buzz


@transaction.atomic
def join_buzz(
    *, buzz: Buzz, by: Person, person: Person | None = None, key: UUID | None = None
) -> None:
    """« I am here », even before the bell; or the scribe sees somebody without a phone.

    Each gets a turn.
    """
    person = person or by
    _refuse_at_the_door(buzz, person, by)
    buzz = lock_buzz(buzz)
    if buzz.state == BuzzState.CLOSED:
        raise BuzzOver
    if not is_new(key, by):
        return
    _presence, new = BuzzPresence.objects.get_or_create(
        buzz=buzz, person=person, defaults={"noted_by": by}
    )
    if new:
        _add_turn(buzz, person)
        journal.record("join_buzz", buzz, by=by, hub_id=buzz.hub_id, person=str(person.pk))
        tell(buzz, "present", about=person, person=person_facts(person), **_counts(buzz))


def _refuse_at_the_door(buzz: Buzz, person: Person, by: Person) -> None:
    if person.pk == by.pk:
        allowed = Buzz.objects.visible_to(by).filter(pk=buzz.pk).exists()
    else:
        allowed = may_run(by, buzz) or (may_type(by, buzz) and _belongs(person, buzz))
    if not allowed:
        raise NotAllowed


def _belongs(person: Person, buzz: Buzz) -> bool:
    """Guests of other hives are let in by a host."""
    lives = Residency.objects.current().filter(person=person, hub=buzz.hub_id)
    return lives.exists() or hosts_hub(person, buzz.hub_id)


def _add_turn(buzz: Buzz, person: Person) -> BuzzTurn:
    last = buzz.turns.order_by("-position").values_list("position", flat=True).first() or 0
    return BuzzTurn.objects.create(buzz=buzz, person=person, position=last + 1)


def _counts(buzz: Buzz) -> dict[str, int]:
    waiting = buzz.turns.filter(state=TurnState.WAITING)
    return {"present": buzz.presences.count(), "waiting": waiting.count()}


@transaction.atomic
def give_turn(
    *,
    buzz: Buzz,
    by: Person,
    after: UUID | None = None,
    turn: BuzzTurn | None = None,
    key: UUID | None = None,
) -> None:
    """The one who speaks is thanked, and the next has the floor: `turn`, or who waited longest.

    `after` is whom the console showed speaking: pressed twice, the bar gives one turn.
    """
    if not may_run(by, buzz) or (turn is not None and turn.buzz_id != buzz.pk):
        raise NotAllowed
    buzz = lock_live(buzz)
    if not is_new(key, by):
        return
    speaking = buzz.turns.filter(state=TurnState.SPEAKING).first()
    if after != (speaking.pk if speaking else None):
        raise Overtaken
    if buzz.state == BuzzState.RINGING:
        BUZZ.fire(buzz, "begin", began_at=timezone.now())
    if speaking is not None:
        TURN.fire(speaking, "end", ended_at=timezone.now())
    chosen = turn or buzz.turns.filter(state=TurnState.WAITING).order_by("position").first()
    if chosen is not None:
        TURN.fire(chosen, "give", began_at=timezone.now())
    journal.record("give_turn", buzz, by=by, hub_id=buzz.hub_id)
    tell(buzz, "turn", about=chosen.person if chosen else None, **turn_facts(buzz, chosen))


@transaction.atomic
def skip_turn(*, turn: BuzzTurn, by: Person, key: UUID | None = None) -> None:
    """« Not today »: said by the person, or by a host for who is out of the room."""
    if turn.person_id != by.pk and not may_run(by, turn.buzz):
        raise NotAllowed
    buzz = lock_live(turn.buzz)
    if not is_new(key, by):
        return
    TURN.fire(turn, "skip", ended_at=timezone.now())
    speaking = buzz.turns.filter(state=TurnState.SPEAKING).first()
    tell(buzz, "turn", **turn_facts(buzz, speaking))


@transaction.atomic
def name_scribe(*, buzz: Buzz, person: Person | None, by: Person, key: UUID | None = None) -> None:
    """Somebody of the room types what is said; nobody, and the hosts do."""
    if not may_run(by, buzz):
        raise NotAllowed
    if person is not None and not is_in_room(person, buzz):
        raise NotInRoom
    buzz = lock_live(buzz)
    if not is_new(key, by):
        return
    Buzz.objects.filter(pk=buzz.pk).update(scribe=person)
    tell(buzz, "scribe", about=person, name=person.given_name if person else "")


@transaction.atomic
def close_buzz(*, buzz: Buzz, by: Person | None, key: UUID | None = None) -> None:
    """The worker sends the minutes and publishes the needs at once after. Next week's is fixed."""
    if by is not None and not may_run(by, buzz):
        raise NotAllowed
    buzz = lock_buzz(buzz)
    if (by is not None and not is_new(key, by)) or buzz.state == BuzzState.CLOSED:
        return
    if buzz.state == BuzzState.PLANNED:
        raise BellNotRung
    now = timezone.now()
    TURN.fire_all(buzz.turns.filter(state=TurnState.SPEAKING), "end", ended_at=now)
    BUZZ.fire(buzz, "close", closed_at=now)
    journal.record("close_buzz", buzz, by=by, hub_id=buzz.hub_id)
    tell(buzz, "closed")
    outbox.put("buzz_minutes", {"buzz": str(buzz.pk)}, key=f"buzz_minutes:{buzz.pk}")
    _plan_next(buzz, now)


def _plan_next(buzz: Buzz, now: datetime) -> None:
    """At the same time on the clock of the hive, whatever summer time does in between."""
    at = _weeks_later(buzz, now + EARLY)
    Buzz.objects.get_or_create(hub=buzz.hub, state=BuzzState.PLANNED, defaults={"starts_at": at})


def _weeks_later(buzz: Buzz, moment: datetime) -> datetime:
    at = buzz.starts_at.astimezone(ZoneInfo(buzz.hub.time_zone))
    while at <= moment:
        at += WEEK
    return at


def fix_missed(now: datetime) -> int:
    """A bell that nobody rang is for next week: « next bell: last Friday » helps nobody."""
    missed = Buzz.objects.filter(state=BuzzState.PLANNED, starts_at__lte=now - MISSED)
    moved = 0
    for buzz in missed.select_related("hub").order_by("pk"):
        still = missed.filter(pk=buzz.pk, starts_at=buzz.starts_at)
        moved += still.update(starts_at=_weeks_later(buzz, now))
    return moved


def lock_live(buzz: Buzz) -> Buzz:
    buzz = lock_buzz(buzz)
    if buzz.state == BuzzState.PLANNED:
        raise BellNotRung
    if buzz.state == BuzzState.CLOSED:
        raise BuzzOver
    return buzz
