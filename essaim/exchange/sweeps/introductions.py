"""Introductions: silence ends them after two weeks; what came of them is asked after a month."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange.actions import introductions
from essaim.exchange.escalation import is_at_rest
from essaim.exchange.models import Introduction


@duty(every=timedelta(hours=1), words=_("End the introductions that nobody answered"))
def end_silent_introductions(now: datetime) -> int:
    due = Introduction.objects.live().filter(lapses_at__lte=now)
    rows = due.select_related("need__hub", "asker", "introducer", "whom").order_by("pk")
    return sum(introductions.lapse(introduction=one, now=now) for one in rows)


@duty(every=timedelta(hours=6), words=_("Ask what came of the introductions of a month ago"))
def follow_introductions(now: datetime) -> int:
    due = Introduction.objects.filter(follow_at__lte=now)
    rows = due.select_related("need__hub", "asker", "introducer", "whom").order_by("pk")
    return sum(
        introductions.ask_outcome(introduction=one, now=now)
        for one in rows
        if not is_at_rest(one.need.hub, now)
    )
