"""What time alone does to a Buzz: one left open is closed, promises are followed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from essaim.core import outbox
from essaim.core.duties import duty
from essaim.exchange.actions import buzz, buzz_after, buzz_hands
from essaim.exchange.buzz.events import forget_gestures
from essaim.exchange.models import BuzzEvent, BuzzTurn, HandState, NeedState

# Screens that come back later than that read the page anew.
LISTENED = timedelta(hours=2)
# A phone that kept a gesture longer has lost the day.
REPEATED = timedelta(days=30)
TOLD_TOO = (NeedState.OPEN, NeedState.IN_HAND, NeedState.MET)


@outbox.handler("buzz_minutes")
def send_minutes(payload: dict[str, Any], key: str) -> None:
    buzz_after.send_minutes(buzz_id=UUID(payload["buzz"]))


@duty(every=timedelta(minutes=5), words=_("End the Buzz that nobody ended"))
def close_forgotten_buzzes(now: datetime) -> int:
    return buzz_after.close_forgotten(now)


@duty(every=timedelta(hours=1), words=_("Fix again the Buzz that nobody rang"))
def fix_missed_buzzes(now: datetime) -> int:
    return buzz.fix_missed(now)


@duty(every=timedelta(minutes=2), words=_("Take the hands raised for needs published since"))
def take_hands_left(now: datetime) -> None:
    waiting = BuzzTurn.objects.filter(hands__state=HandState.RAISED, need__state__in=TOLD_TOO)
    for pk in waiting.order_by("pk").values_list("pk", flat=True).distinct():
        buzz_hands.take_hands_left(pk)


@duty(every=timedelta(hours=1), words=_("Follow the promises of the Buzz"))
def follow_promises(now: datetime) -> int:
    return buzz_after.follow_promises(now)


@duty(every=timedelta(hours=1), words=_("Forget what the screens of a Buzz were told"))
def forget_events(now: datetime) -> None:
    BuzzEvent.objects.filter(at__lt=now - LISTENED, buzz__state="closed").delete()
    forget_gestures(now - REPEATED)
