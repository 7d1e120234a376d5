"""Figures of a hive, or of the network for its directors: each opens its records."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from essaim.core import figures
from essaim.core.access import allow
from essaim.core.scopes import localday, scope_of_days, zone_of
from essaim.core.templatetags.presentation import figure_words
from essaim.exchange.carrying import alarm_of
from essaim.exchange.figures import community, needs, sharing
from essaim.exchange.figures.help import GIVEN, RECEIVED
from essaim.exchange.figures.ladder import ORPHANS
from essaim.home.week_lines import FEW, line_of
from essaim.home.weeks import weeks_of
from essaim.hubs.models import Hub
from essaim.hubs.rules import is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_director

WEEKS = 13
PERIODS = (7, 30, 90, 365)
DRAWN = (needs.TOLD, sharing.HOURS)


@dataclass(frozen=True)
class Shown:
    figure: figures.Figure
    value: float | None
    path: str

    @property
    def said(self) -> str:
        return figure_words(self.value, self.figure.unit)


@allow(is_host)
def board(request: SignedRequest) -> HttpResponse:
    hubs, network = choice(request.user)
    hub = chosen(request.GET.get("hub", ""), hubs, network=network)
    days = _days(request.GET.get("days", ""))
    hub_id = hub.pk if hub else None
    zone = hub.time_zone if hub else zone_of(None)
    today = localday(timezone.now(), zone)
    scope = scope_of_days(request.user, hub_id, today - timedelta(days=days - 1), today, zone=zone)
    drawn = weeks_of(DRAWN, hub, WEEKS, viewer=request.user)
    context = {
        "hub": hub,
        "hubs": hubs,
        "network": network,
        "days": days,
        "periods": PERIODS,
        "figures": _shown(scope),
        "alarm": alarm_of(request.user, hub.pk, zone) if hub else None,
        "questions": community.QUESTIONS,
        "lines": [line_of(f, drawn.points[f.code]) for f in DRAWN if drawn.points[f.code]],
        "counted_at": drawn.counted_at,
        "few": FEW,
    }
    return render(request, "home/board.html", context)


def _shown(scope: figures.Scope) -> list[Shown]:
    shown = (*community.FIGURES, ORPHANS, GIVEN, RECEIVED)
    values = figures.measure_all(shown, scope)
    return [
        Shown(figure, value, figures.path_of(figure, scope))
        for figure, value in zip(shown, values, strict=True)
    ]


def choice(person: Person) -> tuple[list[Hub], bool]:
    """Which hives the reader may look at; and whether at all of them together."""
    if is_director(person):
        return list(Hub.objects.open().order_by("name")), True
    return list(Hub.objects.open().hosted_by(person).order_by("name")), False


def chosen(slug: str, hubs: list[Hub], *, network: bool) -> Hub | None:
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
