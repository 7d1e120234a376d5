"""A venture's page, and what its team does with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.refusals import Refusal
from essaim.home.naming_forms import TeamForm
from essaim.people.actions import ventures as actions
from essaim.people.forms import VentureForm
from essaim.people.models import Affiliation, AffiliationRole, Person, PersonSkill, Skill, Venture
from essaim.people.requests import SignedRequest
from essaim.people.rules import founds, in_team

SKILLS_SHOWN = 12


@public
def venture(request: HttpRequest, venture_id: UUID) -> HttpResponse:
    """Members see every venture; visitors those that chose to be public. Others are a 404."""
    found = get_object_or_404(Venture.objects.visible_to(request.user), pk=venture_id)
    team = list(_team(found, request.user))
    mine = any(place.person_id == request.user.pk for place in team)
    context = {"venture": found, "team": team, "mine": mine, "skills": _skills(found, request.user)}
    return render(request, "home/venture.html", context)


def _team(venture: Venture, viewer: Any) -> Any:
    """A visitor sees those of the team who chose to be public themselves."""
    seen = Person.objects.visible_to(viewer).filter(pk=OuterRef("person"))
    team = venture.affiliations.current().filter(Exists(seen)).select_related("person")
    return team.order_by("role", "since_on", "id")


def _skills(venture: Venture, viewer: Any) -> list[Skill]:
    """What one finds around this venture: the skills that its team lends."""
    lent = PersonSkill.objects.lent().filter(person__in=_team(venture, viewer).values("person"))
    return list(Skill.objects.filter(pk__in=lent.values("skill")).order_by("code")[:SKILLS_SHOWN])


@allow(signed_in)
def venture_new(request: SignedRequest) -> HttpResponse:
    form = VentureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = actions.create_venture(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your venture has its page. Add your team now."))
            return redirect("home:venture", created.pk)
    return render(request, "home/venture_form.html", {"form": form, "venture": None})


@allow(signed_in)
def venture_edit(request: SignedRequest, venture_id: UUID) -> HttpResponse:
    mine = _of_my_team(request, venture_id)
    form = VentureForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_venture(venture=mine, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The page of your venture is up to date."))
            return redirect("home:venture", venture_id)
    return render(request, "home/venture_form.html", {"form": form, "venture": mine})


def _of_my_team(request: SignedRequest, venture_id: UUID) -> Venture:
    found = get_object_or_404(Venture, pk=venture_id)
    if not in_team(request.user, found):
        raise Http404
    return found


@allow(signed_in)
def team(request: SignedRequest, venture_id: UUID) -> HttpResponse:
    mine = _of_my_team(request, venture_id)
    form = TeamForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_to_team(venture=mine, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("person", str(refusal))
        else:
            return redirect("home:team", venture_id)
    context = {
        "form": form,
        "venture": mine,
        "team": _team(mine, request.user),
        "founder": founds(request.user, mine),
    }
    return render(request, "home/team.html", context)


@require_POST
@allow(signed_in)
def team_change(request: SignedRequest, affiliation_id: UUID) -> HttpResponse:
    """Takes out of the team, or makes a founder; `do` says which."""
    place = get_object_or_404(Affiliation.objects.current(), pk=affiliation_id)
    _of_my_team(request, place.venture_id)
    try:
        if request.POST.get("do") == "founder":
            actions.change_role(affiliation=place, role=AffiliationRole.FOUNDER, by=request.user)
        else:
            actions.leave_venture(affiliation=place, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if place.person_id == request.user.pk and request.POST.get("do") != "founder":
        return redirect("home:venture", place.venture_id)
    return redirect("home:team", place.venture_id)
