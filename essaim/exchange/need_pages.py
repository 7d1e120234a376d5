"""What the page of a need tells: what happened, with times, and what happens next and when."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.templatetags.presentation import ago_words, moment_words
from essaim.exchange import escalation, reasons
from essaim.exchange.actions.asks import UNASKED
from essaim.exchange.actions.choices import may_allow_desk
from essaim.exchange.contact import contact_of
from essaim.exchange.desk import desk_for
from essaim.exchange.introduction_forms import LookingFor
from essaim.exchange.models import (
    LIVE,
    SAID_YES,
    Ask,
    AskState,
    EscalationStep,
    HelpExchange,
    Need,
    NeedAudience,
    NeedState,
)
from essaim.exchange.rules import may_ask_for
from essaim.people.models import Person

Line = dict[str, Any]

STATUS_KIND = {NeedState.OPEN: "wait", NeedState.IN_HAND: "good", NeedState.MET: "good"}


def need_page(need: Need, reader: Person) -> dict[str, Any]:
    asks = list(need.asks.select_related("helper", "instead").order_by("sent_at", "rank"))
    inside = may_ask_for(reader, need)
    is_author = reader.pk == need.author_id
    mine = next((ask for ask in asks if ask.helper_id == reader.pk), None)
    steps = list(need.steps.order_by("at", "pk"))
    return {
        "need": need,
        "is_author": is_author,
        "inside": inside,
        "skills": [skill.label for skill in need.skills.all()],
        "story": _story(need, asks, steps, inside),
        "next": _next(need, steps) if inside or mine else "",
        "next_when": _next_when(need),
        "asked": _asked(asks) if inside else [],
        "named": _named(asks) if inside and need.state == NeedState.OPEN else [],
        "my_ask": mine,
        "live": need.state in LIVE,
        "over": escalation.time_is_over(need, timezone.now()),
        "waits": escalation.waits_for_author(need, steps, timezone.now()),
        "desk": may_allow_desk(need) if is_author else "",
        "looking": LookingFor(initial={"looking_for": need.looking_for}),
        "reach": _reach(need, asks, reader),
        "may_reopen": need.state == NeedState.CLOSED_UNMET
        or (need.state == NeedState.IN_HAND and is_author),
        "may_come_forward": need.state == NeedState.OPEN and not mine and not is_author,
        "status_kind": STATUS_KIND.get(NeedState(need.state), ""),
    }


def _reach(need: Need, asks: list[Ask], reader: Person) -> Line | None:
    """After a yes, how the author and the helper reach each other; for these two alone."""
    said_yes = next((ask for ask in asks if ask.state in SAID_YES), None)
    if need.state != NeedState.IN_HAND or said_yes is None:
        return None
    pair = {need.author_id: said_yes.helper, said_yes.helper_id: need.author}
    if (other := pair.get(reader.pk)) is None:
        return None
    contact = contact_of(other, reader)
    agreed = HelpExchange.objects.filter(ask=said_yes).values_list("pk", flat=True).first()
    return {
        "name": other.name,
        "photo": other.photo_url,
        "email": contact.email,
        "phone": contact.phone,
        "url": reverse("exchange:help", args=[agreed]) if agreed else "",
    }


def _story(need: Need, asks: list[Ask], steps: list[EscalationStep], inside: bool) -> list[Line]:
    """Names of who was asked are for the author and the hosts; others read how many."""
    lines = [(need.published_at, _("told by %(name)s") % {"name": need.author.given_name})]
    lines += _waves(asks, inside)
    lines += [(ask.answered_at, text) for ask in asks if (text := _answer(ask, inside))]
    lines += [(step.at, text) for step in steps if (text := _step(step))]
    if need.closed_at and need.state not in LIVE:
        lines.append((need.closed_at, _ending(need)))
    told = sorted(((at, text) for at, text in lines if at), key=lambda line: line[0])
    return [{"when": ago_words(at), "at": at, "text": text} for at, text in told]


def _ending(need: Need) -> str:
    label = str(NeedState(need.state).label)
    if not need.outcome:
        return label
    words = {"ending": label, "outcome": need.get_outcome_display()}
    return _("%(ending)s: %(outcome)s") % words


def _waves(asks: list[Ask], inside: bool) -> list[tuple[datetime | None, str]]:
    sent: dict[datetime, list[str]] = {}
    for ask in asks:
        if ask.wave == UNASKED:
            continue
        sent.setdefault(ask.sent_at, []).append(ask.helper.given_name)
    return [(at, _wave(names, inside)) for at, names in sent.items()]


def _wave(names: list[str], inside: bool) -> str:
    if inside:
        return _("asked, each by name: %(names)s") % {"names": ", ".join(names)}
    return ngettext("%(n)d person asked by name", "%(n)d people asked by name", len(names)) % {
        "n": len(names)
    }


def _answer(ask: Ask, inside: bool) -> str:
    words = {"name": ask.helper.given_name, "words": ask.remark}
    if ask.state in SAID_YES:
        return _("%(name)s says yes") % words
    if inside and ask.state == AskState.LATER:
        return _("%(name)s answers: maybe later") % words
    if inside and ask.state == AskState.DECLINED:
        return _no(ask, words)
    return ""


def _no(ask: Ask, words: dict[str, str]) -> str:
    if ask.instead is not None:
        other = ask.instead.given_name
        return _("%(name)s cannot, and thinks of %(other)s") % {**words, "other": other}
    if ask.remark:
        return _("%(name)s cannot, and says: “%(words)s”") % words
    return _("%(name)s cannot this time") % words


def _step(step: EscalationStep) -> str:
    numbered = {
        "asked_author": _("the author was asked whether to keep it"),
        "kept": _("kept by its author"),
        "widened": _("shown to the whole network by its author"),
        "reworded": _("said in other words"),
    }
    if told_each_time := numbered.get(step.action.rpartition("_")[0]):
        return told_each_time
    told = {
        "host_queue": _("handed to the host of the hive"),
        "host_queue directors": _("handed to the network: the hive has no host"),
        "host_queue nobody": "",
        "host_reminder": _("the host was reminded"),
        "host_reminder acknowledged": "",
        "host_reminder nobody": "",
        "partner_desk at_desk": _("handed to the desk of a partner"),
        "partner_desk consent_asked": _("the author was asked whether a partner may read it"),
        "handed_to_desk": _("handed to the desk of a partner"),
        "network_board on_board": _("shown to all hives: nobody has taken it yet"),
        "network_board widen_asked": _("the author was asked whether other hives may read it"),
        "second_wave nobody": _("nobody else could be asked"),
        "acknowledged": _("a host looks after it"),
        "phoned": _("a host made a call"),
        "friday_bell": _("on the list of Friday’s Buzz"),
        "wrote": _("the host wrote to the author"),
        "no_date": _("no date after three days: both were asked for one"),
    }
    return told.get(f"{step.action} {step.result}", told.get(step.action, ""))


def _has_next(need: Need) -> bool:
    if escalation.time_is_over(need, timezone.now()):
        return False
    return need.state == NeedState.OPEN and need.next_step_at is not None


def _next_when(need: Need) -> str:
    return moment_words(need.next_step_at) if _has_next(need) and need.next_step_at else ""


def _next(need: Need, steps: list[EscalationStep]) -> str:
    if need.state == NeedState.IN_HAND:
        return _("Next: you agree on a moment, and say when it is done.")
    if not _has_next(need):
        return ""
    step = escalation.next_step(need, {step.action for step in steps})
    if step is not None and step.action == escalation.PARTNER_DESK and not desk_for(need):
        step = escalation.step_after(need, step.action)
    return _waits_for(need, step.action if step else "")


def _waits_for(need: Need, action: str) -> str:
    """What comes without a yes, said of this need."""
    hive_only = need.audience == NeedAudience.HUB
    sentences = {
        escalation.SECOND_WAVE: _("Without a yes by then, three other people are asked."),
        escalation.HOST_REMINDER: _("Without a yes by then, the host of the hive is reminded."),
        escalation.PARTNER_DESK: _("Without a yes by then, the desk of a partner takes it up.")
        if need.desk_consent_at
        else _("Without a yes by then, its author is asked whether a partner may read it."),
        escalation.NETWORK_BOARD: _(
            "Without a yes by then, its author is asked whether other hives may read it."
        )
        if hive_only
        else _("Without a yes by then, all hives see that it waits."),
    }
    return sentences.get(action, _("Without a yes by then, the host of the hive takes it up."))


def _asked(asks: list[Ask]) -> list[Line]:
    return [
        {
            "name": ask.helper.name,
            "photo": ask.helper.photo_url,
            "why": reasons.about_helper(ask.reasons, ask.helper.given_name),
            "status": ask.get_state_display(),
        }
        for ask in asks
    ]


def _named(asks: list[Ask]) -> list[Line]:
    """Those whom a helper named instead, unless they were asked since."""
    already = {ask.helper_id for ask in asks}
    return [
        {
            "name": ask.instead.name,
            "by": ask.helper.given_name,
            "url": reverse("exchange:need_ask", args=[ask.need_id, ask.instead_id]),
        }
        for ask in asks
        if ask.instead is not None and ask.instead_id not in already
    ]
