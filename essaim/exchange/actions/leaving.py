"""What becomes of the needs, asks and promised help of somebody who goes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from essaim.exchange.actions import asks, encounters, needs
from essaim.exchange.actions.introductions import end_introductions
from essaim.exchange.buzz.events import forget_person
from essaim.exchange.models import (
    ASK,
    HELP,
    LIVE,
    Ask,
    EncounterCard,
    HelpExchange,
    Need,
    NeedState,
)
from essaim.exchange.notifications import help as telling
from essaim.people.models import Person


def end_everything(*, person: Person) -> None:
    """For the actions by which a person leaves or is erased, in their transaction.

    Call it when the person can no longer be asked: a need that they had in hand looks at once for
    somebody else.
    """
    now = timezone.now()
    forget_person(person)
    for need in Need.objects.filter(author=person, state__in=(NeedState.DRAFT, *LIVE)):
        needs.withdraw_need(need=need, by=person)
    for ask in Ask.objects.waiting().filter(helper=person).select_related("need"):
        _withdraw(ask, now)
    promised = HelpExchange.objects.of(person).filter(state__in=HELP.sources("cancel"))
    for exchange in promised.select_related("need", "giver", "receiver", "hub"):
        _cancel(exchange, person)
    encounters.leave_all(person=person)
    end_introductions(person=person)


def unquote_needs(*, author: Person) -> None:
    """« X has helped with “…” » is why X was asked for the needs of others, or is shown to them.

    For the erasure, before the titles are emptied.
    """
    needs = Need.objects.filter(author=author).exclude(title="")
    titles = set(needs.values_list("title", flat=True))
    helpers = HelpExchange.objects.filter(need__author=author).values("giver")
    for ask in Ask.objects.filter(helper__in=helpers, reasons__kind="met"):
        if _unquote([ask.reasons], titles):
            ask.save(update_fields=["reasons"])
    for card in EncounterCard.objects.filter(other__in=helpers):
        if _unquote([fact for fact in card.facts.values() if fact], titles):
            card.save(update_fields=["facts"])


def _unquote(facts: Iterable[dict[str, Any]], titles: Collection[str]) -> bool:
    found = [one for one in facts if one.get("kind") == "met" and one.get("quote") in titles]
    for one in found:
        one["quote"] = ""
    return bool(found)


def _withdraw(ask: Ask, now: datetime) -> None:
    need = asks.lock_need(ask.need)
    ASK.fire(ask, "withdraw", answered_at=now)
    asks.hasten(need, now)


def _cancel(exchange: HelpExchange, person: Person) -> None:
    """Nobody is kept here by a promise: no right is asked, unlike when help is called off."""
    HELP.fire(exchange, "cancel")
    if exchange.need is not None and exchange.need.state == NeedState.IN_HAND:
        needs.reopen_need(need=exchange.need, by=None)
    else:
        telling.cancelled(exchange, by=person)
