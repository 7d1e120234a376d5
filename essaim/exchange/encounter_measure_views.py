"""Do encounters deserve to be drawn so? For hosts and directors, each figure with its records."""

from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from essaim.core.access import allow
from essaim.core.figures import Scope
from essaim.exchange.encounter_host_views import chosen_hub
from essaim.exchange.encounter_measures import conclusions, guards_of, rows_of
from essaim.exchange.trials import FEW
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_director

PERIODS = (90, 180, 365)


@allow(is_host)
def encounter_measures(request: SignedRequest) -> HttpResponse:
    network = is_director(request.user)
    hubs = list(hubs_to_host(request.user).order_by("name"))
    slug = request.GET.get("hub", "")
    hub = chosen_hub(hubs, slug) if slug or not network else None
    if hub is None and not network:
        raise Http404
    scope = _scope(request, hub.pk if hub else None)
    rows = rows_of(scope)
    context = {
        "hub": hub,
        "hubs": hubs,
        "network": network,
        "days": (scope.until - scope.since).days,
        "periods": PERIODS,
        "rows": rows,
        "guards": guards_of(scope),
        "conclusions": conclusions(rows),
        "few": FEW,
    }
    return render(request, "exchange/encounter_measures.html", context)


def _scope(request: SignedRequest, hub_id: object) -> Scope:
    typed = request.GET.get("days", "")
    days = next((days for days in PERIODS if str(days) == typed), PERIODS[1])
    midnight = datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time())
    until = timezone.make_aware(midnight)
    return Scope(request.user, hub_id, until - timedelta(days=days), until)  # type: ignore[arg-type]
