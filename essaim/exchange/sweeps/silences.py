"""What a long silence does: twice a year, a word to those of whom nothing was heard."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange.actions import silences


@duty(every=timedelta(hours=12), words=_("Ask for news of those who are silent for long"))
def ask_for_news(now: datetime) -> int:
    return silences.renew(now)
