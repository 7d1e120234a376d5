"""Hands raised, promises made, needs relayed: what the room gives to who speaks."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.writing import line
from essaim.exchange import matching
from essaim.exchange.actions import asks
from essaim.exchange.actions.buzz import BuzzOver, NotInRoom, lock_live
from essaim.exchange.buzz.cards import person_facts
from essaim.exchange.buzz.events import is_new, lock_buzzes, tell
from essaim.exchange.buzz.rules import is_in_room, may_be_relayed, may_type, may_type_in
from essaim.exchange.models import (
    HAND,
    Buzz,
    BuzzHand,
    BuzzPromise,
    BuzzRelay,
    BuzzState,
    BuzzTurn,
    HandState,
    HelpExchange,
    NeedState,
)
from essaim.people.models import Person

FOLLOWED = timedelta(days=14)
LONGEST_PROMISE = 200
# A need goes to so many other hives: all of them would drown each wall.
RELAYED_TO = 5


class OwnNeed(Refusal):
    message = _("This is your own need.")


class NotForYou(Refusal):
    message = _("Your help cannot be taken for this need.")


class NothingToHelpWith(Refusal):
    message = _("Wait for the need to be said.")


class NothingPromised(Refusal):
    message = _("Write in a few words what is promised.")


class PromisedToOneself(Refusal):
    message = _("A promise is made to somebody else.")


class NotToBeRelayed(Refusal):
    message = _("Ask first whether the need may be told in other hives.")


class NobodyElse(Refusal):
    message = _("No other hive has its Buzz now.")


@transaction.atomic
def raise_hand(
    *, turn: BuzzTurn, by: Person, person: Person | None = None, key: UUID | None = None
) -> BuzzHand | None:
    """« I can help ». A need that is published takes it at once, with the guards of any yes."""
    person = person or by
    _refuse_far_hand(turn, by, person)
    rooms = lock_rooms(turn)
    if not is_new(key, by):
        return None
    turn = BuzzTurn.objects.select_related("person", "need__author", "need__hub").get(pk=turn.pk)
    turn.buzz = rooms[turn.buzz_id]
    _refuse_hand(turn, person)
    hand, new = BuzzHand.objects.get_or_create(turn=turn, person=person, defaults={"noted_by": by})
    if not new:
        if not HAND.can(hand, "raise"):
            return hand
        HAND.fire(hand, "raise", raised_at=timezone.now(), noted_by=by)
    if turn.need is not None and turn.need.state == NeedState.OPEN:
        _take(hand, turn)
    elif turn.need is not None and turn.need.state == NeedState.IN_HAND:
        HAND.fire(hand, "spare")
    journal.record("raise_hand", hand, by=by, hub_id=turn.buzz.hub_id)
    tell_hands(turn, rooms)
    return hand


def lock_rooms(turn: BuzzTurn) -> dict[UUID, Buzz]:
    """The Buzz of a turn and those where its need was relayed, held until the transaction ends."""
    relayed = BuzzRelay.objects.filter(turn=turn).values_list("to_id", flat=True)
    return lock_buzzes({turn.buzz_id, *relayed})


def _refuse_far_hand(turn: BuzzTurn, by: Person, person: Person) -> None:
    """Hands are for who sees the need in its own hive or where it was relayed."""
    seen = Buzz.objects.visible_to(by)
    relayed = BuzzRelay.objects.filter(turn=turn, to__in=seen.values("pk"))
    if not seen.filter(pk=turn.buzz_id).exists() and not relayed.exists():
        raise NotAllowed
    if person.pk != by.pk and not may_type(by, turn.buzz):
        raise NotAllowed
    if turn.buzz.state == BuzzState.PLANNED:
        raise NothingToHelpWith


def _refuse_hand(turn: BuzzTurn, person: Person) -> None:
    if turn.need is None:
        raise NothingToHelpWith
    if turn.person_id == person.pk:
        raise OwnNeed
    if matching.kept_apart(turn.person_id, person.pk):
        raise NotForYou
    if turn.need.state not in (NeedState.DRAFT, NeedState.OPEN, NeedState.IN_HAND):
        raise BuzzOver(_("This need is closed meanwhile."))


def _take(hand: BuzzHand, turn: BuzzTurn) -> HelpExchange:
    """A yes like any other: the ask is accepted, and the promise is followed."""
    assert turn.need is not None
    exchange = asks.volunteer(need=turn.need, by=hand.person)
    HAND.fire(hand, "take")
    _promise(turn.buzz, exchange.giver, exchange.receiver, exchange.title, exchange)
    return exchange


def take_hands(turn: BuzzTurn) -> bool:
    """The need has just been published: the first hand that may help has it, the others are kept
    in mind. Call it with the Buzz locked."""
    taken = False
    for hand in turn.hands.filter(state=HandState.RAISED).order_by("raised_at", "pk"):
        if taken:
            HAND.fire(hand, "spare")
            continue
        try:
            with transaction.atomic():
                _take(hand, turn)
        except Refusal:
            HAND.fire(hand, "refuse")
        else:
            taken = True
    return taken


@transaction.atomic
def take_hands_left(turn_id: UUID) -> None:
    """Of a need that its author published by themselves after the Buzz."""
    turn = BuzzTurn.objects.select_related("buzz", "person").get(pk=turn_id)
    rooms = lock_rooms(turn)
    turn.buzz = rooms[turn.buzz_id]
    if turn.need is not None and turn.need.state == NeedState.OPEN:
        take_hands(turn)
        tell_hands(turn, rooms)
    else:
        HAND.fire_all(turn.hands.filter(state=HandState.RAISED), "spare")


@transaction.atomic
def lower_hand(
    *, turn: BuzzTurn, by: Person, person: Person | None = None, key: UUID | None = None
) -> None:
    person = person or by
    if person.pk != by.pk and not may_type(by, turn.buzz):
        raise NotAllowed
    rooms = lock_rooms(turn)
    turn.buzz = rooms[turn.buzz_id]
    hand = turn.hands.filter(person=person).first()
    if not is_new(key, by) or hand is None or hand.state == HandState.LOWERED:
        return
    HAND.fire(hand, "lower")
    journal.record("lower_hand", hand, by=by, hub_id=turn.buzz.hub_id)
    tell_hands(turn, rooms)


def tell_hands(turn: BuzzTurn, rooms: dict[UUID, Buzz]) -> None:
    """To each of these rooms, which `lock_rooms` has given."""
    hands = turn.hands.exclude(state__in=(HandState.LOWERED, HandState.REFUSED))
    rows = hands.select_related("person").order_by("raised_at", "pk")
    cards = [person_facts(hand.person) | {"helps": hand.state == HandState.TAKEN} for hand in rows]
    for _pk, room in sorted(rooms.items()):
        promises = room.promises.count()
        tell(room, "hands", about=turn.person, turn=str(turn.pk), hands=cards, promises=promises)


@transaction.atomic
def make_promise(
    *,
    buzz: Buzz,
    receiver: Person,
    text: str,
    by: Person,
    giver: Person | None = None,
    key: UUID | None = None,
) -> BuzzPromise | None:
    """« I send you the address before Friday »: one's own, or as the scribe hears it."""
    giver = giver or by
    if giver.pk != by.pk and not may_type(by, buzz):
        raise NotAllowed
    if not Buzz.objects.visible_to(by).filter(pk=buzz.pk).exists():
        raise NotAllowed
    _refuse_outside(buzz, giver, receiver, by)
    text = line(text)[:LONGEST_PROMISE]
    if not text:
        raise NothingPromised
    buzz = lock_live(buzz)
    if not is_new(key, by):
        return None
    promise = _promise(buzz, giver, receiver, text)
    journal.record("make_promise", promise, by=by, hub_id=buzz.hub_id)
    people = {"giver": person_facts(giver), "receiver": person_facts(receiver)}
    tell(buzz, "promise", about=giver, text=text, promises=buzz.promises.count(), **people)
    return promise


