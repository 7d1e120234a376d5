"""The pages of a Buzz: the phone in the room, the desk of host and scribe, the wall, minutes."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from essaim.core.access import allow, signed_in
from essaim.core.csp import HEADER
from essaim.core.refusals import Refusal
from essaim.exchange.buzz.channel import KEPT, Told
from essaim.exchange.buzz.gestures import GESTURES, said_after
from essaim.exchange.buzz.minutes import minutes_of
from essaim.exchange.buzz.rules import may_run, may_type
from essaim.exchange.buzz.stage import NOBODY, addresses, live_origin, stage_of
from essaim.exchange.models import Buzz, BuzzState, Consent, EscalationStep, Need, NoteKind
from essaim.hubs.models import Residency
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


def _seen(request: SignedRequest, buzz_id: UUID) -> Buzz:
    rows = Buzz.objects.visible_to(request.user).select_related("hub", "scribe")
    return get_object_or_404(rows, pk=buzz_id)


def _page(request: SignedRequest, buzz: Buzz, template: str, **more: Any) -> HttpResponse:
    stage = stage_of(buzz, request.user)
    here = addresses(request, buzz)
    context = {
        "buzz": buzz,
        "stage": stage,
        "nobody": NOBODY,
        "key": uuid4(),
        "consents": Consent,
        "kinds": NoteKind,
    }
    response = render(request, template, context | here | more)
    if here["live_url"].startswith("http"):
        origin = live_origin(request)
        response["Content-Security-Policy"] = f"{HEADER}; connect-src 'self' {origin}"
    return response


@allow(signed_in)
def room(request: SignedRequest, buzz_id: UUID) -> HttpResponse:
    buzz = _seen(request, buzz_id)
    if buzz.state == BuzzState.CLOSED:
        return redirect("exchange:buzz_minutes", buzz.pk)
    return _page(request, buzz, "exchange/buzz/room.html")


@allow(signed_in)
def wall(request: SignedRequest, buzz_id: UUID) -> HttpResponse:
    return _page(request, _seen(request, buzz_id), "exchange/buzz/wall.html")


@allow(signed_in)
def desk(request: SignedRequest, buzz_id: UUID) -> HttpResponse:
    """The host's console; without the bell and the turns, the page of the scribe."""
    buzz = _seen(request, buzz_id)
    if not may_type(request.user, buzz):
        raise Http404
    if buzz.state == BuzzState.CLOSED:
        return redirect("exchange:buzz_minutes", buzz.pk)
    there = Person.objects.filter(pk__in=buzz.presences.values("person")).by_name()
    living = Residency.objects.current().filter(hub=buzz.hub_id).values("person")
    absent = Person.objects.present().filter(pk__in=living)
    return _page(
        request,
        buzz,
        "exchange/buzz/desk.html",
        turns=list(buzz.turns.select_related("person").order_by("position")),
        there=list(there),
        listed=list(_on_the_list(buzz)),
        absent=list(absent.exclude(pk__in=buzz.presences.values("person")).by_name()),
    )


def _on_the_list(buzz: Buzz) -> QuerySet[Need]:
    """What a host promised to say at Friday's Buzz, for who could not be there."""
    put = EscalationStep.objects.filter(need=OuterRef("pk"), action="friday_bell")
    waiting = Need.objects.open().filter(Exists(put), hub=buzz.hub_id)
    return waiting.select_related("author").order_by("published_at", "pk")


@allow(signed_in)
def minutes(request: SignedRequest, buzz_id: UUID) -> HttpResponse:
    buzz = _seen(request, buzz_id)
    if buzz.state != BuzzState.CLOSED:
        return redirect("exchange:buzz", buzz.pk)
    mine = buzz.turns.filter(person=request.user, need__state="draft").select_related("need")
    context = {
        "buzz": buzz,
        "minutes": minutes_of(buzz),
        "drafts": list(mine.order_by("position")),
        "runs": may_run(request.user, buzz),
    }
    return render(request, "exchange/buzz/minutes.html", context)


@require_GET
@allow(signed_in)
def news(request: SignedRequest, buzz_id: UUID) -> HttpResponse:
    """For screens that cannot listen: what came after a number, asked again every few seconds."""
    buzz = _seen(request, buzz_id)
    word = request.GET.get("after", "0")
    after = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0
    if buzz.last_event <= after:
        return HttpResponse(status=204)
    rows = buzz.events.filter(number__gt=after).order_by("number")
    told = [Told(*fields) for fields in rows.values_list("number", "kind", "facts", "at")[:KEPT]]
    whole = bool(told) and told[0].number == after + 1 and told[-1].number >= buzz.last_event
    return JsonResponse({"events": [each.as_json() for each in told], "anew": not whole})


@require_POST
@allow(signed_in)
def gesture(request: SignedRequest, buzz_id: UUID, verb: str) -> HttpResponse:
    """One gesture: answered in a word to a script, else by the page it came from."""
    buzz = _seen(request, buzz_id)
    if verb not in GESTURES:
        raise Http404
    kind = GESTURES[verb]
    form = kind.form(request.POST, buzz=buzz)
    if not form.is_valid():
        problem = next(iter(form.errors.values()))[0]
        return _answer(request, buzz, refused=str(problem))
    form.make_own(verb)
    try:
        kind.do(buzz, request.user, form)
    except Refusal as refusal:
        return _answer(request, buzz, refused=str(refusal))
    return _answer(request, buzz, said=said_after(kind))


def _answer(
    request: SignedRequest, buzz: Buzz, *, said: str = "", refused: str = ""
) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        status = 409 if refused else 200
        return JsonResponse({"said": said, "refused": refused}, status=status)
    if refused:
        messages.warning(request, refused)
    elif said:
        messages.success(request, said)
    here = request.POST.get("next", "")
    # Only a page of ours: `redirect` would take another word for the name of a view.
    ours = here.startswith("/") and url_has_allowed_host_and_scheme(here, allowed_hosts=None)
    return redirect(here if ours else reverse("exchange:buzz", args=[buzz.pk]))
