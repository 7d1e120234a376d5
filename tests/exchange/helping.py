"""A help on its way, and what its two people were told."""

from datetime import timedelta

from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.exchange.actions import help as actions
from essaim.exchange.models import (
    HelpExchange,
    NeedState,
)
from essaim.people.models import Person
from tests.factories import (
    make_exchange,
    make_hub,
    make_need,
    make_resident,
)


def make_claimed(
    minutes: int = 60, *, by_giver: bool = True, with_need: bool = False
) -> HelpExchange:
    hub = make_hub()
    giver, receiver = make_resident(hub, given_name="Karim"), make_resident(hub)
    need = make_need(receiver, hub, state=NeedState.IN_HAND) if with_need else None
    exchange = make_exchange(giver, receiver, hub, need=need)
    actions.claim_minutes(exchange=exchange, minutes=minutes, by=giver if by_giver else receiver)
    exchange.refresh_from_db()
    return exchange


def reread(exchange: HelpExchange) -> HelpExchange:
    return HelpExchange.objects.get(pk=exchange.pk)


def notices_of(person: Person) -> list[str]:
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("code", flat=True)
    )


def deliver() -> None:
    """Quiet hours hold mails back until the morning: the test does not wait for it."""
    OutboxRow.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    outbox.deliver()
