"""The gestures of Monday that ask something first: one page each, and back to the list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.templatetags.presentation import moment_words_in
from essaim.exchange.contact import contacts_of
from essaim.exchange.models import Buzz, BuzzState, Need
from essaim.home import introductions
from essaim.home.actions import monday as lines
from essaim.home.actions import monday_gestures as actions
from essaim.home.actions.monday_gestures import INTRODUCED, Concern
from essaim.home.monday_forms import CallForm, IntroduceForm, PauseForm, ThankForm
from essaim.home.monday_gestures import Gesture, offered
from essaim.home.monday_views import back, kind_of, undo_path
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


def _concern(request: SignedRequest, kind: str, thing_id: UUID, gesture: Gesture) -> Concern:
    """Of somebody else's hive, or of a gesture that this line does not have: not found."""
    known = kind_of(kind)
    if gesture not in offered(known):
        raise Http404
    try:
        return actions.concern_of(kind=known, thing_id=thing_id, by=request.user)
    except Refusal:
        raise Http404 from None


def _page(
    request: SignedRequest, template: str, kind: str, thing_id: UUID, **more: Any
) -> HttpResponse:
    context = {"kind": kind, "thing_id": thing_id, "hub": _hub(request)} | more
    status = 422 if request.method == "POST" else 200
    return render(request, template, context, status=status)


def _hub(request: SignedRequest) -> str:
    return request.POST.get("hub", "") or request.GET.get("hub", "")


def _done(
    request: SignedRequest,
    line: tuple[str, UUID],
    gesture: Gesture,
    do: Callable[[], object],
    said: Callable[[Any], str],
) -> HttpResponse:
    """Does it, says it with its way back, and returns to the list."""
    kind, thing_id = line
    try:
        came = do()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        undo = undo_path(kind_of(kind), thing_id, gesture, request.POST.get("hub", ""))
        messages.success(request, said(came), extra_tags=undo)
    return back(request)


@allow(is_host)
def monday_call(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    """The numbers that these people let the host read, and what came of the call."""
    found = _concern(request, kind, thing_id, Gesture.CALL)
    form = CallForm(request.POST or None, people=found.people)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            (kind, thing_id),
            Gesture.CALL,
            lambda: actions.note_call(
                kind=kind_of(kind),
                thing_id=thing_id,
                person=form.chosen(),
                outcome=form.cleaned_data["outcome"],
                by=request.user,
            ),
            _called,
        )
    contacts = contacts_of(found.people, request.user)
    people = [{"person": person, "contact": contacts[person.pk]} for person in found.people]
    return _page(request, "home/monday_call.html", kind, thing_id, people=people, form=form)


def _called(days: int) -> str:
    return ngettext(
        "The call is noted. The line comes back tomorrow.",
        "The call is noted. The line comes back in %(n)d days.",
        days,
    ) % {"n": days}


@require_POST
@allow(is_host)
def monday_buzz(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    _concern(request, kind, thing_id, Gesture.BUZZ)
    return _done(
        request,
        (kind, thing_id),
        Gesture.BUZZ,
        lambda: actions.put_on_buzz(kind=kind_of(kind), thing_id=thing_id, by=request.user),
        _on_the_list,
    )


def _on_the_list(need: Need) -> str:
    ahead = Buzz.objects.filter(hub=need.hub_id, state=BuzzState.PLANNED).select_related("hub")
    buzz = ahead.first()
    if buzz is None:
        return _("On the list of the next Buzz. Its date is still to be fixed.")
    when = moment_words_in(buzz.starts_at, buzz.hub.time_zone)
    return _("On the list of the Buzz, %(when)s.") % {"when": when}


@allow(is_host)
def monday_pause(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    """Taken at once, or offered: then the person says."""
    [person] = _concern(request, kind, thing_id, Gesture.PAUSE).people
    line, known = (kind, thing_id), kind_of(kind)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and "offer" in request.POST:
        return _done(
            request,
            line,
            Gesture.OFFER,
            lambda: actions.offer_pause(kind=known, thing_id=thing_id, by=request.user),
            lambda who: _("%(name)s is asked whether they would like a pause.") % _name(who),
        )
    if request.method == "POST" and form.is_valid():
        days = int(form.cleaned_data["days"])
        return _done(
            request,
            line,
            Gesture.PAUSE,
            lambda: actions.pause_asks(kind=known, thing_id=thing_id, days=days, by=request.user),
            lambda who: _("Nothing is asked of %(name)s for now, who knows it.") % _name(who),
        )
    return _page(request, "home/monday_pause.html", kind, thing_id, person=person, form=form)


def _name(person: Person) -> dict[str, str]:
    return {"name": person.given_name}


@allow(is_host)
def monday_thank(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    [person] = _concern(request, kind, thing_id, Gesture.THANK).people
    form = ThankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        return _done(
            request,
            (kind, thing_id),
            Gesture.THANK,
            lambda: actions.thank(
                kind=kind_of(kind), thing_id=thing_id, words=words, by=request.user
            ),
            lambda who: _("Your words are on their way to %(name)s.") % _name(who),
        )
    return _page(request, "home/monday_thank.html", kind, thing_id, person=person, form=form)


@allow(is_host)
def monday_introduce(request: SignedRequest, kind: str, thing_id: UUID) -> HttpResponse:
    [person] = _concern(request, kind, thing_id, Gesture.INTRODUCE).people
    others = introductions.could_meet(person, _shared_hubs(person, request.user))
    close = introductions.suggested(person, others, count=INTRODUCED)
    form = IntroduceForm(request.POST or None, close=[one.person for one in close], others=others)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            (kind, thing_id),
            Gesture.INTRODUCE,
            lambda: actions.introduce(
                kind=kind_of(kind), thing_id=thing_id, others=form.chosen(), by=request.user
            ),
            lambda who: _("%(name)s and those you chose now know of each other.") % _name(who),
        )
    return _page(
        request, "home/monday_introduce.html", kind, thing_id,
        person=person, close=close, others=others, form=form,
    )  # fmt: skip


def _shared_hubs(person: Person, host: Person) -> list[UUID]:
    """Where the person lives and the host is at home."""
    lives = Residency.objects.current().filter(person=person).values("hub")
    hubs = hubs_to_host(host) & Hub.objects.filter(pk__in=lives)
    return list(hubs.values_list("pk", flat=True))


UNDONE: dict[str, Callable[..., None]] = {
    Gesture.BUZZ: actions.take_off_buzz,
    Gesture.PAUSE: actions.end_pause,
}


@allow(is_host)
def monday_undo(request: SignedRequest, kind: str, thing_id: UUID, gesture: str) -> HttpResponse:
    """Says what would be taken back of what the host did, and takes it back when asked to."""
    known = kind_of(kind)
    if not lines.is_set_aside(by=request.user, kind=known, thing_id=thing_id):
        raise Http404
    if request.method != "POST":
        context = {"gesture": gesture, "undone": gesture in UNDONE}
        return _page(request, "home/monday_undo.html", kind, thing_id, **context)
    try:
        if gesture in UNDONE:
            UNDONE[gesture](kind=known, thing_id=thing_id, by=request.user)
    except NotAllowed:
        raise Http404 from None
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return back(request)
    lines.unfold(by=request.user, kind=known, thing_id=thing_id)
    messages.success(request, _("Taken back: the line is on your list again."))
    return back(request)
