"""My encounters: whether I am drawn, whom I meet now, whom I met; and the link of the mails."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.calendars import event
from essaim.core.dated_links import Expired
from essaim.core.refusals import Refusal
from essaim.exchange import encounter_links
from essaim.exchange.actions import encounter_guests as guests
from essaim.exchange.actions import encounters as actions
from essaim.exchange.encounter_forms import HowItWas, numbers_of
from essaim.exchange.encounter_pages import encounter_page, listed
from essaim.exchange.meeting_times import LENGTH
from essaim.exchange.models import (
    Encounter,
    EncounterGuest,
    EncounterPlace,
    EncounterState,
    Since,
)
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20
GONE = 410
WEEKS = (4, 8, 13)


@allow(signed_in)
def encounters(request: SignedRequest) -> HttpResponse:
    me = request.user
    mine = Encounter.objects.of(me).select_related("round__hub")
    rows = mine.exclude(pk__in=Encounter.objects.live()).order_by("-round__sent_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    live = list(mine.live().order_by("-round__sent_at", "pk"))
    guest = EncounterGuest.objects.filter(person=me).first()
    paused = guest.paused_until if guest else None
    context = {
        "guest": guest,
        "paused": paused if paused and paused >= timezone.localdate() else None,
        "live": listed(live, me.pk),
        "page": page,
        "lines": listed(list(page), me.pk),
        "weeks": WEEKS,
    }
    return render(request, "exchange/encounters.html", context)


@require_POST
@allow(signed_in)
def encounters_join(request: SignedRequest) -> HttpResponse:
    said = _("Good. You will hear of somebody at the next draw.")
    return _do(request, lambda: guests.join_encounters(person=request.user, by=request.user), said)


@require_POST
@allow(signed_in)
def encounters_pause(request: SignedRequest) -> HttpResponse:
    weeks = next((n for n in WEEKS if str(n) == request.POST.get("weeks")), WEEKS[0])
    until = timezone.localdate() + timedelta(weeks=weeks)
    return _do(
        request,
        lambda: guests.pause_encounters(person=request.user, until=until, by=request.user),
        _("Noted. Nobody is proposed to you meanwhile."),
    )


@require_POST
@allow(signed_in)
def encounters_leave(request: SignedRequest) -> HttpResponse:
    said = _("Noted. You are drawn no more; come back whenever you like.")
    return _do(request, lambda: guests.leave_encounters(person=request.user, by=request.user), said)


def _do(request: HttpRequest, action: Callable[[], object], said: str) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("exchange:encounters")


@allow(signed_in)
def encounter(request: SignedRequest, pk: UUID) -> HttpResponse:
    """For those who meet; hosts see who meets, and not what each is told."""
    found = get_object_or_404(
        Encounter.objects.visible_to(request.user).select_related("round__hub"), pk=pk
    )
    place = _places().filter(encounter=found, person=request.user).first()
    if place is None or found.state in (EncounterState.DRAWN, EncounterState.CANCELLED):
        return _seen_by_host(request, found)
    return _shown(request, place)


def _seen_by_host(request: SignedRequest, found: Encounter) -> HttpResponse:
    if not hosts_hub(request.user, found.round.hub_id):
        raise Http404
    places = found.places.select_related("person").order_by("person_id")
    context = {"encounter": found, "hub": found.round.hub, "places": list(places)}
    return render(request, "exchange/encounter_hosted.html", context)


def _shown(
    request: HttpRequest, place: EncounterPlace, form: HowItWas | None = None, status: int = 200
) -> HttpResponse:
    """On the clock of the hive, where they meet."""
    page = encounter_page(place, form)
    page["action"] = reverse("exchange:encounter_tell", args=[page["encounter"].pk])
    with timezone.override(ZoneInfo(page["hub"].time_zone)):
        return render(request, "exchange/encounter.html", page, status=status)


@require_POST
@allow(signed_in)
def encounter_tell(request: SignedRequest, pk: UUID) -> HttpResponse:
    place = _mine(request, pk)
    form = HowItWas(request.POST)
    if request.POST.get("a") == "met" and not form.is_valid():
        return _shown(request, place, form, status=422)
    try:
        messages.success(request, _told(request, place, form))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("exchange:encounter", pk)


def _mine(request: SignedRequest, pk: UUID) -> EncounterPlace:
    seen = Encounter.objects.of(request.user)
    return get_object_or_404(_places(), encounter__in=seen, encounter=pk, person=request.user)


def _places() -> QuerySet[EncounterPlace]:
    return EncounterPlace.objects.select_related("encounter__round__hub", "person")


def _told(request: HttpRequest, place: EncounterPlace, form: HowItWas) -> str:
    """Does what the button says, and says what happens next."""
    by: Person = place.person
    choice = request.POST.get("a", "")
    if choice == "choose":
        return _chosen(request, place, by)
    if choice == "others":
        actions.ask_for_others(place=place, by=by)
        return _("Here are three other moments; the others see them too.")
    if choice == "skip":
        actions.skip(place=place, by=by)
        return _("Noted, no reason needed. The next draw does not forget you.")
    if choice == "met":
        actions.tell_met(place=place, by=by, **form.cleaned_data)
        return _("Thank you. The next draws learn from it.")
    if choice in Since.values:
        actions.tell_since(place=place, since=choice, by=by)
        return _("Thank you, noted.")
    raise Refusal(_("Choose one of the answers."))


def _chosen(request: HttpRequest, place: EncounterPlace, by: Person) -> str:
    turn = request.POST.get("turn", "")
    found = actions.choose_moments(
        place=place,
        numbers=numbers_of(request.POST.getlist("suits")),
        turn=int(turn) if turn.isascii() and turn.isdecimal() and len(turn) < 5 else 0,
        by=by,
    )
    if found.state == EncounterState.AGREED:
        return _("It is set: everybody is told.")
    if str(found.turn) != turn:
        return _("None of the three suited everybody: here are three others.")
    return _("Noted. It is set as soon as the others have chosen.")


@allow(signed_in)
def encounter_ics(request: SignedRequest, pk: UUID) -> HttpResponse:
    place = _mine(request, pk)
    found = place.encounter
    if found is None or found.state != EncounterState.AGREED or found.meets_at is None:
        raise Http404
    rows = found.places.exclude(pk=place.pk).select_related("person").order_by("person_id")
    written = event(
        uid=f"{found.pk}@{request.get_host()}",
        starts=found.meets_at,
        minutes=int(LENGTH.total_seconds() // 60),
        summary=_("Encounter: %(names)s") % {"names": ", ".join(one.person.name for one in rows)},
        url=request.build_absolute_uri(reverse("exchange:encounter", args=[found.pk])),
    )
    answer = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_("encounter")}.ics"'
    return answer


@require_POST
@allow(signed_in)
def encounter_never(request: SignedRequest, pk: UUID, person_id: UUID) -> HttpResponse:
    place = _mine(request, pk)
    rows = place.encounter.places if place.encounter else EncounterPlace.objects
    other = get_object_or_404(rows.select_related("person"), person=person_id).person
    try:
        assert place.encounter is not None
        guests.never_again(encounter=place.encounter, other=other, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Noted. Nobody else knows."))
    return redirect("exchange:encounter", pk)


@never_cache
@public
def encounter_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mailboxes open links too. Only a button answers."""
    try:
        place = get_object_or_404(_places(), pk=encounter_links.read(token))
    except BadSignature:
        raise Http404 from None
    except Expired:
        return render(request, "exchange/encounter_gone.html", status=GONE)
    with translation.override(place.person.language):
        return _answer_page(request, place)


