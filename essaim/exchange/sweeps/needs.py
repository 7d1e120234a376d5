"""What time alone does to needs and asks."""

from datetime import datetime, timedelta

from essaim.core.duties import duty
from essaim.core.states import Overtaken
from essaim.exchange.actions import asks, needs
from essaim.exchange.models import Need


@duty(every=timedelta(minutes=5))
def take_silence_for_an_answer(now: datetime) -> None:
    asks.remind(now)
    asks.expire_asks(now)


@duty(every=timedelta(hours=1))
def close_needs_whose_time_ran_out(now: datetime) -> None:
    for need in Need.objects.open().filter(expires_at__lte=now).order_by("expires_at"):
        try:
            needs.close_need(need=need, by=None)
        except Overtaken:  # answered or withdrawn between the two lines above
            continue
