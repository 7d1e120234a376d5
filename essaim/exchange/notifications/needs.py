"""What people are told about needs and asks."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange import answer_links, reasons
from essaim.exchange.contact import contact_of
from essaim.exchange.models import Ask, AskState, HelpExchange, Need, NeedState
from essaim.people.models import Person

WAITING = (AskState.SENT, AskState.LATER)


def _ask_facts(notice: Notice) -> Facts | None:
    """None once there is nothing to answer any more."""
    asks = Ask.objects.select_related("need__author", "need__hub")
    ask = asks.filter(pk=notice.facts["ask"], state__in=WAITING).first()
    if ask is None or ask.need.state != NeedState.OPEN:
        return None
    with translation.override(notice.recipient.language):
        why = reasons.for_helper(ask.reasons, ask.need.author.given_name)
    # On one line, after a quotation mark: what a person wrote never becomes a button of the letter.
    said = line(ask.need.text)
    answer = answer_links.path_for(ask)
    seeks = line(ask.need.looking_for)
    return {
        "ask": ask,
        "need": ask.need,
        "said": said,
        "why": why,
        "answer": answer,
        "seeks": seeks,
    }


def _agreed_facts(notice: Notice) -> Facts | None:
    """Addresses are read when the mail leaves and kept in no notice."""
    found = HelpExchange.objects.select_related("need", "giver", "receiver")
    exchange = found.filter(pk=notice.facts["exchange"]).first()
    if exchange is None:
        return None
    gives = exchange.giver_id == notice.recipient_id
    other = exchange.receiver if gives else exchange.giver
    contact = contact_of(other, notice.recipient)
    return {"exchange": exchange, "other": other, "contact": contact, "gives": gives}


def _need_facts(notice: Notice) -> Facts | None:
    need = Need.objects.select_related("author").filter(pk=notice.facts["need"]).first()
    return None if need is None else {"need": need}


ASK_RECEIVED = register(
    Kind("ask_received", _("Someone asks for my help"), Channel.NOW, facts=_ask_facts)
)
ASK_REMINDER = register(
    Kind("ask_reminder", _("An ask that I put off still waits"), Channel.NOW, facts=_ask_facts)
)
NEED_IN_HAND = register(
    Kind(
        "need_in_hand",
        _("Someone said yes"),
        Channel.NOW,
        mutable=False,
        facts=_agreed_facts,
        urgent=True,
    )
)
ASK_WITHDRAWN = register(
    Kind("ask_withdrawn", _("An ask needs no answer any more"), Channel.SILENT, facts=_need_facts)
)
NEED_STATUS = register(
    Kind("need_status", _("Where my need stands"), Channel.NOW, facts=_need_facts)
)


def asked(need: Need, asks: Sequence[Ask]) -> None:
    helpers = Person.objects.in_bulk([ask.helper_id for ask in asks])
    for ask in asks:
        _notify_ask(ASK_RECEIVED, ask, need, helpers[ask.helper_id])


def reminded(ask: Ask) -> None:
    _notify_ask(ASK_REMINDER, ask, ask.need, ask.helper)


def _notify_ask(kind: Kind, ask: Ask, need: Need, helper: Person) -> None:
    title = _("%(author)s needs you: %(title)s")
    notify(
        kind,
        to=helper,
        title=said(helper, title, author=need.author.given_name, title=need.title),
        path=reverse("exchange:ask", args=[ask.pk]),
        key=f"{kind.code}:{ask.pk}",
        ask=str(ask.pk),
    )


def in_hand(need: Need, ask: Ask, exchange: HelpExchange) -> None:
    """Both are told, and may now reach each other."""
    for to, other, title in (
        (need.author, ask.helper, _("%(name)s says yes: %(title)s")),
        (ask.helper, need.author, _("You said yes to %(name)s: %(title)s")),
    ):
        notify(
            NEED_IN_HAND,
            to=to,
            title=said(to, title, name=other.given_name, title=need.title),
            path=reverse("exchange:need", args=[need.pk]),
            key=f"need_in_hand:{ask.pk}",
            exchange=str(exchange.pk),
        )


RELEASED: dict[str, Any] = {
    NeedState.IN_HAND: _("Someone was found, thank you: %(title)s"),
    NeedState.MET: _("It is done, thank you: %(title)s"),
}
NO_LONGER = _("No answer is needed any more, thank you: %(title)s")


def released(need: Need, asks: Sequence[Ask]) -> None:
    for ask in asks:
        notify(
            ASK_WITHDRAWN,
            to=ask.helper,
            title=said(ask.helper, RELEASED.get(need.state, NO_LONGER), title=need.title),
            path=reverse("exchange:ask", args=[ask.pk]),
            key=f"ask_withdrawn:{ask.pk}",
            need=str(need.pk),
        )


STATUS = {
    "withdraw": _("Your need was withdrawn by your host: %(title)s"),
    "meet": _("Your host noted that your need is met: %(title)s"),
    "close_unmet": _("Nobody could help this time: %(title)s"),
    "reopen": _("Your need waits again, and others are asked: %(title)s"),
}


def status(need: Need, verb: str) -> None:
    """One line to the author when something happened that they did not do themselves."""
    tell_author(need, STATUS[verb], key=f"{verb}:{timezone.now():%Y%m%d%H%M}")


def somebody_else_named(need: Need, ask: Ask, person: Person | None) -> None:
    name = person.name if person else ""
    title = (
        _("%(helper)s cannot, and thinks of %(name)s: %(title)s")
        if name
        else _("%(helper)s cannot, and leaves you a word: %(title)s")
    )
    tell_author(need, title, key=f"instead:{ask.pk}", helper=ask.helper.given_name, name=name)


def tell_author(need: Need, title: Any, *, key: str, **words: Any) -> None:
    notify(
        NEED_STATUS,
        to=need.author,
        title=said(need.author, title, title=need.title, **words),
        path=reverse("exchange:need", args=[need.pk]),
        key=f"need_status:{need.pk}:{key}",
        need=str(need.pk),
    )


def said(to: Person, sentence: Any, **words: Any) -> str:
    with translation.override(to.language):
        # Plural sentences choose their form by these words.
        return str(sentence % words)
