"""What hosts and directors keep in order: residents, the tree of skills, network roles."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.core.spreadsheets import csv_chunks
from essaim.exchange.actions import skills as skill_actions
from essaim.home import resident_list
from essaim.home.hosted import hosted_hub
from essaim.home.naming_forms import RoleForm
from essaim.home.resident_forms import ResidentsForm
from essaim.hubs.rules import is_host
from essaim.people.actions import roles as role_actions
from essaim.people.actions.skills import resembling
from essaim.people.forms import MergeForm, SkillForm
from essaim.people.models import NetworkRole, Person, Skill, SkillKind
from essaim.people.requests import SignedRequest
from essaim.people.rules import runs_network

PER_PAGE = 40


@allow(is_host)
def residents(request: SignedRequest, slug: str) -> HttpResponse:
    hub, form = hosted_hub(slug, by=request.user), ResidentsForm(request.GET)
    found = resident_list.residencies(hub, **form.wanted())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "hub": hub,
        "form": form,
        "page": page,
        "rows": resident_list.rows(list(page), request.user),
    }
    return render(request, "home/residents.html", context)


@allow(is_host)
def residents_csv(request: SignedRequest, slug: str) -> HttpResponse:
    """The list as it is filtered on the page, whole."""
    hub = hosted_hub(slug, by=request.user)
    found = resident_list.residencies(hub, **ResidentsForm(request.GET).wanted())
    table = resident_list.table(resident_list.rows(list(found), request.user))
    response = HttpResponse(csv_chunks(table), content_type="text/csv; charset=utf-8")
    name = f"{hub.slug}-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@allow(is_host)
def proposals(request: SignedRequest) -> HttpResponse:
    waiting = _with_holders(Skill.objects.proposed()).select_related("proposed_by")
    page = Paginator(waiting.order_by("changed_at", "id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "home/proposals.html", {"page": page})


def _with_holders(skills: QuerySet[Skill]) -> QuerySet[Skill]:
    lent = Count("holders", filter=Q(holders__kind=SkillKind.CAN_HELP))
    return skills.annotate(lenders=lent)


@allow(is_host)
def proposal(request: SignedRequest, skill_id: UUID) -> HttpResponse:
    """The proposal beside what it resembles; keep it, or merge it."""
    found = get_object_or_404(_with_holders(Skill.objects.proposed()), pk=skill_id)
    merging = request.POST.get("do") == "merge"
    keep = SkillForm(
        request.POST if request.method == "POST" and not merging else None,
        initial={"label_fr": found.label_fr, "label_en": found.label_en},
    )
    merge = MergeForm(request.POST if merging else None)
    if request.method == "POST" and _decided(request, found, merge if merging else keep):
        return redirect("home:proposals")
    near = _with_holders(Skill.objects.filter(pk__in=resembling(found)))
    context = {
        "skill": found,
        "keep": keep,
        "merge": merge,
        "near": sorted(near, key=_by_lenders, reverse=True),
    }
    return render(request, "home/proposal.html", context)


def _by_lenders(skill: Any) -> int:
    return int(skill.lenders)


def _decided(request: SignedRequest, skill: Skill, form: SkillForm | MergeForm) -> bool:
    if not form.is_valid():
        return False
    try:
        if isinstance(form, MergeForm):
            skill_actions.merge_skill(skill=skill, by=request.user, **form.cleaned_data)
            told = _("“%(skill)s” is now part of “%(into)s”, with the people who lend it.")
            into = form.cleaned_data["into"].label
            messages.success(request, told % {"skill": skill.label, "into": into})
        else:
            skill_actions.accept_skill(skill=skill, by=request.user, **form.cleaned_data)
            messages.success(request, _("“%(skill)s” is in the list.") % {"skill": skill.label})
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@allow(runs_network)
def roles(request: SignedRequest) -> HttpResponse:
    form = RoleForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            role_actions.give_role(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("person", str(refusal))
        else:
            return redirect("home:roles")
    given = NetworkRole.objects.select_related("person").order_by("role", "person__folded_name")
    return render(request, "home/roles.html", {"form": form, "given": given})


@require_POST
@allow(runs_network)
def role_take(request: SignedRequest, person_id: UUID, role: str) -> HttpResponse:
    person = get_object_or_404(Person, pk=person_id)
    try:
        role_actions.take_role(person=person, role=role, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    # Who took their own last role may no longer open this page.
    return redirect("home:roles" if runs_network(request.user) else "home:day")
