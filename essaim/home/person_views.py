"""A person's page, and what their hosts may do from it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.refusals import Refusal
from essaim.home.person_card import another_member, card_of, shown_to, visitor
from essaim.hubs.actions import residencies
from essaim.hubs.models import Residency
from essaim.hubs.rules import hosts_hub, is_host
from essaim.people.requests import SignedRequest


@public
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Members see everyone present; visitors those who chose to be public. Others are a 404."""
    found = get_object_or_404(shown_to(request.user), pk=person_id)
    return render(request, "home/person.html", {"card": card_of(found, request.user)})


@allow(signed_in)
def preview(request: SignedRequest, seen_by: str) -> HttpResponse:
    viewers = {"membre": another_member, "visiteur": visitor}
    if seen_by not in viewers:
        raise Http404
    viewer: Any = viewers[seen_by]()
    shown = shown_to(viewer).filter(pk=request.user.pk).first()
    context = {"card": card_of(shown, viewer) if shown else None, "seen_by": seen_by}
    return render(request, "home/preview.html", context)


@require_POST
@allow(is_host)
def end_residency(request: SignedRequest, residency_id: UUID) -> HttpResponse:
    known = Residency.objects.select_related("person", "hub")
    residency = get_object_or_404(known, pk=residency_id)
    if not hosts_hub(request.user, residency.hub_id):
        raise Http404
    try:
        residencies.move_out(residency=residency, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("%(name)s no longer resides at %(hub)s. Their account stays open.")
        messages.success(request, told % {"name": residency.person.name, "hub": residency.hub.name})
    return redirect("home:person", residency.person_id)
