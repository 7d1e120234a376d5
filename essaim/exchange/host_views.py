"""The host's queue, and one need in it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.exchange import matching, reasons
from essaim.exchange.actions import hosting
from essaim.exchange.actions.escalation import HOST_LEVEL
from essaim.exchange.contact import contact_of
from essaim.exchange.models import Ask, Need, NeedState
from essaim.exchange.need_forms import HostWords
from essaim.exchange.need_pages import need_page
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20
SUGGESTED = 5
FOUND = 8


@allow(is_host)
def queue(request: SignedRequest) -> HttpResponse:
    """Nobody's first, then those that a host looks after; the longest waiting first."""
    waiting = Need.objects.open().filter(hub__in=hubs_to_host(request.user), level__gte=HOST_LEVEL)
    rows = waiting.select_related("author", "hub", "acknowledged_by").order_by(
        F("acknowledged_at").asc(nulls_first=True), "published_at", "id"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/queue.html", {"page": page})


@allow(is_host)
def host_need(request: SignedRequest, need_id: UUID) -> HttpResponse:
    return _host_need(request, _hosted(request, need_id), HostWords())


def _host_need(
    request: SignedRequest, need: Need, form: HostWords, *, status: int = 200
) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    context = need_page(need, request.user) | {
        "people": _suggested(need) if need.state == NeedState.OPEN else [],
        "words": words,
        "found": _found(need, words, request.user),
        "contact": contact_of(need.author, request.user),
        "form": form,
        "done": {step.action for step in need.steps.all()},
    }
    return render(request, "exchange/host_need.html", context, status=status)


def _hosted(request: SignedRequest, need_id: UUID) -> Need:
    told = Need.objects.exclude(published_at=None).select_related("author", "hub")
    return get_object_or_404(told, pk=need_id, hub__in=hubs_to_host(request.user))


def _suggested(need: Need) -> list[dict[str, Any]]:
    found = matching.suggest(need, now=timezone.now(), count=SUGGESTED)
    people = Person.objects.in_bulk([suggestion.person_id for suggestion in found])
    return [
        {"person": person, "why": reasons.about_helper(suggestion.reasons, person.given_name)}
        for suggestion in found
        if (person := people.get(suggestion.person_id))
    ]


def _found(need: Need, words: str, host: Person) -> list[Person]:
    if not words:
        return []
    asked = Ask.objects.filter(need=need).values("helper")
    named = Person.objects.visible_to(host).named(words).exclude(pk__in=asked)
    return list(named.exclude(pk=need.author_id).by_name()[:FOUND])


GESTURES: dict[str, Callable[..., None]] = {
    "acknowledge": hosting.acknowledge_need,
    "call": hosting.note_call,
    "bell": hosting.put_on_friday_bell,
}


@require_POST
@allow(is_host)
def take_up(request: SignedRequest, need_id: UUID, gesture: str) -> HttpResponse:
    need = _hosted(request, need_id)
    said = _("Noted: %(name)s knows that you look after it.") % {"name": need.author.given_name}
    _try(request, said, lambda: GESTURES[gesture](need=need, by=request.user))
    return redirect("exchange:host_need", need_id)


@require_POST
@allow(is_host)
def assign(request: SignedRequest, need_id: UUID, person_id: UUID) -> HttpResponse:
    need = _hosted(request, need_id)
    helper = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    said = _("%(name)s is asked, by name.") % {"name": helper.given_name}
    _try(request, said, lambda: hosting.assign_need(need=need, helper=helper, by=request.user))
    return redirect("exchange:host_need", need_id)


@require_POST
@allow(is_host)
def write(request: SignedRequest, need_id: UUID) -> HttpResponse:
    need = _hosted(request, need_id)
    form = HostWords(request.POST)
    if not form.is_valid() and need.state == NeedState.OPEN:
        return _host_need(request, need, form, status=422)
    words = form.cleaned_data.get("words", "")
    said = _("Your words are on their way to %(name)s.") % {"name": need.author.given_name}
    _try(request, said, lambda: hosting.write_to_author(need=need, words=words, by=request.user))
    return redirect("exchange:host_need", need_id)


def _try(request: SignedRequest, said: str, do: Callable[[], object]) -> None:
    try:
        do()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
