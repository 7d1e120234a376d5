"""Figures week by week, by question: for hosts and directors, and what members may read of them."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from essaim.core.access import allow, signed_in
from essaim.core.spreadsheets import csv_chunks
from essaim.exchange.figures.community import QUESTIONS, SHARED, Question
from essaim.home.between_hives import passages
from essaim.home.board_views import WEEKS, choice, chosen
from essaim.home.week_lines import FEW, line_of
from essaim.home.weeks import Weeks, weeks_of
from essaim.hubs.models import Hub
from essaim.hubs.rules import hosts_hub, is_host, lives_in
from essaim.people.requests import SignedRequest

SPANS = (WEEKS, 26, 52)


@allow(is_host)
def weeks(request: SignedRequest, slug: str) -> HttpResponse:
    question = _question(slug)
    hubs, network = choice(request.user)
    hub = chosen(request.GET.get("hub", ""), hubs, network=network)
    span = _span(request.GET.get("weeks", ""))
    found = weeks_of(question.figures, hub, span, viewer=request.user)
    if request.GET.get("format") == "csv":
        return _csv(question, hub, found)
    context = {
        "question": question,
        "tabs": _tabs(question, hub, span),
        "hub": hub,
        "hubs": hubs,
        "network": network,
        "span": span,
        "spans": SPANS,
        "lines": _lines(question, found),
        "counted_at": found.counted_at,
        "few": FEW,
        "passages": passages(hub, span, viewer=request.user) if question.between else None,
    }
    return render(request, "home/weeks.html", context)


@allow(signed_in)
def hive_weeks(request: SignedRequest, slug: str) -> HttpResponse:
    """Of one's own hive what tells nothing of anybody: no list of names stands behind."""
    hub = get_object_or_404(Hub.objects.visible_to(request.user), slug=slug)
    if not (lives_in(request.user, hub.pk) or hosts_hub(request.user, hub.pk)):
        raise Http404
    found = weeks_of(SHARED, hub, WEEKS, viewer=request.user)
    lines = [
        line_of(figure, found.points[figure.code], for_members=True)
        for figure in SHARED
        if found.points[figure.code]
    ]
    context = {"hub": hub, "lines": lines, "counted_at": found.counted_at, "few": FEW}
    return render(request, "home/hive_weeks.html", context)


def _question(slug: str) -> Question:
    found = next((question for question in QUESTIONS if question.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _span(typed: str) -> int:
    return int(typed) if typed in map(str, SPANS) else WEEKS


def _lines(question: Question, found: Weeks) -> list[Any]:
    return [
        line_of(figure, found.points[figure.code])
        for figure in question.figures
        if found.points[figure.code]
    ]


def _tabs(current: Question, hub: Hub | None, span: int) -> list[dict[str, object]]:
    query = f"?weeks={span}" + (f"&hub={hub.slug}" if hub else "")
    return [
        {
            "label": question.name,
            "url": reverse("home:weeks", args=[question.slug]) + query,
            "current": question is current,
        }
        for question in QUESTIONS
    ]


def _csv(question: Question, hub: Hub | None, found: Weeks) -> HttpResponse:
    answer = HttpResponse(
        csv_chunks(_table(question, hub, found)), content_type="text/csv; charset=utf-8"
    )
    name = f"{question.slug}-{hub.slug if hub else 'reseau'}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _table(question: Question, hub: Hub | None, found: Weeks) -> Iterator[list[str]]:
    yield [_("Hive"), _("Week of"), _("Code"), _("Figure"), _("Value"), _("Unit"), _("Records")]
    where = hub.name if hub else _("The whole network")
    for figure in question.figures:
        for point in found.points[figure.code]:
            value = "" if point.value is None else formats.number_format(round(point.value, 2))
            yield [
                where,
                point.monday.isoformat(),
                figure.code,
                str(figure.name),
                value,
                figure.unit,
                str(point.n),
            ]