def _refuse_outside(buzz: Buzz, giver: Person, receiver: Person, by: Person) -> None:
    if giver.pk == receiver.pk:
        raise PromisedToOneself
    if matching.kept_apart(giver.pk, receiver.pk):
        raise NotForYou
    if giver.pk != by.pk and not is_in_room(giver, buzz):
        raise NotInRoom


def _promise(
    buzz: Buzz, giver: Person, receiver: Person, text: str, exchange: HelpExchange | None = None
) -> BuzzPromise:
    return BuzzPromise.objects.create(
        buzz=buzz,
        giver=giver,
        receiver=receiver,
        text=text[:LONGEST_PROMISE],
        exchange=exchange,
        due_at=timezone.now() + FOLLOWED,
    )


@transaction.atomic
def relay_need(*, turn: BuzzTurn, by: Person, key: UUID | None = None) -> int:
    """To the hives whose Buzz runs now, those that have received least first; tells how many."""
    if not may_type_in(by, turn):
        raise NotAllowed
    near = list(_hives_to_tell(turn.buzz))
    locked = lock_buzzes([turn.buzz_id, *near])
    if not is_new(key, by):
        return 0
    turn = BuzzTurn.objects.select_related("person", "need").get(pk=turn.pk)
    turn.buzz = locked[turn.buzz_id]
    _refuse_relay(turn)
    live = [buzz for pk, buzz in locked.items() if pk in near and buzz.state != BuzzState.CLOSED]
    if not live:
        raise NobodyElse
    told = _tell_hives(turn, live, by)
    journal.record("relay_need", turn, by=by, hub_id=turn.buzz.hub_id, hives=told)
    tell(turn.buzz, "relayed", about=turn.person, turn=str(turn.pk), hives=turn.relays.count())
    return told


def _hives_to_tell(buzz: Buzz) -> Iterable[UUID]:
    others = Buzz.objects.live().exclude(pk=buzz.pk)
    found = others.annotate(received=Count("relayed_here")).order_by("received", "pk")
    return found.values_list("pk", flat=True)[:RELAYED_TO]


def _refuse_relay(turn: BuzzTurn) -> None:
    if turn.need is None:
        raise NothingToHelpWith
    if not may_be_relayed(turn):
        raise NotToBeRelayed


def _tell_hives(turn: BuzzTurn, live: list[Buzz], by: Person) -> int:
    assert turn.need is not None
    facts = {
        "turn": str(turn.pk),
        "hub": turn.buzz.hub.name,
        "text": turn.need.text,
        "person": person_facts(turn.person),
    }
    told = 0
    for buzz in live:
        _relay, new = BuzzRelay.objects.get_or_create(turn=turn, to=buzz, defaults={"by": by})
        if new:
            tell(buzz, "relay", about=turn.person, **facts)
            told += 1
    return told
