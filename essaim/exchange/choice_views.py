"""What becomes of a need that nobody has taken: its author says it, here or from a letter."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from essaim.core.access import allow, public, signed_in
from essaim.core.dated_links import Expired
from essaim.core.refusals import Refusal
from essaim.exchange import choice_links
from essaim.exchange.actions import choices
from essaim.exchange.actions.escalation import ANSWER_WITHIN
from essaim.exchange.escalation import NETWORK_BOARD, time_is_over, waits_for_author
from essaim.exchange.models import Need, NeedAudience, NeedState, Outcome
from essaim.exchange.need_forms import OtherWords
from essaim.people.requests import SignedRequest

GONE = 410
ASKED = ("keep", "reword", "close", "widen", "desk")


@allow(signed_in)
def need_over(request: SignedRequest, need_id: UUID) -> HttpResponse:
    """Keep it, say it otherwise, or close it."""
    need = get_object_or_404(_told().filter(author=request.user), pk=need_id)
    page = _page(need)
    if not (page["waits"] or page["desk"]):
        return redirect("exchange:need", need_id)
    if request.method != "POST":
        return render(request, "exchange/need_over.html", page)
    form = OtherWords(request.POST, need=need)
    if _is_refused(request, form):
        refused = page | {"form": form, "asked": "reword"}
        return render(request, "exchange/need_over.html", refused, status=422)
    try:
        messages.success(request, _chosen(request, need, form))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("exchange:need", need_id)


@never_cache
@public
def need_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mailboxes open links too. Only a button answers."""
    try:
        need = get_object_or_404(_told(), pk=choice_links.read(token))
    except BadSignature:
        raise Http404 from None
    except Expired:
        return render(request, "exchange/answer_over.html", {"why": ""}, status=GONE)
    if not need.author.is_reachable():
        return render(request, "exchange/answer_over.html", {"why": ""}, status=GONE)
    with translation.override(need.author.language):
        return _answer_page(request, need)


def _answer_page(request: HttpRequest, need: Need) -> HttpResponse:
    form, said, refused = OtherWords(request.POST or None, need=need), "", ""
    if request.method == "POST":
        if _is_refused(request, form):
            page = _page(need) | {"form": form, "asked": "reword", "said": "", "refused": ""}
            return render(request, "exchange/need_answer.html", page, status=422)
        try:
            said = _chosen(request, need, form)
        except Refusal as refusal:
            refused = str(refusal)
        need = _told().get(pk=need.pk)
    asked = request.GET.get("a", "") if request.method == "GET" else ""
    page = _page(need) | {"said": said, "refused": refused}
    page["asked"] = asked if asked in ASKED else ""
    return render(request, "exchange/need_answer.html", page)


def _told() -> Any:
    return Need.objects.exclude(state=NeedState.DRAFT).select_related("hub", "author")


def _page(need: Need) -> dict[str, Any]:
    now, steps = timezone.now(), list(need.steps.order_by("at", "pk"))
    over = time_is_over(need, now)
    asked = [step.at for step in steps if over and need.expires_at and step.at >= need.expires_at]
    since = asked[0] if asked else need.expires_at
    return {
        "need": need,
        "waits": waits_for_author(need, steps, now),
        "desk": choices.may_allow_desk(need),
        "hive_only": need.audience == NeedAudience.HUB,
        "climbed": any(step.action == NETWORK_BOARD for step in steps),
        "closes_at": since + ANSWER_WITHIN if over and since else None,
        "form": OtherWords(need=need),
        "outcomes": Outcome.choices,
        "asked": "",
    }


def _is_refused(request: HttpRequest, form: OtherWords) -> bool:
    return request.POST.get("a") == "reword" and not form.is_valid()


def _chosen(request: HttpRequest, need: Need, form: OtherWords) -> str:
    """Does what the button says, and says what happens next."""
    by, choice = need.author, request.POST.get("a", "")
    going_on: dict[str, Callable[[], int]] = {
        "keep": lambda: choices.keep_need(need=need, by=by),
        "widen": lambda: choices.widen_need(need=need, by=by),
        "reword": lambda: choices.say_otherwise(need=need, by=by, **form.cleaned_data),
    }
    if choice in going_on:
        return _going_on(going_on[choice]())
    if choice == "desk":
        choices.allow_desk(need=need, by=by)
        return _("Noted. You hear of it as soon as somebody is found.")
    if choice in Outcome.values:
        choices.end_need(need=need, by=by, outcome=choice)
        return _("Noted, and thank you: it is closed.")
    raise Refusal(_("Choose one of the answers."))


def _going_on(count: int) -> str:
    said = ngettext(
        "Kept for two weeks more: %(count)d more person is asked.",
        "Kept for two weeks more: %(count)d more people are asked.",
        count,
    )
    none = _("Kept for two weeks more. Nobody else comes to mind today; your host looks again.")
    return said % {"count": count} if count else none
