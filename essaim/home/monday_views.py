"""« Monday »: ten things, each with whom, why now, and the button that does it."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.core.writing import line
from essaim.home.actions import monday as actions
from essaim.home.models import MondayDone
from essaim.home.monday import Kind, monday_of
from essaim.home.monday_rows import matters_of
from essaim.home.monday_words import sentence_of
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


@allow(is_host)
def monday(request: SignedRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    hubs, choice = hubs_in_view(request)
    done = MondayDone.objects.filter(person=request.user, until_on__gt=today)
    set_aside = {
        (kind, thing_id): until
        for kind, thing_id, until in done.values_list("kind", "thing_id", "until_on")
    }
    # Nobody writes a word of welcome to themselves.
    matters = (m for m in matters_of([h.pk for h in hubs], now) if m.thing_id != request.user.pk)
    found = monday_of(matters, set_aside=set_aside, now=now, today=today)
    context = {
        "hubs": hubs,
        "choice": choice,
        "lines": [sentence_of(matter) for matter in found.lines],
        "folded": [(sentence_of(line.matter), line.until) for line in found.folded],
        "beyond": found.beyond,
        "alone": not found.lines and not _others(hubs, request.user).exists(),
        "next_week": today + actions.FOLDED,
    }
    return render(request, "home/monday.html", context)


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
    known = _kind(kind)
    if known not in actions.DOING:
        raise Http404
    try:
        actions.act(kind=known, thing_id=thing_id, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Done. The line folds away for a week."))
    return _back(request)


@require_POST
@allow(is_host)
def monday_fold(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    until = _day(request.POST.get("until", ""))
    actions.set_aside(by=request.user, kind=_kind(kind), thing_id=thing_id, until=until)
    return _back(request)


@require_POST
@allow(is_host)
def monday_unfold(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    actions.unfold(by=request.user, kind=_kind(kind), thing_id=thing_id)
    return _back(request)


def _kind(word: str) -> Kind:
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


def _back(request: SignedRequest) -> HttpResponse:
    hub = line(request.POST.get("hub", ""))
    known = Hub.objects.open().filter(slug=hub).exists() if hub else False
    return redirect(reverse("home:monday") + (f"?hub={hub}" if known else ""))
