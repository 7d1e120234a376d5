"""What is done when nobody answers: others are asked, then a host looks, then the desk of a
partner, then the whole network; and the author decides.

Each step is taken once, by one worker, and told to the author in one line. The delay of the next
one is counted from the moment it was really taken.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from essaim.core import journal
from essaim.exchange import escalation
from essaim.exchange.actions.asks import is_open, lock_need, send_wave
from essaim.exchange.desk import desk_for
from essaim.exchange.escalation import (
    HOST_QUEUE,
    HOST_REMINDER,
    NETWORK_BOARD,
    PARTNER_DESK,
    SECOND_WAVE,
    Step,
)
from essaim.exchange.models import EscalationStep, Need, NeedAudience
from essaim.exchange.notifications import escalation as telling
from essaim.hubs.models import Host, Hub
from essaim.people.models import NetworkRole, Person, Role

# How long the author of a need whose time is over has to say what becomes of it.
ANSWER_WITHIN = timedelta(days=7)
HOST_LEVEL = 3
ASKED_AUTHOR = "asked_author"

# What became of a step.
NOBODY = "nobody"
HOSTS = "hosts"
DIRECTORS = "directors"
ACKNOWLEDGED = "acknowledged"
NO_DESK = "no_desk"
CONSENT_ASKED = "consent_asked"
AT_DESK = "at_desk"
ON_BOARD = "on_board"
WIDEN_ASKED = "widen_asked"

# Nothing is gained by waiting for people who were not asked, nor for a desk that is not there.
WITHOUT_WAITING = ((SECOND_WAVE, NOBODY), (PARTNER_DESK, NO_DESK))


@transaction.atomic
def take_step(*, need_id: UUID, now: datetime) -> None:
    """Takes the step that is due, unless somebody answered or another worker was faster."""
    need = _claim(need_id, now)
    if need is None:
        return
    taken = set(need.steps.values_list("action", flat=True))
    step = escalation.next_step(need, taken)
    if step is None:
        _give_back_to_hosts(need, now)
    before = "", ""
    while step is not None:
        nobody_left = before == (SECOND_WAVE, NOBODY)
        before = step.action, _take(need, step, now, nobody_left=nobody_left)
        step = escalation.step_after(need, step.action) if before in WITHOUT_WAITING else None


def _claim(need_id: UUID, now: datetime) -> Need | None:
    due = Need.objects.open().filter(pk=need_id, next_step_at__lte=now, expires_at__gt=now)
    # Whoever empties the date has the step; the row is theirs until the end of the transaction.
    if not due.update(next_step_at=None):
        return None
    return Need.objects.select_related("author", "hub").get(pk=need_id)


def _take(need: Need, step: Step, now: datetime, *, nobody_left: bool) -> str:
    following = escalation.step_after(need, step.action)
    need.level = step.level
    need.next_step_at = escalation.due_at(following, since=now, hub=need.hub)
    Need.objects.filter(pk=need.pk).update(level=need.level, next_step_at=need.next_step_at)
    result = DOING[step.action](need, now)
    note_step(need, step.action, at=now, result=result)
    journal.record(f"escalate.{step.action}", need, by=None, hub_id=need.hub_id, result=result)
    telling.step_taken(need, step.action, result, nobody_left=nobody_left)
    return result


def note_step(
    need: Need, action: str, *, at: datetime, result: str = "", by: Person | None = None
) -> bool:
    """False when the need has that step already: each is noted once."""
    _step, is_new = EscalationStep.objects.get_or_create(
        need=need,
        action=action,
        defaults={"level": need.level, "at": at, "result": result, "actor": by},
    )
    return is_new


def _ask_others(need: Need, now: datetime) -> str:
    asks = send_wave(need=need, wave=next_wave(need), by=None)
    return str(len(asks)) if asks else NOBODY


def next_wave(need: Need) -> int:
    last = need.asks.order_by("-wave").values_list("wave", flat=True).first()
    return (last or 0) + 1


def _call_hosts(need: Need, now: datetime) -> str:
    people, result = _who_looks(need.hub)
    telling.host_called(need, people)
    return result


def _remind_hosts(need: Need, now: datetime) -> str:
    if need.acknowledged_at is not None:
        return ACKNOWLEDGED
    people, result = _who_looks(need.hub)
    telling.host_reminded(need, people)
    return result


def _to_desk(need: Need, now: datetime) -> str:
    """Its words leave the network only when its author said so."""
    desk = desk_for(need)
    if desk is None:
        return NO_DESK
    if need.desk_consent_at is None:
        telling.desk_proposed(need, desk.name)
        return CONSENT_ASKED
    desk.take(need)
    telling.at_desk(need, desk.name)
    return AT_DESK


def _to_board(need: Need, now: datetime) -> str:
    """What only the hive was to read waits for a word of its author."""
    need.expires_at = max(need.expires_at or now, now + escalation.ON_BOARD)
    Need.objects.filter(pk=need.pk).update(expires_at=need.expires_at)
    hive_only = need.audience == NeedAudience.HUB
    telling.nobody_took(need, hive_only=hive_only)
    return WIDEN_ASKED if hive_only else ON_BOARD


def _give_back_to_hosts(need: Need, now: datetime) -> None:
    """Every step was taken, and the need waits again: its hosts begin anew."""
    Need.objects.filter(pk=need.pk).update(acknowledged_by=None, acknowledged_at=None)
    people, result = _who_looks(need.hub)
    journal.record("escalate.again", need, by=None, hub_id=need.hub_id, result=result)
    telling.host_called(need, people, again=now)


def _who_looks(hub: Hub) -> tuple[list[Person], str]:
    """The hosts of the hive; without any, those who run the network."""
    if hosts := _reachable(Host.objects.current().filter(hub=hub).values("person")):
        return hosts, HOSTS
    directors = _reachable(NetworkRole.objects.filter(role=Role.DIRECTOR).values("person"))
    return directors, DIRECTORS if directors else NOBODY


def _reachable(ids: object) -> list[Person]:
    people = Person.objects.present().filter(pk__in=ids).order_by("pk")
    return [person for person in people if person.is_reachable()]


DOING: dict[str, Callable[[Need, datetime], str]] = {
    SECOND_WAVE: _ask_others,
    HOST_QUEUE: _call_hosts,
    HOST_REMINDER: _remind_hosts,
    PARTNER_DESK: _to_desk,
    NETWORK_BOARD: _to_board,
}


@transaction.atomic
def ask_author(*, need: Need, now: datetime) -> None:
    """The time of the need is over: keep it, say it otherwise, or close it?"""
    need = lock_need(need)
    if not is_open(need) or need.expires_at is None or need.expires_at > now:
        return
    rounds = need.steps.filter(action__startswith=ASKED_AUTHOR)
    if rounds.filter(at__gte=need.expires_at).exists():
        return
    number = rounds.count() + 1
    note_step(need, f"{ASKED_AUTHOR}_{number}", at=now)
    journal.record("escalate.ask_author", need, by=None, hub_id=need.hub_id)
    telling.time_is_over(need, number)