def _answer_page(request: HttpRequest, place: EncounterPlace) -> HttpResponse:
    hidden = (EncounterState.DRAWN, EncounterState.CANCELLED)
    if place.encounter is None or place.encounter.state in hidden or not _reachable(place):
        return render(request, "exchange/encounter_gone.html", status=GONE)
    form, said, refused = None, "", ""
    if request.method == "POST":
        form = HowItWas(request.POST)
        if request.POST.get("a") == "met" and not form.is_valid():
            return _by_link(request, place, form, status=422)
        try:
            said = _told(request, place, form)
        except Refusal as refusal:
            refused = str(refusal)
        place = _places().get(pk=place.pk)
    return _by_link(request, place, said=said, refused=refused)


def _reachable(place: EncounterPlace) -> bool:
    return place.person.is_reachable()


def _by_link(
    request: HttpRequest,
    place: EncounterPlace,
    form: HowItWas | None = None,
    *,
    status: int = 200,
    said: str = "",
    refused: str = "",
) -> HttpResponse:
    page = encounter_page(place, form) | {"action": "", "said": said, "refused": refused}
    asked = request.GET.get("a", "") if request.method == "GET" else ""
    page["asked"] = asked if asked in ("skip", "met") else ""
    with timezone.override(ZoneInfo(page["hub"].time_zone)):
        return render(request, "exchange/encounter_answer.html", page, status=status)
