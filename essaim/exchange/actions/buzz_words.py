"""What is said in a turn, as it is typed: the need, who may read it afterwards, news and thanks."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.writing import line
from essaim.exchange import escalation, matching
from essaim.exchange.actions import asks, needs
from essaim.exchange.actions.buzz import BuzzOver, NotInRoom, lock_live
from essaim.exchange.actions.buzz_hands import lock_rooms, take_hands, tell_hands
from essaim.exchange.buzz.cards import helpers_elsewhere, helpers_in_room, ids_of, person_facts
from essaim.exchange.buzz.events import is_new, lock_buzz, tell
from essaim.exchange.buzz.rules import is_in_room, may_type, may_type_in
from essaim.exchange.models import (
    Buzz,
    BuzzNote,
    BuzzState,
    BuzzTurn,
    Consent,
    HandState,
    Need,
    NeedAudience,
    NeedSource,
    NeedState,
    NoteKind,
    TurnState,
)
from essaim.exchange.wording import title_of
from essaim.people.models import Person

LONGEST = 500
LONGEST_NOTE = 300
# What was typed without a network may arrive after the end.
LATE = timedelta(days=1)


class NotYourTurn(Refusal):
    message = _("It is not your turn: the host gives the floor.")


class NeedHasLeft(Refusal):
    message = _("This need is published already: change it on its own page.")


class NothingSaid(Refusal):
    message = _("Type first what is needed.")


class AuthorHasSaid(Refusal):
    message = _("What becomes of this need is said already: only its author may change it.")


class NobodyTyped(Refusal):
    message = _("Write a few words first.")


@transaction.atomic
def type_need(*, turn: BuzzTurn, text: str, version: int, by: Person) -> None:
    """The sentence as it stands now. `version` is when it was typed: what is older changes
    nothing, so what a phone kept may be sent later, and twice."""
    if not may_type_in(by, turn):
        raise NotAllowed
    buzz = lock_buzz(turn.buzz)
    turn = BuzzTurn.objects.select_related("person", "need").get(pk=turn.pk)
    _refuse_out_of_turn(buzz, turn)
    if buzz.state == BuzzState.CLOSED:
        _refuse_for_author(turn, buzz, by)
    if version <= turn.typed_version:
        return
    text = line(text)[:LONGEST]
    need = _kept(buzz, turn, text)
    changed = BuzzTurn.objects.filter(pk=turn.pk)
    changed.update(typed_version=version, typed_by=by, need=need)
    tell(buzz, "typed", about=turn.person, turn=str(turn.pk), text=text, version=version)


def _refuse_out_of_turn(buzz: Buzz, turn: BuzzTurn) -> None:
    if buzz.closed_at is not None and timezone.now() - buzz.closed_at > LATE:
        raise BuzzOver
    if turn.state not in (TurnState.SPEAKING, TurnState.DONE):
        raise NotYourTurn
    if turn.need is not None and turn.need.state != NeedState.DRAFT:
        raise NeedHasLeft


def _refuse_for_author(turn: BuzzTurn, buzz: Buzz, by: Person) -> None:
    """A scribe notes what was said aloud in the room: not over the author's own word, nor later."""
    if by.pk == turn.person_id:
        return
    over = buzz.closed_at is not None
    if turn.consent and (over or turn.consent_noted_by_id == turn.person_id):
        raise AuthorHasSaid
    if buzz.closed_at is not None and timezone.now() - buzz.closed_at > LATE:
        raise BuzzOver


def _kept(buzz: Buzz, turn: BuzzTurn, text: str) -> Need | None:
    """A draft of the speaker, from the first word on."""
    need = turn.need
    if need is None:
        if not title_of(text):
            return None
        return Need.objects.create(
            author=turn.person,
            hub=buzz.hub,
            text=text,
            title=title_of(text),
            source=NeedSource.BUZZ,
        )
    need.text, need.title = text, title_of(text)
    need.save(update_fields=["text", "title"])
    return need


