"""The records behind a figure: its name, its definition, its value, and the list."""

from datetime import date, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from essaim.core import figures
from essaim.core.access import allow, signed_in
from essaim.core.scopes import localday, scope_of_days, zone_of
from essaim.core.spreadsheets import csv_chunks
from essaim.core.templatetags.presentation import figure_words

PAGE = 50


@allow(signed_in)
def figure(request: HttpRequest, code: str) -> HttpResponse:
    found = figures.FIGURES.get(code)
    scope = _scope(request)
    if found is None or not found.may_see(request.user, scope.hub_id):
        raise Http404
    records = found.records(scope)
    if request.GET.get("format") == "csv":
        return _csv(found, scope)
    page = Paginator(records, PAGE).get_page(request.GET.get("page"))
    value = figures.measure(found, scope)
    context = {
        "figure": found,
        "scope": scope,
        "days": (scope.last_day - scope.first_day).days + 1,
        "value": value,
        "said": figure_words(value, found.unit),
        "page": page,
        "lines": [found.describe(record) for record in page],
    }
    return render(request, "core/figure.html", context)


def _scope(request: HttpRequest) -> figures.Scope:
    """From the address: `hub`, `from`, `to` (days, both in the period); else the last 30 days."""
    hub_id, other_id = _id(request.GET.get("hub")), _id(request.GET.get("with"))
    zone = zone_of(hub_id)
    today = localday(timezone.now(), zone)
    since = _day(request.GET.get("from"), today - timedelta(days=30))
    until = _day(request.GET.get("to"), today)
    return scope_of_days(request.user, hub_id, since, until, zone=zone, other_id=other_id)


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


def _day(text: str | None, default: date) -> date:
    try:
        day = date.fromisoformat(text) if text else default
    except ValueError:
        raise Http404 from None
    # Beyond, a day has no moment in every zone.
    if not 1900 <= day.year <= 2999:
        raise Http404
    return day


def _csv(found: figures.Figure, scope: figures.Scope) -> HttpResponse:
    lines = map(found.describe, found.records(scope).iterator(chunk_size=500))
    rows = ([at.isoformat() if (at := line.at) else "", line.sentence, line.path] for line in lines)
    response = HttpResponse(csv_chunks(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.csv"'
    response["Cache-Control"] = "no-store"
    return response
