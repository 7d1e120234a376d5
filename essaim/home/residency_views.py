"""Who lives in a hive and under which plan, kept by its hosts."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.home.hosted import hosted_hub
from essaim.home.resident_forms import MoveInForm, PlanForm
from essaim.hubs.actions import residencies
from essaim.hubs.models import Residency
from essaim.hubs.rules import hosts_hub, is_host
from essaim.people.requests import SignedRequest


@allow(is_host)
def move_in(request: SignedRequest, slug: str) -> HttpResponse:
    """Somebody who already has an account; the others are invited."""
    hub = hosted_hub(slug, by=request.user)
    form = MoveInForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            moved = residencies.move_in(hub=hub, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("person", str(refusal))
        else:
            told = _("%(name)s resides at %(hub)s now.")
            messages.success(request, told % {"name": moved.person.name, "hub": hub.name})
            return redirect("home:residents", slug)
    return render(request, "home/move_in.html", {"form": form, "hub": hub})


@allow(is_host)
def change_plan(request: SignedRequest, residency_id: UUID) -> HttpResponse:
    residency = _hosted(request, residency_id)
    form = PlanForm(request.POST or None, initial={"plan": residency.plan})
    if request.method == "POST" and form.is_valid():
        try:
            residencies.change_plan(residency=residency, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("home:person", residency.person_id)
    return render(request, "home/change_plan.html", {"form": form, "residency": residency})


@require_POST
@allow(is_host)
def end_residency(request: SignedRequest, residency_id: UUID) -> HttpResponse:
    residency = _hosted(request, residency_id)
    try:
        residencies.move_out(residency=residency, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("%(name)s no longer resides at %(hub)s. Their account stays open.")
        messages.success(request, told % {"name": residency.person.name, "hub": residency.hub.name})
    return redirect("home:person", residency.person_id)


def _hosted(request: SignedRequest, residency_id: UUID) -> Residency:
    known = Residency.objects.select_related("person", "hub")
    residency: Residency = get_object_or_404(known, pk=residency_id)
    if not hosts_hub(request.user, residency.hub_id):
        raise Http404
    return residency
