"""Me: my profile, who sees it, and everything the network keeps about me."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.home import export
from essaim.home.actions.leaving import erase_person, leave_network
from essaim.home.data_forms import EraseForm
from essaim.people.actions import profile as actions
from essaim.people.forms import ProfileForm, VisibilityForm
from essaim.people.models import Person, Venture
from essaim.people.requests import SignedRequest


@allow(signed_in)
def me(request: SignedRequest) -> HttpResponse:
    ventures = Venture.objects.led_by(request.user).by_name()
    return render(request, "home/me.html", {"person": request.user, "ventures": ventures})


@allow(signed_in)
def profile(request: SignedRequest) -> HttpResponse:
    # The form writes on its own copy: a refused name must not show in the frame.
    form = ProfileForm(request.POST or None, instance=_copy(request.user))
    if request.method == "POST" and form.is_valid():
        actions.update_profile(person=request.user, by=request.user, **form.cleaned_data)
        messages.success(request, _("This is how the others see you now."))
        return _in_language(redirect("home:person", request.user.pk), request.user.language)
    return render(request, "home/profile.html", {"form": form})


@allow(signed_in)
def visibility(request: SignedRequest) -> HttpResponse:
    form = VisibilityForm(request.POST or None, instance=_copy(request.user))
    if request.method == "POST" and form.is_valid():
        actions.set_visibility(person=request.user, by=request.user, **form.cleaned_data)
        messages.success(request, _("Done. Look at what others see, to be sure."))
        return redirect("home:visibility")
    return render(request, "home/visibility.html", {"form": form})


def _copy(person: Person) -> Person:
    copy: Person = Person.objects.get(pk=person.pk)
    return copy


def _in_language(response: Any, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    translation.activate(language)
    return response  # type: ignore[no-any-return]


@allow(signed_in)
def my_data(request: SignedRequest) -> HttpResponse:
    counted = export.counted(request.user)
    kept = [(export.words_of(label), count) for label, count in counted.items()]
    return render(request, "home/my_data.html", {"kept": sorted(kept)})


@allow(signed_in)
def my_data_json(request: SignedRequest) -> HttpResponse:
    body = export.as_json(export.rows_of(request.user))
    return _download(HttpResponse(body, content_type="application/json"), "json")


@allow(signed_in)
def my_data_zip(request: SignedRequest) -> HttpResponse:
    body = export.package(request.user)
    return _download(HttpResponse(body, content_type="application/zip"), "zip")


def _download(response: HttpResponse, ending: str) -> HttpResponse:
    name = f"essaim-{timezone.localdate()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@allow(signed_in)
def erase(request: SignedRequest) -> HttpResponse:
    form = EraseForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        return _go(request, erase_person, _("You are forgotten here. Take care."))
    return render(request, "home/erase.html", {"form": form})


@allow(signed_in)
def leave(request: SignedRequest) -> HttpResponse:
    if request.method == "POST":
        farewell = _("You have left the network. A host can invite you again whenever you wish.")
        return _go(request, leave_network, farewell)
    return render(request, "home/leave.html")


def _go(request: SignedRequest, action: Any, farewell: str) -> HttpResponse:
    try:
        person = _copy(request.user)
        action(person=person, by=person)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("home:my_data")
    logout(request)
    messages.success(request, farewell)
    return redirect("home:front")


@require_POST
@allow(signed_in)
def set_language(request: SignedRequest) -> HttpResponse:
    """Of the pages and of the mails."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        actions.update_profile(person=request.user, by=request.user, language=language)
        return _in_language(redirect("home:me"), language)
    return redirect(reverse("home:me"))
