"""La ruche: its people, its ventures, what they can do."""

from dataclasses import replace

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.access import allow, signed_in
from essaim.exchange.skill_search import search_skills
from essaim.home import directory, skill_map
from essaim.home.directory_forms import DirectoryForm, SkillSearchForm
from essaim.people.models import Person, Skill, SkillState
from essaim.people.requests import SignedRequest

PER_PAGE = 20


@allow(signed_in)
def people(request: SignedRequest) -> HttpResponse:
    form = _form(request)
    wanted = form.wanted()
    found = directory.search_people(request.user, wanted)
    page = Paginator(found.people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "lines": directory.people_lines(
            list(page),
            at_home=form.home.pk if form.home else None,
            words=wanted.words,
            reasons=found.reasons,
        ),
        "read_as": found.read_as,
        "tabs": tabs("directory"),
        "alone": _is_alone(request, page, searched=bool(wanted.words or wanted.skill)),
    }
    return render(request, _part(request, "home/directory.html"), context)


def _is_alone(request: SignedRequest, page: Page[Person], *, searched: bool) -> bool:
    """Nobody else is here: a host is told what to do about it."""
    few = page.paginator.count < 2 and not searched
    return few and all(person == request.user for person in page)


@allow(signed_in)
def ventures(request: SignedRequest) -> HttpResponse:
    form = _form(request)
    wanted = replace(form.wanted(), skill=None)
    found = directory.ventures(request.user, wanted)
    page = Paginator(found.ventures, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "lines": [(venture, found.why.get(venture.pk, "")) for venture in page],
        "read_as": found.read_as,
        "tabs": tabs("ventures"),
    }
    return render(request, _part(request, "home/ventures.html"), context)


@allow(signed_in)
def skills(request: SignedRequest) -> HttpResponse:
    form = SkillSearchForm(request.GET)
    context = {"form": form, "tabs": tabs("skills")}
    if words := form.words:
        found = search_skills(words)
        lent = skill_map.counts()
        lines = [(one, lent.get(one.pk, 0), found.why.get(one.pk, "")) for one in found.skills]
        context |= {"words": words, "lines": lines, "read_as": found.read_as}
    else:
        context |= {"families": skill_map.families()}
    return render(request, _part(request, "home/skills.html"), context)


@allow(signed_in)
def skill_family(request: SignedRequest, code: str) -> HttpResponse:
    family = get_object_or_404(Skill, code=code, state=SkillState.ACCEPTED)
    context = {"branch": skill_map.branch(family), "tabs": tabs("skills")}
    return render(request, "home/skill_family.html", context)


def _form(request: SignedRequest) -> DirectoryForm:
    hubs, home = directory.hubs_and_home(request.user)
    return DirectoryForm(request.GET, home=home, hubs=hubs)


def _part(request: SignedRequest, page: str) -> str:
    """While one types, only the list changes."""
    return f"{page}#found" if request.headers.get("HX-Request") else page


def tabs(current: str) -> list[dict[str, object]]:
    parts = (
        ("directory", _("People")),
        ("ventures", _("Ventures")),
        ("skills", _("Skills")),
        ("hubs", _("Hives")),
    )
    return [
        {"label": label, "url": reverse(f"home:{name}"), "current": name == current}
        for name, label in parts
    ]
