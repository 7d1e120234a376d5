"""What becomes of the needs, asks and promised help of somebody who goes."""

from django.utils import timezone

from essaim.exchange.models import (
    ASK,
    HELP,
    LIVE,
    NEED,
    Ask,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
)
from essaim.people.models import Person


def end_everything(*, person: Person) -> None:
    """For the actions by which a person leaves or is erased, in their transaction.

    Their needs are withdrawn; a need that they had in hand waits again, at once, for somebody else.
    """
    now = timezone.now()
    mine = Need.objects.filter(author=person, state__in=(NeedState.DRAFT, *LIVE))
    ASK.fire_all(Ask.objects.filter(need__in=mine.values("pk")), "withdraw", answered_at=now)
    ASK.fire_all(Ask.objects.filter(helper=person), "withdraw", answered_at=now)
    promised = HelpExchange.objects.of(person).filter(state=HelpState.AGREED)
    given = list(promised.filter(giver=person).values_list("need_id", flat=True))
    HELP.fire_all(promised, "cancel")
    NEED.fire_all(mine, "withdraw", closed_at=now)
    in_hand = Need.objects.filter(pk__in=given)
    NEED.fire_all(in_hand, "reopen", next_step_at=now)
