"""Needs: telling one, seeing who will be asked, and following it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.exchange import matching, reasons
from essaim.exchange.actions import asks, choices, needs
from essaim.exchange.actions.cancelling import cancel_help
from essaim.exchange.capacity import AskedBy
from essaim.exchange.missions import LONGEST_HELP
from essaim.exchange.models import HelpState, Need, NeedState
from essaim.exchange.need_forms import DraftForm, NeedForm, ProposalForm
from essaim.exchange.need_pages import need_page
from essaim.exchange.need_proposals import proposed
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


@allow(signed_in)
def need_new(request: SignedRequest) -> HttpResponse:
    """`pour` in the address: from whose page the author came."""
    form = NeedForm(request.POST or None)
    proposal = ProposalForm(request.POST or None)
    first = _thought_of(request, request.GET.get("pour"))
    if "propose" in request.POST:
        # Without scripts, what others see while they type.
        context = {"form": form, "first": first, **proposed(request.POST), "news": False}
        return render(request, "exchange/need_new.html", context)
    if form.is_valid() and proposal.is_valid():
        try:
            need = needs.draft_need(by=request.user, **form.cleaned_data, **_chosen(proposal))
        except needs.AlreadyTold as refusal:
            messages.info(request, str(refusal))
            return redirect("exchange:need", form.cleaned_data["key"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_preview_url(need, first))
    context = {
        "form": form,
        "first": first,
        "proposal": proposal if "title_proposed" in request.POST else None,
        **{name: request.POST.getlist(name) for name in ("shown", "auto", "refused")},
    }
    refused = request.POST and (form.errors or proposal.errors)
    return render(request, "exchange/need_new.html", context, status=422 if refused else 200)


def _chosen(proposal: ProposalForm) -> dict[str, Any]:
    """Title and skills, if the page had shown any; else the action proposes them."""
    if "title_proposed" not in proposal.data:
        return {}
    return {
        "title": proposal.cleaned_data["title"],
        "skills": list(proposal.cleaned_data["skills"]),
    }


@require_POST
@allow(signed_in)
def propose(request: SignedRequest) -> HttpResponse:
    """Title and skills for what is being typed. Nothing is written."""
    return render(request, "exchange/need_new.html#proposals", proposed(request.POST))


@allow(signed_in)
def need_preview(request: SignedRequest, need_id: UUID) -> HttpResponse:
    """Who will be asked, and why, before anything leaves."""
    need = _mine(request, need_id)
    if need.state != NeedState.DRAFT:
        return redirect("exchange:need", need.pk)
    first = _thought_of(request, request.GET.get("pour"))
    proposed = [each.skill for each in matching.propose_skills(need.text)]
    form = DraftForm(request.POST or None, need=need, proposed=proposed)
    if form.is_valid():
        changes = form.cleaned_data | {"skills": list(form.cleaned_data["skills"])}
        needs.edit_draft(need=need, by=request.user, **changes)
        return redirect(_preview_url(need, first))
    struck = _ids(request.GET.getlist("without"))
    found = _wave(need, first, struck)
    context = {
        "need": need,
        "form": form,
        "people": _people(found, struck),
        "struck": struck,
        "first": first,
        "why_not_first": _why_not_first(need, first, found, struck),
        "among": [suggestion.person_id for suggestion in found],
        "desk": choices.may_allow_desk(need),
        "cap": LONGEST_HELP,
    }
    return render(
        request, "exchange/need_preview.html", context, status=422 if form.errors else 200
    )


def _thought_of(request: SignedRequest, typed: str | None) -> Person | None:
    """Whoever cannot be seen counts as not named."""
    if not (ids := _ids([typed or ""])):
        return None
    others = Person.objects.visible_to(request.user).exclude(pk=request.user.pk)
    found: Person | None = others.filter(pk__in=ids).first()
    return found


def _preview_url(need: Need, first: Person | None) -> str:
    url = reverse("exchange:need_preview", args=[need.pk])
    return f"{url}?pour={first.pk}" if first else url


def _wave(need: Need, first: Person | None, struck: list[UUID]) -> list[matching.Suggestion]:
    if first is not None and first.pk in struck:
        first = None
    now = timezone.now()
    return matching.suggest_with(need, first, now=now, count=asks.WAVE, struck=struck)


def _why_not_first(
    need: Need, first: Person | None, found: list[matching.Suggestion], struck: list[UUID]
) -> str:
    shown = {*struck, *(suggestion.person_id for suggestion in found)}
    if first is None or first.pk in shown:
        return ""
    return matching.why_not(need, first, now=timezone.now(), by=AskedBy.SOMEBODY)


def _people(found: list[matching.Suggestion], struck: list[UUID]) -> list[dict[str, Any]]:
    known = matching.cards_of([suggestion.person_id for suggestion in found])
    return [
        {
            "card": known[s.person_id],
            "why": reasons.about_helper(s.reasons, known[s.person_id].given_name),
            "without": [*struck, s.person_id],
        }
        for s in found
    ]


@require_POST
@allow(signed_in)
def need_publish(request: SignedRequest, need_id: UUID) -> HttpResponse:
    need = _mine(request, need_id)
    first = _thought_of(request, request.POST.get("pour"))
    try:
        if request.POST.get("desk"):
            choices.allow_desk(need=need, by=request.user)
        asked = needs.publish_need(
            need=need,
            by=request.user,
            struck=_ids(request.POST.getlist("without")),
            among=_ids(request.POST.getlist("among")),
            first=first,
        )
    except needs.EnoughForToday as refusal:
        messages.warning(request, str(refusal))
        return redirect(_preview_url(need, first))
    except Refusal as refusal:
        messages.info(request, str(refusal))
        return redirect("exchange:need", need.pk)
    messages.success(request, _said_after(len(asked)))
    return redirect("exchange:need", need.pk)


def _said_after(asked: int) -> str:
    if not asked:
        return _("Your need is told. Nobody could be asked yet: your host will look for someone.")
    return _("Your need is told. You will hear of the first answer by e-mail and here.")


@allow(signed_in)
def need(request: SignedRequest, need_id: UUID) -> HttpResponse:
    rows = Need.objects.visible_to(request.user).select_related("author", "hub")
    found = get_object_or_404(rows, pk=need_id)
    if found.state == NeedState.DRAFT:
        return redirect("exchange:need_preview", found.pk)
    return render(request, "exchange/need.html", need_page(found, request.user))


def _reopen(*, need: Need, by: Person) -> None:
    """A help that was promised is cancelled, which reopens its need."""
    promised = need.exchanges.filter(state=HelpState.AGREED).first()
    if promised is not None:
        cancel_help(exchange=promised, by=by)
    else:
        needs.reopen_need(need=need, by=by)


ENDINGS = {
    "withdraw": needs.withdraw_need,
    "met": needs.meet_need,
    "close": needs.close_need,
    "reopen": _reopen,
}


@require_POST
@allow(signed_in)
def need_change(request: SignedRequest, need_id: UUID, verb: str) -> HttpResponse:
    found = get_object_or_404(Need.objects.visible_to(request.user), pk=need_id)
    draft = found.state == NeedState.DRAFT
    try:
        ENDINGS[verb](need=found, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("exchange:need", found.pk)
    if draft:
        messages.info(request, _("The draft is thrown away."))
        return redirect("exchange:needs")
    return redirect("exchange:need", found.pk)


@require_POST
@allow(signed_in)
def need_reword(request: SignedRequest, need_id: UUID) -> HttpResponse:
    copy = needs.reword_need(need=_mine(request, need_id), by=request.user)
    messages.info(
        request, _("Here is a new draft with the same words. The first need stays as it is.")
    )
    return redirect("exchange:need_preview", copy.pk)


@require_POST
@allow(signed_in)
def need_volunteer(request: SignedRequest, need_id: UUID) -> HttpResponse:
    found = get_object_or_404(Need.objects.visible_to(request.user), pk=need_id)
    try:
        asks.volunteer(need=found, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        words = {"name": found.author.given_name}
        messages.success(
            request, _("Thank you. %(name)s knows, and you may write to each other now.") % words
        )
    return redirect("exchange:need", found.pk)


@require_POST
@allow(signed_in)
def need_ask(request: SignedRequest, need_id: UUID, person_id: UUID) -> HttpResponse:
    """One person, picked by the author or a host."""
    found = get_object_or_404(Need.objects.visible_to(request.user), pk=need_id)
    helper = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    try:
        asks.ask_person(need=found, helper=helper, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%(name)s is asked.") % {"name": helper.given_name})
    return redirect("exchange:need", found.pk)


def _mine(request: SignedRequest, need_id: UUID) -> Need:
    rows = Need.objects.filter(author=request.user).select_related("hub")
    need: Need = get_object_or_404(rows.prefetch_related("skills"), pk=need_id)
    need.author = request.user
    return need


def _ids(typed: list[str]) -> list[UUID]:
    """Forged ids are dropped: they can only make the list shorter."""
    found = []
    for word in typed[:50]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
