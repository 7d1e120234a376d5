"""« Monday »: ten things, each with whom, why now, and the button that does it."""

from collections import Counter
from datetime import date, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.core.templatetags.presentation import day_words
from essaim.core.writing import line
from essaim.home.actions import monday as actions
from essaim.home.models import OF_THE_KIND, MondayDone, NotNow
from essaim.home.monday import Kind, SetAside, monday_of
from essaim.home.monday_rows import matters_of
from essaim.home.monday_words import sentence_of
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

# How long a refusal of a kind of line is remembered.
REMEMBERED = timedelta(days=14)


@allow(is_host)
def monday(request: SignedRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    hubs, choice = hubs_in_view(request)
    set_aside, put_aside = _set_aside(request.user, now, today)
    # Nobody writes a word of welcome to themselves.
    matters = (m for m in matters_of([h.pk for h in hubs], now) if m.thing_id != request.user.pk)
    found = monday_of(matters, set_aside=set_aside, now=now, today=today, put_aside=put_aside)
    context = {
        "hubs": hubs,
        "choice": choice,
        "lines": [sentence_of(matter) for matter in found.lines],
        "folded": [(sentence_of(line.matter), line.aside) for line in found.folded],
        "beyond": found.beyond,
        "alone": not found.lines and not _others(hubs, request.user).exists(),
    }
    return render(request, "home/monday.html", context)


def _set_aside(
    host: Person, now: datetime, today: date
) -> tuple[dict[tuple[str, UUID], SetAside], Counter[str]]:
    """What the host put aside until a day to come; and of which kinds they lately refused some."""
    lately = now - REMEMBERED
    rows = MondayDone.objects.filter(Q(until_on__gt=today) | Q(set_at__gt=lately), person=host)
    aside, refused = {}, Counter[str]()
    for kind, pk, until, why, words, at in rows.values_list(
        "kind", "thing_id", "until_on", "why", "words", "set_at"
    ):
        aside[kind, pk] = SetAside(until, str(NotNow(why).label) if why else "", words)
        refused[kind] += why in OF_THE_KIND and at > lately
    return aside, refused


def _others(hubs: list[Hub], host: Person) -> QuerySet[Residency]:
    return Residency.objects.current().filter(hub__in=hubs).exclude(person=host)


def hubs_in_view(request: SignedRequest) -> tuple[list[Hub], list[Hub]]:
    """The hubs one animates, all together; a director who animates none looks at one at a time."""
    hosted = list(Hub.objects.open().hosted_by(request.user).order_by("name"))
    if hosted:
        return hosted, []
    every = list(Hub.objects.open().order_by("name"))
    asked = request.GET.get("hub", "")
    return [hub for hub in every if hub.slug == asked][:1] or every[:1], every


@require_POST
@allow(is_host)
def monday_act(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    known = kind_of(kind)
    if known not in actions.DOING:
        raise Http404
    try:
        actions.act(kind=known, thing_id=thing_id, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        undo = undo_path(known, thing_id, "fait", request.POST.get("hub", ""))
        messages.success(request, _("Done. The line folds away for a week."), extra_tags=undo)
    return back(request)


@allow(is_host)
def monday_fold(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    """« Not now »: why, in a tap or a few words, and until when; all of it may be left out."""
    known = kind_of(kind)
    if request.method != "POST":
        return _later(request, known, thing_id)
    until = _day(request.POST.get("until", ""))
    why, words = request.POST.get("why", ""), request.POST.get("words", "")
    actions.set_aside(
        by=request.user, kind=known, thing_id=thing_id, until=until, why=why, words=words
    )
    undo = undo_path(known, thing_id, "plus-tard", request.POST.get("hub", ""))
    said = _("Put aside: it comes back %(day)s.") % {"day": day_words(until)}
    messages.success(request, said, extra_tags=undo)
    return back(request)


def _later(request: SignedRequest, kind: Kind, thing_id: UUID) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "kind": kind,
        "thing_id": thing_id,
        "hub": request.GET.get("hub", ""),
        "reasons": NotNow.choices,
        "tomorrow": today + timedelta(days=1),
        "next_week": today + actions.FOLDED,
    }
    return render(request, "home/monday_later.html", context)


@require_POST
@allow(is_host)
def monday_unfold(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    actions.unfold(by=request.user, kind=kind_of(kind), thing_id=thing_id)
    return back(request)


def undo_path(kind: Kind, thing_id: UUID, gesture: str, hub: str) -> str:
    path = reverse("home:monday_undo", args=[kind, thing_id, gesture])
    return path + (f"?hub={quote(hub)}" if hub else "")


def kind_of(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise Http404 from None


def _day(typed: str) -> date:
    """A day to come; anything else means in a week."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = today
    return day if day > today else today + actions.FOLDED


def back(request: SignedRequest) -> HttpResponse:
    hub = line(request.POST.get("hub", ""))
    known = Hub.objects.open().filter(slug=hub).exists() if hub else False
    return redirect(reverse("home:monday") + (f"?hub={hub}" if known else ""))
