"""What the author of a need that nobody has taken says: keep it, widen it, say it otherwise, close
it; and whether the desk of a partner may read it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.exchange import escalation, matching
from essaim.exchange.actions.asks import NeedOver, is_open, lock_need, send_wave
from essaim.exchange.actions.escalation import CONSENT_ASKED, next_wave, note_step
from essaim.exchange.actions.needs import SKILLS, NothingSaid, close_need, meet_need
from essaim.exchange.desk import desk_for
from essaim.exchange.models import Need, NeedAudience, NeedState, Outcome
from essaim.exchange.notifications import escalation as telling
from essaim.exchange.wording import title_of
from essaim.people.models import Person

HANDED = "handed_to_desk"


@transaction.atomic
def keep_need(*, need: Need, by: Person) -> int:
    """Two weeks more: others are asked at once and the ladder goes on. Tells how many are asked."""
    need = _mine(need, by)
    return _go_on(need, by, "kept") if _waits(need) else 0


@transaction.atomic
def widen_need(*, need: Need, by: Person) -> int:
    """The whole network may read it, and people of other hives are asked."""
    need = _mine(need, by)
    if need.audience == NeedAudience.NETWORK or not _waits(need):
        return 0
    return _go_on(need, by, "widened", audience=NeedAudience.NETWORK)


@transaction.atomic
def say_otherwise(*, need: Need, by: Person, text: str, minutes: int) -> int:
    """The same need in other words: a fresh search, and nobody is asked a second time."""
    if not title_of(text):
        raise NothingSaid
    need = _mine(need, by)
    if not _waits(need):
        return 0
    changes: dict[str, Any] = {"minutes": minutes}
    if text != need.text:
        changes |= {"text": text, "title": title_of(text)}
        need.skills.set(matching.likely_skills(text)[:SKILLS])
    return _go_on(need, by, "reworded", **changes)


@transaction.atomic
def end_need(*, need: Need, by: Person, outcome: str) -> None:
    """Closed by its author, who says what came of it."""
    if by.pk != need.author_id:
        raise NotAllowed
    end = close_need if outcome == Outcome.NO_RESULT else meet_need
    end(need=need, by=by, outcome=Outcome(outcome))


@transaction.atomic
def allow_desk(*, need: Need, by: Person) -> None:
    """When the desk's turn came and went for want of this word, it has the need at once."""
    if by.pk != need.author_id:
        raise NotAllowed
    need = lock_need(need)
    if need.state not in (NeedState.DRAFT, NeedState.OPEN):
        raise NeedOver
    if need.desk_consent_at is not None:
        return
    now = timezone.now()
    need.desk_consent_at = now
    need.save(update_fields=["desk_consent_at"])
    journal.record("allow_desk", need, by=by, hub_id=need.hub_id)
    desk = desk_for(need)
    if desk is None or not _desk_was_due(need):
        return
    if note_step(need, HANDED, at=now, by=by):
        desk.take(need)
        telling.at_desk(need, desk.name)


def may_allow_desk(need: Need) -> str:
    """The name of the desk that would read it if its author said so; empty when none would."""
    if need.desk_consent_at is not None or need.state not in (NeedState.DRAFT, NeedState.OPEN):
        return ""
    desk = desk_for(need)
    if desk is None:
        return ""
    climbed = need.steps.filter(action=escalation.PARTNER_DESK).exclude(result=CONSENT_ASKED)
    return "" if climbed.exists() else desk.name


def _desk_was_due(need: Need) -> bool:
    due = need.steps.filter(action=escalation.PARTNER_DESK, result=CONSENT_ASKED)
    return need.state == NeedState.OPEN and due.exists()


def _mine(need: Need, by: Person) -> Need:
    if by.pk != need.author_id:
        raise NotAllowed
    need = lock_need(need)
    if not is_open(need):
        raise NeedOver
    return need


def _waits(need: Need) -> bool:
    """Said twice, an answer is one answer: the second finds nothing asked any more."""
    return escalation.waits_for_author(need, need.steps.all(), timezone.now())


def _go_on(need: Need, by: Person, verb: str, **changes: Any) -> int:
    now = timezone.now()
    number = need.steps.filter(action__startswith=f"{verb}_").count() + 1
    note_step(need, f"{verb}_{number}", at=now, by=by)
    taken = set(need.steps.values_list("action", flat=True))
    step = escalation.next_step(need, taken) or escalation.last_step(need)
    changes |= {
        "expires_at": now + escalation.LIFE,
        "next_step_at": escalation.due_at(step, since=now, hub=need.hub),
    }
    for name, value in changes.items():
        setattr(need, name, value)
    need.save(update_fields=list(changes))
    journal.record(f"{verb}_need", need, by=by, hub_id=need.hub_id)
    return len(send_wave(need=need, wave=next_wave(need), by=by))
