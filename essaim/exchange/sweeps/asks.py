"""Silence after an ask: a word to those who said « later », then it counts as no answer."""

from datetime import datetime, timedelta

from essaim.core.duties import duty
from essaim.exchange.actions import asks


@duty(every=timedelta(minutes=5))
def take_silence_for_an_answer(now: datetime) -> None:
    asks.remind(now)
    asks.expire_asks(now)
