"""Asking people one by one, and what they answer.

Whoever touches a need and its asks locks the need first, then people in the order of their ids: so
nobody ever waits in a circle, and of two yeses at once one wins and the other is thanked.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange import matching
from essaim.exchange.actions import silences
from essaim.exchange.actions.help import agree_help
from essaim.exchange.capacity import AskedBy, loads_of
from essaim.exchange.matching import Suggestion
from essaim.exchange.models import (
    ASK,
    NEED,
    SAID_YES,
    Ask,
    AskState,
    DeclineCode,
    HelpExchange,
    Need,
    NeedState,
    Urgency,
)
from essaim.exchange.notifications import needs as telling
from essaim.exchange.reasons import Reasons
from essaim.exchange.rules import may_ask_for
from essaim.people.models import Person

WAVE = 3
# Looked at beyond those: some may have become busy since the author read their names.
RESERVES = 6
REMARK = 500
# Up to this step of the ladder it is only waves that are waited for.
WAVES_LEVEL = 2
# The wave of those who came forward by themselves.
UNASKED = 0

# « Later »: how long the ask waits again; a word comes at half of it.
PUT_OFF = {
    Urgency.NOW: timedelta(hours=4),
    Urgency.WEEK: timedelta(days=2),
    Urgency.MONTH: timedelta(days=4),
}


class SomeoneFound(Refusal):
    message = _("Someone has said yes meanwhile. Thank you: nothing more is asked of you.")


class NeedOver(Refusal):
    message = _("This need is closed meanwhile. Thank you: nothing more is asked of you.")


class AlreadyAnswered(Refusal):
    message = _("You have answered already.")


class AlreadyAsked(Refusal):
    message = _("This person was already asked for this need.")


class CannotBeAsked(Refusal):
    message = _("This person cannot be asked now.")


@transaction.atomic
def send_wave(
    *,
    need: Need,
    wave: int,
    by: Person | None,
    struck: Collection[UUID] = (),
    among: Collection[UUID] | None = None,
    first: Person | None = None,
    due_at: datetime | None = None,
) -> list[Ask]:
    """Asks up to three people, each alone; `among` keeps to those whom the author saw.

    `first` is somebody the author thought of, for whom the guards hold as for the others.
    `due_at` is when silence counts as one: by default the next step of the need.
    """
    now = timezone.now()
    if lock_state(need) != NeedState.OPEN:
        return []
    found = matching.suggest_with(
        need, first, now=now, count=WAVE + RESERVES, struck=struck, among=among
    )
    chosen = _still_free(found, need, now, first)[:WAVE]
    reasons = {suggestion.person_id: suggestion.reasons for suggestion in chosen}
    return send_asks(need, reasons, wave=wave, by=by, now=now, due_at=due_at)


def _still_free(
    found: Sequence[Suggestion], need: Need, now: datetime, first: Person | None
) -> list[Suggestion]:
    """Asked again under lock: another need may be asking the same people at this moment."""
    ids = [suggestion.person_id for suggestion in found]
    lock_people(ids)
    loads = loads_of(ids, now=now)
    by = {first.pk: AskedBy.SOMEBODY} if first else {}
    return [
        s
        for s in found
        if loads[s.person_id].may_be_asked(now, need.minutes, by.get(s.person_id, AskedBy.MACHINE))
    ]


def send_asks(
    need: Need,
    chosen: Mapping[UUID, Reasons],
    *,
    wave: int,
    by: Person | None,
    now: datetime,
    due_at: datetime | None = None,
) -> list[Ask]:
    due_at = due_at or need.next_step_at or need.expires_at or now
    asks = [
        Ask(
            need=need,
            helper_id=person_id,
            wave=wave,
            rank=rank,
            reasons=reasons,
            asked_by=by,
            sent_at=now,
            due_at=due_at,
        )
        for rank, (person_id, reasons) in enumerate(chosen.items(), start=1)
    ]
    Ask.objects.bulk_create(asks)
    journal.record("send_wave", need, by=by, hub_id=need.hub_id, wave=wave, asked=len(asks))
    telling.asked(need, asks)
    return asks


@transaction.atomic
def ask_person(*, need: Need, helper: Person, by: Person) -> Ask:
    """One person picked by the author or by a host; the guards hold for them as for the machine."""
    if not may_ask_for(by, need):
        raise NotAllowed
    now = timezone.now()
    if lock_state(need) != NeedState.OPEN:
        raise NeedOver
    if Ask.objects.filter(need=need, helper=helper).exists():
        raise AlreadyAsked
    lock_people([helper.pk])
    who = AskedBy.SOMEBODY if by.pk == need.author_id else AskedBy.HOST
    if refusal := matching.why_not(need, helper, now=now, by=who):
        raise CannotBeAsked(refusal)
    wave = need.asks.order_by("-wave").values_list("wave", flat=True).first()
    reasons = matching.reasons_for(need, helper.pk, now=now)
    return send_asks(need, {helper.pk: reasons}, wave=wave or 1, by=by, now=now)[0]


@transaction.atomic
def volunteer(*, need: Need, by: Person) -> HelpExchange:
    """Whoever reads a need may say yes without having been asked."""
    seen = Need.objects.visible_to(by).exclude(author=by)
    if not seen.filter(pk=need.pk).exists():
        raise NotAllowed
    need = lock_need(need)
    _refuse_when_over(need)
    if matching.kept_apart(need.author_id, by.pk):
        raise CannotBeAsked(_("Your help cannot be taken for this need."))
    now = timezone.now()
    ask, _is_new = Ask.objects.get_or_create(
        need=need,
        helper=by,
        defaults={
            "wave": UNASKED,
            "asked_by": by,
            "reasons": {"kind": "volunteer"},
            "sent_at": now,
            "due_at": now,
        },
    )
    return accept_ask(ask=ask, by=by)


@transaction.atomic
def accept_ask(*, ask: Ask, by: Person) -> HelpExchange:
    """The first yes takes the need in hand; a second click finds the help that the first agreed."""
    need, ask = _open_for_answer(ask, by)
    if ask.state in SAID_YES:
        return HelpExchange.objects.get(ask=ask)
    _refuse_when_over(need)
    exchange = agree_help(ask=ask, by=by)
    verb = "accept" if ASK.can(ask, "accept") else "accept_late"
    now = timezone.now()
    ASK.fire(ask, verb, answered_at=now)
    NEED.fire(need, "take_in_hand", next_step_at=None)
    journal.record(f"{verb}_ask", ask, by=by, hub_id=need.hub_id, wave=ask.wave)
    release_asks(need)
    telling.in_hand(need, ask, exchange)
    return exchange


@transaction.atomic
def decline_ask(*, ask: Ask, by: Person, code: str = "", remark: str = "") -> None:
    """A no needs no reason, and said twice it is the same no."""
    _decline(ask, by, code=code if code in DeclineCode.values else "", remark=remark[:REMARK])


@transaction.atomic
def suggest_other(*, ask: Ask, by: Person, person: Person | None = None, words: str = "") -> None:
    """« Not me but… »: the author and the host see the name; the machine asks nobody for it."""
    need = _decline(ask, by, code=DeclineCode.OTHER_PERSON, remark=words[:REMARK], instead=person)
    if need is not None:
        telling.somebody_else_named(need, ask, person)


def _decline(
    ask: Ask, by: Person, *, code: str, remark: str, instead: Person | None = None
) -> Need | None:
    need, ask = _open_for_answer(ask, by)
    if ask.state == AskState.DECLINED:
        return None
    if not ASK.can(ask, "decline"):
        raise AlreadyAnswered if ask.state in SAID_YES else SomeoneFound
    _refuse_when_over(need)
    now = timezone.now()
    ASK.fire(ask, "decline", answered_at=now, decline_code=code, remark=remark, instead=instead)
    journal.record("decline_ask", ask, by=by, hub_id=need.hub_id, wave=ask.wave, code=code)
    hasten(need, now)
    return need


def hasten(need: Need, now: datetime) -> None:
    """When nobody is left to answer, nothing is gained by waiting for the next step.

    But a late no hastens nothing when it is a host or a desk who has the need since.
    """
    if is_open(need) and not need.asks.waiting().exists() and not _looked_after(need):
        Need.objects.filter(pk=need.pk, next_step_at__gt=now).update(next_step_at=now)


def _looked_after(need: Need) -> bool:
    last = need.steps.filter(level__gt=WAVES_LEVEL).order_by("-at").values_list("at", flat=True)
    handed_at = last.first()
    return handed_at is not None and not need.asks.filter(sent_at__gte=handed_at).exists()


@transaction.atomic
def postpone_ask(*, ask: Ask, by: Person) -> None:
    """« Later »: the need goes on meanwhile, and the person hears once more of it."""
    need, ask = _open_for_answer(ask, by)
    if ask.state == AskState.LATER:
        return
    _refuse_when_over(need)
    if not ASK.can(ask, "postpone"):
        raise AlreadyAnswered
    now = timezone.now()
    ASK.fire(ask, "postpone", answered_at=now, due_at=now + PUT_OFF[Urgency(need.urgency)])
    journal.record("postpone_ask", ask, by=by, hub_id=need.hub_id, wave=ask.wave)


def _open_for_answer(ask: Ask, by: Person) -> tuple[Need, Ask]:
    """The need, locked, and the ask as it stands now."""
    if by.pk != ask.helper_id or not by.is_reachable():
        raise NotAllowed
    need = lock_need(ask.need)
    ask = Ask.objects.get(pk=ask.pk)
    ask.need, ask.helper = need, by
    silences.heard(by, timezone.now())
    return need, ask


def _refuse_when_over(need: Need) -> None:
    if need.state == NeedState.IN_HAND:
        raise SomeoneFound
    if not is_open(need):
        raise NeedOver


def release_asks(need: Need) -> None:
    """Nothing more is asked of those who had not answered; they are told why, with thanks."""
    waiting = list(need.asks.waiting().select_related("helper"))
    ASK.fire_all(Ask.objects.filter(pk__in=[ask.pk for ask in waiting]), "withdraw")
    telling.released(need, waiting)


def expire_asks(now: datetime) -> int:
    """Silence past the date: no answer. A late yes stays possible."""
    due = Ask.objects.waiting().filter(due_at__lte=now)
    needs = Need.objects.filter(pk__in=due.values("need_id")).order_by("pk")
    return sum(_expire(need, now) for need in needs)


@transaction.atomic
def _expire(need: Need, now: datetime) -> int:
    lock_need(need)
    over = need.asks.waiting().filter(due_at__lte=now)
    silent = list(over.values_list("helper_id", flat=True))
    count = ASK.fire_all(over, "expire")
    silences.notice_silences(silent, now)
    return count


def remind(now: datetime) -> int:
    """One word to those who said « later », at half of the time they took."""
    soonest = now + max(PUT_OFF.values()) / 2
    postponed = Ask.objects.filter(
        state=AskState.LATER, due_at__gt=now, due_at__lte=soonest, need__state=NeedState.OPEN
    ).select_related("need__author", "need__hub", "helper")
    ripe = [ask for ask in postponed if ask.due_at - _half(ask.need) <= now]
    for ask in ripe:
        telling.reminded(ask)
    return len(ripe)


def _half(need: Need) -> timedelta:
    return PUT_OFF[Urgency(need.urgency)] / 2


def lock_need(need: Need) -> Need:
    """The need as it stands, kept from changing until the end of the transaction.

    SQLite transactions are immediate already.
    """
    rows = Need.objects.select_related("author", "hub").select_for_update(no_key=True, of=("self",))
    return rows.get(pk=need.pk)


def lock_state(need: Need) -> str:
    """As `lock_need`, for who only asks whether the need still stands where it stood."""
    locked = Need.objects.select_for_update(no_key=True).filter(pk=need.pk)
    return locked.values_list("state", flat=True).get()


def lock_people(person_ids: Collection[UUID]) -> None:
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=person_ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


def is_open(need: Need) -> bool:
    return need.state == NeedState.OPEN
