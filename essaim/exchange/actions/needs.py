"""A need, from the sentence typed to its end."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.ids import uuid7
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange import escalation, matching
from essaim.exchange.actions.asks import hasten, lock_need, lock_state, release_asks, send_wave
from essaim.exchange.models import (
    HELP,
    NEED,
    SAID_YES,
    Ask,
    HelpExchange,
    Need,
    NeedAudience,
    NeedSource,
    NeedState,
    Urgency,
)
from essaim.exchange.notifications import help as telling_of_help
from essaim.exchange.notifications import needs as telling
from essaim.exchange.rules import may_close
from essaim.exchange.wording import title_of
from essaim.hubs.models import Hub
from essaim.hubs.rules import home_hub
from essaim.people.models import Person, Skill

NEEDS_A_DAY = 8
SKILLS = 5


class NothingSaid(Refusal):
    message = _("Write in a few words what you need.")


class NoHive(Refusal):
    message = _("Needs are told in a hive, and you are in none yet. Ask its host to let you in.")


class EnoughForToday(Refusal):
    message = _(
        "You have told many needs today. Let the hive answer these first; this one is kept as a "
        "draft for tomorrow."
    )


class AlreadyTold(Refusal):
    message = _("This need has left already: nobody is asked twice.")


@transaction.atomic
def draft_need(
    *,
    by: Person,
    text: str,
    urgency: str = Urgency.WEEK,
    audience: str = NeedAudience.NETWORK,
    key: UUID | None = None,
    **details: Any,
) -> Need:
    """The sentence is kept at once; title and skills are proposed from it unless given.

    `key` is the id that the form carried: sent twice, it is the same draft.
    """
    if not title_of(text):
        raise NothingSaid
    if (known := _draft_of(key, by)) is not None:
        edit_draft(need=known, by=by, text=text, urgency=urgency, audience=audience, **details)
        return known
    hub = _hive_of(by)
    pk = key if key and not Need.objects.filter(pk=key).exists() else uuid7()
    skills: Sequence[Skill] | None = details.pop("skills", None)
    need = Need.objects.create(
        pk=pk,
        author=by,
        hub=hub,
        text=text,
        title=details.pop("title", "") or title_of(text),
        urgency=urgency,
        audience=audience,
        **details,
    )
    need.skills.set(matching.likely_skills(text) if skills is None else skills[:SKILLS])
    return need


def _draft_of(key: UUID | None, by: Person) -> Need | None:
    known = Need.objects.filter(pk=key, author=by).first() if key else None
    if known is not None and known.state != NeedState.DRAFT:
        raise AlreadyTold
    return known


def _hive_of(person: Person) -> Hub:
    hub = (
        home_hub(person) or Hub.objects.open().hosted_by(person).order_by("opened_on", "pk").first()
    )
    if hub is None:
        raise NoHive
    return hub


@transaction.atomic
def edit_draft(
    *, need: Need, by: Person, skills: Sequence[Skill] | None = None, **changes: Any
) -> None:
    """`changes`: text, title, minutes, urgency, audience, looking_for. Without skills they stay."""
    if by.pk != need.author_id:
        raise NotAllowed
    need = lock_need(need)
    if need.state != NeedState.DRAFT:
        raise AlreadyTold
    for name, value in changes.items():
        setattr(need, name, value)
    need.title = need.title or title_of(need.text)
    need.save(update_fields=[*changes, "title"])
    if skills is not None:
        need.skills.set(skills[:SKILLS])


@transaction.atomic
def publish_need(
    *,
    need: Need,
    by: Person,
    struck: Collection[UUID] = (),
    among: Collection[UUID] | None = None,
    first: Person | None = None,
) -> list[Ask]:
    """The need is told, and the first three people are asked, each by name.

    `among` are those whom the author saw; nobody else is asked in this first wave. `first` is the
    one from whose page the author came.
    """
    if by.pk != need.author_id:
        raise NotAllowed
    if lock_state(need) != NeedState.DRAFT:
        raise AlreadyTold
    now = timezone.now()
    _refuse_too_many(by, now)
    need.policy = escalation.policy_for(need.urgency)
    NEED.fire(
        need,
        "publish",
        published_at=now,
        matched_at=now,
        expires_at=now + escalation.LIFE,
        policy=need.policy,
        level=1,
        next_step_at=escalation.first_step_at(need, now),
    )
    journal.record("publish_need", need, by=by, hub_id=need.hub_id, urgency=need.urgency)
    if first is not None and (first.pk in struck or (among is not None and first.pk not in among)):
        first = None
    sent = send_wave(need=need, wave=1, by=by, struck=struck, among=among, first=first)
    hasten(need, now)
    return sent


def _refuse_too_many(author: Person, now: datetime) -> None:
    today = Need.objects.filter(author=author, published_at__gt=now - timedelta(days=1))
    if today.exclude(source=NeedSource.IMPORT).count() >= NEEDS_A_DAY:
        raise EnoughForToday


@transaction.atomic
def withdraw_need(*, need: Need, by: Person) -> None:
    """A draft that nobody read leaves no trace; who had said yes is told."""
    if need.state == NeedState.DRAFT and by.pk == need.author_id:
        Need.objects.filter(pk=need.pk, state=NeedState.DRAFT).delete()
        return
    # Before the need is locked: whoever cancels a help locks it first and the need after.
    promised = need.exchanges.select_for_update(no_key=True, of=("self",)).filter(
        state__in=HELP.sources("cancel")
    )
    cancelled = list(promised.select_related("giver", "receiver"))
    HELP.fire_all(need.exchanges.all(), "cancel")
    _end(need, "withdraw", by)
    for exchange in cancelled:
        telling_of_help.cancelled(exchange, by=by)


@transaction.atomic
def meet_need(*, need: Need, by: Person, outcome: str = "") -> None:
    """« It is done »: found here or elsewhere, nobody need look any further."""
    _end(need, "meet", by, outcome)


@transaction.atomic
def close_need(*, need: Need, by: Person | None, outcome: str = "") -> None:
    """Nobody could help, and no step is left. `by` is None when its time ran out."""
    _end(need, "close_unmet", by, outcome)


def _end(need: Need, verb: str, by: Person | None, outcome: str = "") -> None:
    if by is not None and not may_close(by, need):
        raise NotAllowed
    lock_need(need)
    now = timezone.now()
    NEED.fire(need, verb, closed_at=now, matched_at=now, next_step_at=None, outcome=outcome)
    journal.record(f"{verb}_need", need, by=by, hub_id=need.hub_id)
    release_asks(need)
    if by is None or by.pk != need.author_id:
        telling.status(need, verb)


@transaction.atomic
def reopen_need(*, need: Need, by: Person | None) -> None:
    """The helper could not after all: three others are asked, and the clock starts again."""
    need = lock_need(need)
    if by is not None and not _may_reopen(by, need):
        raise NotAllowed
    now = timezone.now()
    taken = set(need.steps.values_list("action", flat=True))
    step = escalation.next_step(need, taken) or escalation.last_step(need)
    NEED.fire(
        need,
        "reopen",
        closed_at=None,
        outcome="",
        expires_at=now + escalation.LIFE,
        next_step_at=escalation.due_at(step, since=now, hub=need.hub),
    )
    journal.record("reopen_need", need, by=by, hub_id=need.hub_id)
    wave = need.asks.order_by("-wave").values_list("wave", flat=True).first() or 0
    send_wave(need=need, wave=wave + 1, by=by)
    if by is None or by.pk != need.author_id:
        telling.status(need, "reopen")


def _may_reopen(person: Person, need: Need) -> bool:
    """Whoever may close it, and the helper who had said yes, unless someone else helps by now."""
    if may_close(person, need):
        return True
    helped = need.asks.filter(helper=person, state__in=SAID_YES)
    others = HelpExchange.objects.filter(need=need).underway().exclude(giver=person)
    return need.state == NeedState.IN_HAND and helped.exists() and not others.exists()


@transaction.atomic
def reword_need(*, need: Need, by: Person) -> Need:
    """A new draft with the same words; the need itself stays as it is."""
    if by.pk != need.author_id:
        raise NotAllowed
    copy = Need.objects.create(
        author=by,
        hub_id=need.hub_id,
        title=need.title,
        text=need.text,
        minutes=need.minutes,
        urgency=need.urgency,
        audience=need.audience,
        looking_for=need.looking_for,
    )
    copy.skills.set(need.skills.all())
    return copy
