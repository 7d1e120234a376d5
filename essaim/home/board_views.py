"""Figures of a hive, or of the network for its directors: each opens its records."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from essaim.core import figures
from essaim.core.access import allow
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.figures import community
from essaim.exchange.figures.help import GIVEN, RECEIVED
from essaim.exchange.figures.ladder import ORPHANS
from essaim.home.charts import Bar, bars
from essaim.hubs.models import Hub
from essaim.hubs.rules import is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_director

WEEKS = 8
PERIODS = (7, 30, 90, 365)
NEEDS, MINUTES = Count("pk"), Sum("minutes")


@dataclass(frozen=True)
class Shown:
    figure: figures.Figure
    value: float | None
    path: str

    @property
    def whole(self) -> int:
        return round(self.value or 0)


@allow(is_host)
def board(request: SignedRequest) -> HttpResponse:
    hubs, network = _choice(request.user)
    hub = _hub(request.GET.get("hub", ""), hubs, network=network)
    days = _days(request.GET.get("days", ""))
    until = _midnight(timezone.localdate() + timedelta(days=1))
    hub_id = hub.pk if hub else None
    scope = figures.Scope(request.user, hub_id, until - timedelta(days=days), until)
    context = {
        "hub": hub,
        "hubs": hubs,
        "network": network,
        "days": days,
        "periods": PERIODS,
        "figures": _shown(scope),
        "charts": _charts(request.user, hub, until),
    }
    return render(request, "home/board.html", context)


def _shown(scope: figures.Scope) -> list[Shown]:
    chosen = (*community.FIGURES, ORPHANS, GIVEN, RECEIVED)
    values = figures.measure_all(chosen, scope)
    return [
        Shown(figure, value, figures.path_of(figure, scope))
        for figure, value in zip(chosen, values, strict=True)
    ]


def _choice(person: Person) -> tuple[list[Hub], bool]:
    """Which hives the reader may look at; and whether at all of them together."""
    if is_director(person):
        return list(Hub.objects.open().order_by("name")), True
    return list(Hub.objects.open().hosted_by(person).order_by("name")), False


def _hub(slug: str, hubs: list[Hub], *, network: bool) -> Hub | None:
    # The pages of figures lead back here with the id of the hive.
    found = next((hub for hub in hubs if slug in (hub.slug, str(hub.pk))), None)
    if found is None and slug:
        raise Http404
    if found is None and not network:
        if not hubs:
            raise Http404
        return hubs[0]
    return found


def _days(typed: str) -> int:
    return int(typed) if typed in map(str, PERIODS) else 30


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _charts(viewer: Person, hub: Hub | None, until: datetime) -> list[dict[str, Any]]:
    this_week = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    weeks = [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    scope = figures.Scope(viewer, hub.pk if hub else None, _midnight(weeks[0]), until)
    told = figures.weekly(community.needs_told, scope, "published_at", NEEDS)
    given = figures.weekly(community.help_confirmed, scope, "confirmed_at", MINUTES)
    return [
        _chart(
            _("Needs told each week"),
            _("needs, by week of telling"),
            _bars(weeks, told, lambda n: str(int(n))),
        ),
        _chart(
            _("Help exchanged each week"),
            _("time confirmed, by week"),
            _bars(weeks, given, lambda n: minutes_words(int(n))),
        ),
    ]


def _bars(weeks: list[date], found: dict[date, float], say: Any) -> list[Bar]:
    rows = [(week, found.get(week, 0)) for week in weeks]
    return bars([(formats.date_format(week, "j/n"), n, say(n)) for week, n in rows])


def _chart(title: str, measure: str, drawn: list[Bar]) -> dict[str, Any]:
    return {"title": title, "measure": measure, "bars": drawn}
