"""One person, asked for one need: from their page, or from the link in their mail."""

from typing import Any
from uuid import UUID

from django.contrib import messages
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
from essaim.exchange import answer_links, reasons
from essaim.exchange.actions import asks
from essaim.exchange.contact import contact_of
from essaim.exchange.models import SAID_YES, Ask, AskState, NeedState
from essaim.exchange.need_forms import AnswerForm
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

ANSWERS = ("yes", "no", "other", "later")
GONE = 410


@allow(signed_in)
def ask(request: SignedRequest, ask_id: UUID) -> HttpResponse:
    found = get_object_or_404(_asks().visible_to(request.user), pk=ask_id)
    if found.helper_id != request.user.pk:
        return redirect("exchange:need", found.need_id)
    return render(request, "exchange/ask.html", _page(found, request.GET.get("a", "")))


@require_POST
@allow(signed_in)
def ask_answer(request: SignedRequest, ask_id: UUID) -> HttpResponse:
    found = get_object_or_404(_asks().filter(helper=request.user), pk=ask_id)
    form = AnswerForm(request.POST)
    if _is_refused(request, form):
        return render(request, "exchange/ask.html", _page(found, "other", form), status=422)
    try:
        said = _answer(request, found, form)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("exchange:ask", found.pk)
    messages.success(request, said)
    return redirect(
        "exchange:need" if _says_yes(request) else "exchange:ask", _target(request, found)
    )


@never_cache
@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mailboxes open links too. Only the button answers."""
    try:
        found = get_object_or_404(_asks(), pk=answer_links.read(token))
    except BadSignature:
        raise Http404 from None
    except Expired:
        return render(request, "exchange/answer_over.html", {"why": ""}, status=GONE)
    with translation.override(found.helper.language):
        return _answer_page(request, found)


def _answer_page(request: HttpRequest, found: Ask) -> HttpResponse:
    form = AnswerForm(request.POST)
    refused = request.method == "POST" and _is_refused(request, form)
    if request.method == "POST" and not refused:
        return _answered(request, found, form)
    if over := _why_over(found):
        return render(request, "exchange/answer_over.html", {"why": over}, status=GONE)
    if refused:
        return render(request, "exchange/answer.html", _page(found, "other", form), status=422)
    return render(request, "exchange/answer.html", _page(found, request.GET.get("a", "")))


def _answered(request: HttpRequest, found: Ask, form: AnswerForm) -> HttpResponse:
    """The answer itself, with the addresses after a yes; opening the link again shows none."""
    try:
        said = _answer(request, found, form)
    except Refusal as refusal:
        over = {"why": str(refusal)}
        return render(request, "exchange/answer_over.html", over, status=GONE)
    author = found.need.author
    contact = contact_of(author, found.helper) if _says_yes(request) else None
    context = {"said": said, "author": author, "contact": contact, "need": found.need}
    return render(request, "exchange/answer_done.html", context)


def _why_over(found: Ask) -> str:
    if not found.helper.is_reachable():
        return _("This link is no longer yours to use.")
    if found.state in SAID_YES:
        return _("You have said yes already: thank you. Sign in to see where it stands.")
    if found.state == AskState.WITHDRAWN or found.need.state != NeedState.OPEN:
        return _("Nothing more is asked of you for this need: it is taken care of. Thank you.")
    return ""


def _is_refused(request: HttpRequest, form: AnswerForm) -> bool:
    """Too many words to be kept: the person shortens them, and nothing is lost meanwhile."""
    return request.POST.get("a") == "other" and not form.is_valid()


def _answer(request: HttpRequest, found: Ask, form: AnswerForm) -> str:
    """Does what the button says, and says what happens next."""
    by, name = found.helper, found.need.author.given_name
    choice = request.POST.get("a", "")
    if choice == "yes":
        asks.accept_ask(ask=found, by=by)
        return _("Thank you. %(name)s knows, and you may write to each other now.") % {"name": name}
    if choice == "other":
        person, words = _somebody(form, by)
        asks.suggest_other(ask=found, by=by, person=person, words=words)
        return _("Thank you. %(name)s will see whom you thought of.") % {"name": name}
    if choice == "later":
        asks.postpone_ask(ask=found, by=by)
        return _("Noted. You will be reminded once, and someone else may say yes meanwhile.")
    if choice == "no":
        asks.decline_ask(ask=found, by=by)
        return _("Noted, thank you for answering. Someone else will be asked.")
    raise Refusal(_("Choose one of the answers."))


def _somebody(form: AnswerForm, by: Person) -> tuple[Person | None, str]:
    """A name that is one person's becomes that person; anything else stays words."""
    words = str(form.cleaned_data.get("who", "")) if form.is_valid() else ""
    named = list(Person.objects.visible_to(by).named(words).exclude(pk=by.pk)[:2]) if words else []
    return (named[0], "") if len(named) == 1 else (None, words)


def _says_yes(request: HttpRequest) -> bool:
    return request.POST.get("a") == "yes"


def _target(request: HttpRequest, found: Ask) -> UUID:
    return found.need_id if _says_yes(request) else found.pk


def _asks() -> Any:
    return Ask.objects.select_related("need__author", "need__hub", "helper")


def _page(found: Ask, chosen: str, form: AnswerForm | None = None) -> dict[str, Any]:
    author = found.need.author
    return {
        "ask": found,
        "need": found.need,
        "author": author,
        "why": reasons.for_helper(found.reasons, author.given_name),
        "chosen": chosen if chosen in ANSWERS else "",
        "form": form or AnswerForm(),
        "over": _why_over(found),
        "said_no": found.state == AskState.DECLINED,
    }
