"""Hosts keep the tree of skills: find one, rename it, move it, merge it, and go back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.exchange.actions import skills as actions
from essaim.home import skill_map, tree_pages
from essaim.hubs.rules import is_host
from essaim.people.forms import FoldForm, PlaceForm
from essaim.people.models import Skill, SkillChange, SkillState
from essaim.people.requests import SignedRequest

LONGEST_SEARCH = 100


@allow(is_host)
def skill_tree(request: SignedRequest) -> HttpResponse:
    typed = request.GET.get("q", "")[:LONGEST_SEARCH]
    lines = tree_pages.tree()
    context = {"typed": typed, "total": len(lines), "lines": tree_pages.found(lines, typed)}
    return render(request, "home/skill_tree.html", context)


@allow(is_host)
def skill_edit(request: SignedRequest, skill_id: UUID) -> HttpResponse:
    skill = get_object_or_404(Skill, pk=skill_id, state=SkillState.ACCEPTED)
    name = skill.label
    merging = request.POST.get("do") == "merge"
    place, merge = _forms(request, skill, merging=merging)
    if request.method == "POST" and (
        change := _changed(request, skill, merge if merging else place)
    ):
        return redirect("home:skill_edit", change.into_id or change.skill_id)
    context = {
        "skill": skill,
        "name": name,
        "people": skill_map.counts().get(skill.pk, 0),
        "place": place,
        "merge": merge,
        "history": tree_pages.history(skill),
    }
    return render(request, "home/skill_edit.html", context)


def _forms(request: SignedRequest, skill: Skill, *, merging: bool) -> tuple[PlaceForm, FoldForm]:
    posted = request.POST if request.method == "POST" else None
    seen = skill.changed_at.isoformat()
    initial = {
        "label_fr": skill.label_fr,
        "label_en": skill.label_en,
        "parent": skill.parent_id,
        "seen": seen,
    }
    place = PlaceForm(None if merging else posted, skill=skill, initial=initial)
    return place, FoldForm(posted if merging else None, skill=skill, initial={"seen": seen})


def _changed(
    request: SignedRequest, skill: Skill, form: PlaceForm | FoldForm
) -> SkillChange | None:
    if not form.is_valid():
        return None
    said: dict[str, Any] = dict(form.cleaned_data)
    skill.changed_at = said.pop("seen")
    act = actions.merge_skill if isinstance(form, FoldForm) else actions.place_skill
    try:
        change: SkillChange = act(skill=skill, by=request.user, **said)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    skill_map.forget()
    undo = reverse("home:skill_undo", args=[change.pk])
    messages.success(request, tree_pages.told(change), extra_tags=undo)
    return change


@allow(is_host)
def skill_undo(request: SignedRequest, change_id: UUID) -> HttpResponse:
    """Says what would be taken back, and takes it back when asked to."""
    changes = SkillChange.objects.select_related("skill", "into")
    change = get_object_or_404(changes, pk=change_id)
    page = reverse("home:skill_edit", args=[change.into_id or change.skill_id])
    refusal = ""
    if request.method == "POST":
        try:
            actions.undo_change(change=change, by=request.user)
        except Refusal as why:
            refusal = str(why)
        else:
            skill_map.forget()
            messages.success(request, _("It is as before."))
            return redirect(page)
    context = {
        "change": change,
        "words": tree_pages.told(change),
        "page": page,
        "refusal": refusal,
    }
    return render(request, "home/skill_undo.html", context, status=409 if refusal else 200)
