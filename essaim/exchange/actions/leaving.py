"""What becomes of the needs, asks and promised help of somebody who goes."""

from datetime import datetime

from django.utils import timezone

from essaim.exchange.actions import asks, encounters, needs
from essaim.exchange.buzz.events import forget_person
from essaim.exchange.models import (
    ASK,
    HELP,
    LIVE,
    Ask,
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
