"""Friday's asks of a hive: whom to ask for each need, moved or taken out, then sent together."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.exchange.actions import friday as actions
from essaim.exchange.encounter_host_views import chosen_hub
from essaim.exchange.friday_pages import batch_page, left_out_of, sent_batches
from essaim.exchange.models import FridayBatch, Need
from essaim.hubs.models import Hub
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 10


@allow(is_host)
def friday(request: SignedRequest) -> HttpResponse:
    hubs = list(hubs_to_host(request.user).order_by("name"))
    hub = chosen_hub(hubs, request.GET.get("hub", ""))
    if hub is None:
        return render(request, "exchange/friday.html", {"hub": None})
    context = {"hub": hub, "hubs": hubs} | _shown(hub) | _sent(hub, request.GET.get("page", ""))
    return render(request, "exchange/friday.html", context)


def _shown(hub: Hub) -> dict[str, Any]:
    now = timezone.now()
    batch = FridayBatch.objects.waiting().filter(hub=hub).select_related("hub", "made_by").first()
    if batch is not None:
        return {"batch": batch, **batch_page(batch, now)}
    return {"batch": None, "waiting": actions.needs_to_ask(hub, now).count()}


def _sent(hub: Hub, page: str) -> dict[str, Any]:
    found = Paginator(sent_batches(hub), PAGE).get_page(page)
    last = found.object_list[0] if found.object_list else None
    return {"page": found, "left_out": left_out_of(last)}


@require_POST
@allow(is_host)
def friday_draft(request: SignedRequest, hub_id: UUID) -> HttpResponse:
    hub = get_object_or_404(hubs_to_host(request.user), pk=hub_id)
    said = _("Prepared. Nobody is asked before you say so.")
    return _do(request, hub, lambda: actions.draft_batch(hub=hub, by=request.user), said)


@require_POST
@allow(is_host)
def friday_again(request: SignedRequest, pk: UUID) -> HttpResponse:
    """With the needs and the people of this minute; what was moved by hand is forgotten."""
    batch = _batch(request, pk)
    said = _("Prepared anew, with the needs and the people of now.")
    return _do(request, batch.hub, lambda: actions.draft_again(batch=batch, by=request.user), said)


@require_POST
@allow(is_host)
def friday_choose(request: SignedRequest, pk: UUID, need_id: UUID) -> HttpResponse:
    batch, need = _batch(request, pk), _need(pk, need_id)
    helper = _helper(batch, need, request.POST.get("helper", ""))
    if helper is None:
        messages.warning(request, str(actions.NotProposed.message))
        return redirect(_path(batch.hub, need))
    said = _("%(name)s will be asked for “%(need)s”.") % {
        "name": helper.given_name,
        "need": need.title,
    }
    return _do(
        request,
        batch.hub,
        lambda: actions.choose_person(batch=batch, need=need, helper=helper, by=request.user),
        said,
        need,
    )


@require_POST
@allow(is_host)
def friday_strike(request: SignedRequest, pk: UUID, need_id: UUID) -> HttpResponse:
    batch, need = _batch(request, pk), _need(pk, need_id)
    said = _("Nobody will be asked this time for “%(need)s”.") % {"need": need.title}
    return _do(
        request,
        batch.hub,
        lambda: actions.strike_need(batch=batch, need=need, by=request.user),
        said,
        need,
    )


@require_POST
@allow(is_host)
def friday_discard(request: SignedRequest, pk: UUID) -> HttpResponse:
    batch = _batch(request, pk)
    said = _("Put aside. Nobody was asked anything.")
    return _do(
        request, batch.hub, lambda: actions.discard_batch(batch=batch, by=request.user), said
    )


@require_POST
@allow(is_host)
def friday_send(request: SignedRequest, pk: UUID) -> HttpResponse:
    batch = _batch(request, pk)
    word = request.POST.get("seen", "")
    seen = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1
    try:
        came = actions.send_batch(batch=batch, seen=seen, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        _tell(request, came)
    return redirect(_path(batch.hub))


def _tell(request: SignedRequest, came: actions.Came) -> None:
    asked, left_out = len(came.asked), len(came.left_out)
    if asked:
        said = ngettext(
            "On its way: %(n)d person is asked, by name. The author knows.",
            "On their way: %(n)d people are asked, each by name. The authors know.",
            asked,
        )
        messages.success(request, said % {"n": asked})
    if left_out:
        said = ngettext(
            "%(n)d ask could not leave any more: see why below.",
            "%(n)d asks could not leave any more: see why below.",
            left_out,
        )
        messages.warning(request, said % {"n": left_out})


def _batch(request: SignedRequest, pk: UUID) -> FridayBatch:
    rows = FridayBatch.objects.visible_to(request.user).select_related("hub")
    return get_object_or_404(rows, pk=pk)


def _need(batch_id: UUID, need_id: UUID) -> Need:
    """Of this batch, or of the one that was here: a page may be older than what it shows."""
    hub = FridayBatch.objects.filter(pk=batch_id).values("hub")
    return get_object_or_404(
        Need.objects.exclude(published_at=None).filter(hub__in=hub), pk=need_id
    )


def _helper(batch: FridayBatch, need: Need, word: str) -> Person | None:
    """Compared as text: what a forged form sends need not be an id."""
    proposals = batch.proposals.filter(need=need).select_related("helper")
    return next((one.helper for one in proposals if str(one.helper_id) == word), None)


def _do(
    request: SignedRequest,
    hub: Hub,
    action: Callable[[], object],
    said: str,
    need: Need | None = None,
) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(_path(hub, need))


def _path(hub: Hub, need: Need | None = None) -> str:
    place = f"#besoin-{need.pk}" if need else ""
    return f"{reverse('exchange:friday')}?hub={hub.slug}{place}"
