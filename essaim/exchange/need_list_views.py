"""Needs in a list: mine, those of my hive, those of the network; and as a file for hosts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.access import allow, signed_in
from essaim.core.spreadsheets import csv_chunks
from essaim.exchange.models import LIVE, Need, NeedAudience, NeedState, Urgency
from essaim.exchange.need_forms import NeedFilter
from essaim.exchange.need_pages import STATUS_KIND
from essaim.exchange.need_search import Found, find_needs
from essaim.hubs.models import Host, Hub, Residency
from essaim.hubs.rules import is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20
HASTE = Case(
    *(When(urgency=urgency, then=Value(rank)) for rank, urgency in enumerate(Urgency.values)),
    default=Value(9),
)
ORDERS: dict[str, tuple[Any, ...]] = {
    "": ("-published_at", "-id"),
    "new": ("-published_at", "-id"),
    "old": ("published_at", "id"),
    "urgent": (HASTE, "-published_at", "-id"),
}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int = 0


@allow(signed_in)
def needs(request: SignedRequest) -> HttpResponse:
    where = request.GET.get("in", "mine")
    asked = NeedFilter(request.GET)
    narrowed = asked.narrowed(_needs_in(where, request.user))
    found = find_needs(asked.words, narrowed) if asked.words else None
    rows = _ordered(narrowed.select_related("author", "hub"), asked, found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": asked,
        "read_as": found.read_as if found else "",
        "where": where,
        "tabs": _tabs(where),
        "page": page,
        "lines": [_line(need, where, found, request.user) for need in page],
        "narrowed": any(request.GET.get(name) for name in ("q", "urgency", "state")),
        "drafts": _drafts(request.user) if where == "mine" else [],
        "may_export": is_host(request.user),
    }
    return render(request, "exchange/needs.html", context)


def _ordered(
    rows: QuerySet[Need], asked: NeedFilter, found: Found | None
) -> QuerySet[Need] | list[Need]:
    """As asked; best first when words were typed and no order was."""
    sort = asked.cleaned_data.get("sort") or ""
    if found is None:
        return rows.order_by(*ORDERS[sort])
    rows = rows.filter(pk__in=found.ids)
    if sort:
        return rows.order_by(*ORDERS[sort])
    place = {pk: at for at, pk in enumerate(found.ids)}
    return sorted(rows.order_by(), key=lambda need: place[need.pk])


def _needs_in(where: str, reader: Person) -> QuerySet[Need]:
    visible = Need.objects.visible_to(reader).exclude(state=NeedState.DRAFT)
    if where == "hive":
        return visible.filter(_in_my_hives(reader))
    if where == "board":
        return visible.on_board()
    if where == "network":
        return visible.filter(audience=NeedAudience.NETWORK)
    return visible.filter(author=reader)


def _in_my_hives(reader: Person) -> Q:
    lived = Residency.objects.current().filter(person=reader).values("hub")
    hosted = Host.objects.current().filter(person=reader).values("hub")
    return Q(hub__in=lived) | Q(hub__in=hosted)


def _drafts(reader: Person) -> list[Need]:
    drafts = Need.objects.filter(author=reader, state=NeedState.DRAFT).order_by("-created_at")
    return list(drafts.only("id", "title")[:5])


def _tabs(where: str) -> list[Tab]:
    places = (
        ("mine", _("Mine")),
        ("hive", _("My hive")),
        ("network", _("The network")),
        ("board", _("To be taken")),
    )
    url = reverse("exchange:needs")
    return [Tab(label, f"{url}?in={place}", where == place) for place, label in places]


def _line(need: Need, where: str, found: Found | None, reader: Person) -> dict[str, Any]:
    takes = where == "board" and need.author_id != reader.pk
    return {
        "take": reverse("exchange:need_volunteer", args=[need.pk]) if takes else "",
        "why": (found.why.get(need.pk, "") if found else "") or _seeks(need),
        "sentence": need.title or _("(erased)"),
        "url": reverse("exchange:need", args=[need.pk]),
        "author": "" if where == "mine" else need.author.given_name,
        "hub": need.hub.name if where in ("network", "board") else "",
        "urgency": need.get_urgency_display(),
        "urgent": need.urgency == Urgency.NOW and need.state == NeedState.OPEN,
        "minutes": need.minutes,
        "status": need.get_state_display(),
        "status_kind": STATUS_KIND.get(NeedState(need.state), ""),
    }


def _seeks(need: Need) -> str:
    if not need.looking_for or need.state not in LIVE:
        return ""
    return _("Do you know somebody there? %(name)s") % {"name": need.looking_for}


@allow(is_host)
def needs_export(request: SignedRequest) -> HttpResponseBase:
    """The needs of the hives that I host (of all of them for the network's director)."""
    hosted = Hub.objects.looked_after_by(request.user)
    rows = Need.objects.filter(hub__in=hosted).exclude(state=NeedState.DRAFT)
    asked = NeedFilter(request.GET)
    narrowed = asked.narrowed(rows)
    if asked.words:
        narrowed = narrowed.filter(pk__in=find_needs(asked.words, narrowed).ids)
    told = narrowed.select_related("author", "hub").order_by(*ORDERS[""])
    response = StreamingHttpResponse(
        csv_chunks(_rows(told)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{_("needs")}.csv"'
    return response


def _rows(needs: QuerySet[Need]) -> Iterator[list[str]]:
    yield [
        _("told on"),
        _("hive"),
        _("by"),
        _("need"),
        _("words"),
        _("when"),
        _("minutes"),
        _("state"),
    ]
    for need in needs.iterator(chunk_size=500):
        yield [
            f"{need.published_at:%Y-%m-%d}",
            need.hub.name,
            need.author.name,
            need.title,
            need.text,
            str(need.get_urgency_display()),
            str(need.minutes),
            str(need.get_state_display()),
        ]
