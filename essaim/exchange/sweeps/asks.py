"""Silence after an ask: a word to those who said « later », then it counts as no answer."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange.actions import asks


@duty(
    every=timedelta(minutes=5),
    words=_("Remind those who said later, and release those who are silent"),
)
def take_silence_for_an_answer(now: datetime) -> None:
    asks.remind(now)
    asks.expire_asks(now)
