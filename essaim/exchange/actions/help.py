"""Help from the yes on: agreed, claimed, confirmed, disputed, cancelled."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.capacity import Obstacle, load_of, lock_capacity
from essaim.exchange.models import Ask, HelpExchange
from essaim.people.models import Person


class NoTimeLeft(Refusal):
    message = _(
        "Your pledge of the month does not hold this any more. Raise it in your toolbox card if "
        "you want to say yes all the same."
    )


class HandsFull(Refusal):
    message = _(
        "You already have as much help underway as you wished. Say that one is done, or change "
        "your toolbox card."
    )


REFUSALS: dict[Obstacle, type[Refusal]] = {
    Obstacle.NO_PLEDGE: NoTimeLeft,
    Obstacle.PLEDGE_USED: NoTimeLeft,
    Obstacle.HANDS_FULL: HandsFull,
}


@transaction.atomic
def agree_help(*, ask: Ask, by: Person) -> HelpExchange:
    """The yes to an ask becomes an exchange; called by the acceptance, which moves ask and need."""
    if by.pk != ask.helper_id:
        raise NotAllowed
    need = ask.need
    _take_capacity(by, need.minutes)
    exchange = HelpExchange.objects.create(
        need=need,
        ask=ask,
        giver=by,
        receiver=need.author,
        hub_id=need.hub_id,
        title=need.title,
        planned_minutes=need.minutes,
    )
    journal.record("agree_help", exchange, by=by, hub_id=exchange.hub_id, minutes=need.minutes)
    return exchange


def _take_capacity(giver: Person, minutes: int) -> None:
    """Refuses what the giver cannot hold, seen under the lock that makes two yeses wait."""
    lock_capacity(giver)
    obstacles = load_of(giver, now=timezone.now()).why_not_accept(minutes)
    if obstacles:
        raise REFUSALS[obstacles[0]]
