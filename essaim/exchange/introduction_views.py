"""Introductions: looking for somebody, offering, and what each of the three answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.dated_links import Expired
from essaim.core.refusals import Refusal
from essaim.exchange import introduction_links
from essaim.exchange.actions import introductions as actions
from essaim.exchange.introduction_forms import LookingFor, Offer
from essaim.exchange.introduction_pages import introduction_page, listed, part_of, waits_for
from essaim.exchange.models import LIVE, Introduction, Need
from essaim.exchange.need_pages import need_page
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20
FOUND = 8
GONE = 410


@allow(signed_in)
def introductions(request: SignedRequest) -> HttpResponse:
    mine = _rows().visible_to(request.user).order_by("-offered_at", "pk")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": listed(list(page), request.user.pk)}
    return render(request, "exchange/introductions.html", context)


@require_POST
@allow(signed_in)
def need_look_for(request: SignedRequest, need_id: UUID) -> HttpResponse:
    mine = Need.objects.filter(author=request.user).select_related("author", "hub")
    need = get_object_or_404(mine, pk=need_id)
    form = LookingFor(request.POST)
    if not form.is_valid():
        page = need_page(need, request.user) | {"looking": form}
        return render(request, "exchange/need.html", page, status=422)
    name = form.cleaned_data["looking_for"]
    try:
        actions.look_for(need=need, name=name, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        said = _("Noted. Whoever reads your need sees whom you would like to reach.")
        messages.success(request, said if name else _("Noted."))
    return redirect("exchange:need", need_id)


@allow(signed_in)
def introduction_offer(request: SignedRequest, need_id: UUID) -> HttpResponse:
    """Whom do you know there? A member is found by name; of somebody outside nothing is written."""
    seen = Need.objects.visible_to(request.user).filter(state__in=LIVE).exclude(looking_for="")
    rows = seen.exclude(author=request.user).select_related("author", "hub")
    need = get_object_or_404(rows, pk=need_id)
    typed = request.GET.get("q", "").strip()
    form = Offer(request.POST or None, people=_named(request, need, typed))
    if request.method == "POST" and form.is_valid():
        try:
            offered = actions.offer_introduction(need=need, by=request.user, **form.chosen())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Thank you. %(name)s is asked first.") % {"name": need.author.given_name}
            messages.success(request, said)
            return redirect("exchange:introduction", offered.pk)
    context = {"need": need, "form": form, "typed": typed, "found": bool(form.people)}
    status = 422 if form.errors else 200
    return render(request, "exchange/introduction_offer.html", context, status=status)


def _named(request: SignedRequest, need: Need, typed: str) -> list[Person]:
    """Those whose name was typed, and the one who was chosen among them."""
    visible = Person.objects.visible_to(request.user)
    others = visible.exclude(pk__in=(request.user.pk, need.author_id))
    found = list(others.named(typed).by_name()[:FOUND]) if typed else []
    try:
        chosen = UUID(request.POST.get("whom", ""))
    except ValueError:
        return found
    return found or list(others.filter(pk=chosen))


@allow(signed_in)
def introduction(request: SignedRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(_rows().visible_to(request.user), pk=pk)
    page = introduction_page(found, request.user) | {"asked": "", "action": ""}
    if request.method == "POST":
        try:
            messages.success(request, _answered(request, found, request.user))
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        return redirect("exchange:introduction", pk)
    return render(request, "exchange/introduction.html", page)


@never_cache
@public
def introduction_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mailboxes open links too. Only a button answers."""
    try:
        pk, person_id = introduction_links.read(token)
    except BadSignature:
        raise Http404 from None
    except Expired:
        return render(request, "exchange/answer_over.html", {"why": ""}, status=GONE)
    reader = get_object_or_404(Person, pk=person_id)
    found = get_object_or_404(_rows().visible_to(reader), pk=pk)
    if not reader.is_reachable():
        return render(request, "exchange/answer_over.html", {"why": ""}, status=GONE)
    with translation.override(reader.language):
        return _answer_page(request, found, reader)


def _answer_page(request: HttpRequest, found: Introduction, reader: Person) -> HttpResponse:
    said = refused = ""
    if request.method == "POST":
        try:
            said = _answered(request, found, reader)
        except Refusal as refusal:
            refused = str(refusal)
        found = _rows().get(pk=found.pk)
    asked = request.GET.get("a", "") if request.method == "GET" else ""
    page = introduction_page(found, reader) | {"said": said, "refused": refused}
    page["asked"] = asked if asked in ("yes", "no") else ""
    if not said:
        # A letter that is read by another opens no address: only the answer itself does.
        page["contact"] = None
    return render(request, "exchange/introduction_answer.html", page)


def _rows() -> Any:
    return Introduction.objects.select_related("need__hub", "asker", "introducer", "whom")


def _answered(request: HttpRequest, found: Introduction, by: Person) -> str:
    """Does what the button says, and says what happens next."""
    choice = request.POST.get("a", "")
    answers: dict[str, Callable[[Introduction, Person], str]] = {
        "yes": _yes,
        "no": _no,
        "withdraw": _withdraw,
    }
    if choice in answers:
        return answers[choice](found, by)
    if choice in actions.OUTCOMES:
        actions.tell_outcome(introduction=found, outcome=choice, by=by)
        return _("Thank you, noted.")
    raise Refusal(_("Choose one of the answers."))


def _yes(found: Introduction, by: Person) -> str:
    state, part = found.state, part_of(found, by.pk)
    if waits_for(found) != part or state not in actions.YES:
        raise Refusal(_("Nothing more is asked of you about it."))
    actions.YES[state](introduction=found, by=by)
    if part == "asker":
        return _("Noted. %(name)s goes on from here.") % {"name": found.introducer.given_name}
    if part == "introducer":
        return _("Thank you. %(name)s knows that you have written.") % {
            "name": found.asker.given_name
        }
    return _("Thank you. You may write to each other now.")


def _no(found: Introduction, by: Person) -> str:
    actions.decline_introduction(introduction=found, by=by)
    return _("Noted, no reason needed.")


def _withdraw(found: Introduction, by: Person) -> str:
    actions.withdraw_introduction(introduction=found, by=by)
    return _("Noted: the offer is taken back.")
