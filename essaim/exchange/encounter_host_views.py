"""The rounds of a hive, for its hosts: what leaves soon, and putting people otherwise."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.exchange import encounter_cards as cards
from essaim.exchange.actions import rounds
from essaim.exchange.encounter_guests import eligible
from essaim.exchange.models import (
    Encounter,
    EncounterPlace,
    EncounterRound,
    EncounterState,
    RhythmMode,
    RoundState,
)
from essaim.hubs.models import Hub
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 10


@allow(is_host)
def encounter_rounds(request: SignedRequest) -> HttpResponse:
    hubs = list(hubs_to_host(request.user).order_by("name"))
    hub = chosen_hub(hubs, request.GET.get("hub", ""))
    if hub is None:
        return render(request, "exchange/encounter_rounds.html", {"hub": None})
    waiting = EncounterRound.objects.filter(hub=hub, state=RoundState.DRAWN).first()
    page = Paginator(_past_rounds(hub), PAGE).get_page(request.GET.get("page"))
    context = {
        "hub": hub,
        "hubs": hubs,
        "waiting": waiting,
        "pairs": _pairs(waiting) if waiting else [],
        "left_out": _left_out(waiting) if waiting else [],
        "people": _people(waiting) if waiting else [],
        "guests": len(eligible(hub, timezone.now())),
        "fewest": rounds.FEWEST,
        "mode": rounds.mode_of(hub),
        "modes": RhythmMode.choices,
        "page": page,
    }
    return render(request, "exchange/encounter_rounds.html", context)


def chosen_hub(hubs: list[Hub], slug: str) -> Hub | None:
    """The hive asked for, by its name in addresses or its id; else the first one."""
    found = next((hub for hub in hubs if slug in (hub.slug, str(hub.pk))), None)
    if found is None and slug:
        raise Http404
    return found or next(iter(hubs), None)


def _past_rounds(hub: Hub) -> Any:
    ended = Q(encounters__state=EncounterState.MET)
    rows = EncounterRound.objects.filter(hub=hub, state=RoundState.SENT)
    told = ~Q(encounters__state=EncounterState.CANCELLED)
    return rows.annotate(
        told=Count("encounters", filter=told), met=Count("encounters", filter=ended)
    ).order_by("-sent_at", "pk")


def _pairs(found: EncounterRound) -> list[dict[str, Any]]:
    """Each encounter with its people, and the line that each is told of the first other."""
    waiting = found.encounters.filter(state=EncounterState.DRAWN).order_by("pk")
    rows = waiting.prefetch_related("places__person", "cards__other")
    return [_pair(encounter) for encounter in rows]


def _pair(encounter: Encounter) -> dict[str, Any]:
    people = {place.person_id: place.person for place in encounter.places.all()}
    told = [
        (people[card.reader_id].given_name, line)
        for card in encounter.cards.all()
        if (line := cards.relevant_line(card.facts, card.other.given_name))
    ]
    return {
        "encounter": encounter,
        "people": sorted(people.values(), key=lambda person: person.name),
        "lines": told,
    }


def _left_out(found: EncounterRound) -> list[Person]:
    rows = EncounterPlace.objects.filter(round=found, encounter__isnull=True)
    return list(Person.objects.filter(pk__in=rows.values("person")).by_name())


def _people(found: EncounterRound) -> list[Person]:
    return list(Person.objects.filter(encounter_places__round=found).by_name())


@require_POST
@allow(is_host)
def round_draw(request: SignedRequest, hub_id: UUID) -> HttpResponse:
    hub = get_object_or_404(hubs_to_host(request.user), pk=hub_id)
    said = _("Drawn. Nobody is told before you have had time to look at it.")
    return _do(request, hub, lambda: rounds.draw_round(hub=hub, by=request.user), said)


@require_POST
@allow(is_host)
def round_rhythm(request: SignedRequest, hub_id: UUID) -> HttpResponse:
    hub = get_object_or_404(hubs_to_host(request.user), pk=hub_id)
    mode = request.POST.get("mode", "")
    if mode not in RhythmMode.values:
        messages.warning(request, _("Choose one of the answers."))
        return redirect(_path(hub))
    said = _("Noted: it holds from the next round on.")
    return _do(request, hub, lambda: rounds.set_rhythm(hub=hub, mode=mode, by=request.user), said)


@require_POST
@allow(is_host)
def round_send(request: SignedRequest, pk: UUID) -> HttpResponse:
    found, now = _round(request, pk), timezone.now()
    said = _("On their way: each hears whom they meet.")
    return _do(
        request,
        found.hub,
        lambda: rounds.send_round(found=found, now=now, by=request.user),
        said,
    )


@require_POST
@allow(is_host)
def round_cancel(request: SignedRequest, pk: UUID) -> HttpResponse:
    found = _round(request, pk)
    said = _("Cancelled. Nobody was told anything.")
    return _do(request, found.hub, lambda: rounds.cancel_round(found=found, by=request.user), said)


@require_POST
@allow(is_host)
def round_swap(request: SignedRequest, pk: UUID) -> HttpResponse:
    found = _round(request, pk)
    people = {str(person.pk): person for person in _people(found)}
    one = people.get(request.POST.get("one", ""))
    other = people.get(request.POST.get("other", ""))
    if one is None or other is None:
        messages.warning(request, _("Choose two people of this round."))
        return redirect(_path(found.hub))
    said = _("%(one)s and %(other)s have changed places.") % {
        "one": one.given_name,
        "other": other.given_name,
    }
    return _do(
        request,
        found.hub,
        lambda: rounds.swap_places(found=found, one=one, other=other, by=request.user),
        said,
    )


@require_POST
@allow(is_host)
def round_drop(request: SignedRequest, pk: UUID) -> HttpResponse:
    mine = Encounter.objects.filter(round__hub__in=hubs_to_host(request.user))
    encounter = get_object_or_404(mine.select_related("round__hub"), pk=pk)
    said = _("Taken out. They go first at the next draw.")
    return _do(
        request,
        encounter.round.hub,
        lambda: rounds.drop_encounter(encounter=encounter, by=request.user),
        said,
    )


def _round(request: SignedRequest, pk: UUID) -> EncounterRound:
    rows = EncounterRound.objects.visible_to(request.user).select_related("hub")
    return get_object_or_404(rows, pk=pk)


def _do(request: SignedRequest, hub: Hub, action: Callable[[], object], said: str) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(_path(hub))


def _path(hub: Hub) -> str:
    return f"{reverse('exchange:encounter_rounds')}?hub={hub.slug}"