def show_helpers(*, turn: BuzzTurn, by: Person, further: bool = False) -> None:
    """Who can help, in the room and, when the typist pauses (`further`), in other hives.

    The search holds no lock; nothing is told when the same people would be shown again.
    """
    if not may_type_in(by, turn):
        raise NotAllowed
    if turn.need is None or turn.need.state != NeedState.DRAFT:
        return
    here = helpers_in_room(turn, turn.need)
    there = helpers_elsewhere(turn, turn.need) if further else None
    with transaction.atomic():
        buzz = lock_buzz(turn.buzz)
        last = buzz.events.filter(kind="helpers").order_by("-number").first()
        known = last.facts if last is not None and last.facts["turn"] == str(turn.pk) else {}
        there = known.get("there", []) if there is None else there
        before = (ids_of(known.get("here", [])), ids_of(known.get("there", [])))
        if (ids_of(here), ids_of(there)) != before:
            tell(buzz, "helpers", about=turn.person, turn=str(turn.pk), here=here, there=there)


@transaction.atomic
def give_consent(
    *,
    turn: BuzzTurn,
    consent: str,
    by: Person,
    audience: str = NeedAudience.NETWORK,
    key: UUID | None = None,
) -> None:
    """What becomes of the need: said by its author, or noted by the scribe who asked aloud."""
    if not may_type_in(by, turn):
        raise NotAllowed
    rooms = lock_rooms(turn)
    buzz = rooms[turn.buzz_id]
    if not is_new(key, by):
        return
    turn = BuzzTurn.objects.select_related("person", "need__hub").get(pk=turn.pk)
    turn.buzz = buzz
    if turn.need is None or not turn.need.title:
        raise NothingSaid
    _refuse_for_author(turn, buzz, by)
    if turn.need.state != NeedState.DRAFT:
        raise NeedHasLeft
    Need.objects.filter(pk=turn.need.pk).update(audience=audience)
    turn.need.audience = audience
    turn.need.skills.set(matching.likely_skills(turn.need.text))
    BuzzTurn.objects.filter(pk=turn.pk).update(consent=consent, consent_noted_by=by)
    journal.record("give_consent", turn, by=by, hub_id=buzz.hub_id, consent=consent)
    if consent == Consent.AT_ONCE or (consent == Consent.AFTER and buzz.state == BuzzState.CLOSED):
        publish_said(turn, rooms)
    tell(buzz, "consent", about=turn.person, turn=str(turn.pk), consent=consent)


def publish_said(turn: BuzzTurn, rooms: dict[UUID, Buzz]) -> None:
    """Like any need, but those who raised their hand come first: others are asked when none can.

    `rooms` are those of `lock_rooms`.
    """
    need = turn.need
    assert need is not None
    if not need.title:
        raise NothingSaid
    raised = turn.hands.filter(state=HandState.RAISED).exists()
    needs.publish_need(need=need, by=turn.person, among=[] if raised else None)
    if raised and not take_hands(turn):
        now = timezone.now()
        need.next_step_at = escalation.first_step_at(need, now)
        Need.objects.filter(pk=need.pk).update(next_step_at=need.next_step_at)
        asks.send_wave(need=need, wave=1, by=turn.person)
        asks.hasten(need, now)
    if raised:
        tell_hands(turn, rooms)


@transaction.atomic
def note(
    *, buzz: Buzz, kind: str, text: str, by: Person, person: Person | None = None,
    key: UUID | None = None,
) -> None:  # fmt: skip
    """News or thanks: one's own, or as the scribe hears them."""
    person = person or by
    if person.pk != by.pk and not may_type(by, buzz):
        raise NotAllowed
    if not Buzz.objects.visible_to(by).filter(pk=buzz.pk).exists():
        raise NotAllowed
    if person.pk != by.pk and not is_in_room(person, buzz):
        raise NotInRoom
    text = line(text)[:LONGEST_NOTE]
    if not text:
        raise NobodyTyped
    buzz = lock_live(buzz)
    if not is_new(key, by):
        return
    noted = BuzzNote.objects.create(
        buzz=buzz, person=person, kind=NoteKind(kind), text=text, noted_by=by
    )
    journal.record("note", noted, by=by, hub_id=buzz.hub_id, kind=kind)
    tell(buzz, "note", about=person, note=kind, text=text, person=person_facts(person))
