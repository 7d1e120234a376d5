"""My photo: put and changed by myself alone; taken away by me, or by a host of my hive."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.documents import FileTooLarge
from essaim.core.refusals import Refusal
from essaim.hubs.actions.photos import take_photo_down
from essaim.hubs.rules import hosts_person, is_host
from essaim.people.actions import photos
from essaim.people.documents import PHOTO
from essaim.people.forms import PhotoForm
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


@allow(signed_in)
def my_photo(request: SignedRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = PhotoForm(request.POST, request.FILES) if posted else PhotoForm()
    if getattr(request, "upload_too_large", False):
        form.errors.clear()
        form.add_error("photo", str(FileTooLarge.message % {"mb": PHOTO.max_bytes // 1_000_000}))
    elif posted and form.is_valid() and _kept(request, form):
        return redirect("home:me")
    status = 400 if form.errors else 200
    return render(request, "home/photo.html", {"form": form, "person": request.user}, status=status)


def _kept(request: SignedRequest, form: Any) -> bool:
    try:
        photos.set_photo(person=request.user, upload=form.cleaned_data["photo"], by=request.user)
    except Refusal as refusal:
        form.add_error("photo", str(refusal))
        return False
    messages.success(request, _("Here you are, as the others see you now."))
    return True


@require_POST
@allow(signed_in)
def my_photo_remove(request: SignedRequest) -> HttpResponse:
    photos.remove_photo(person=request.user, by=request.user)
    messages.success(request, _("Your photo is gone; your initials are back."))
    return redirect("home:me")


@require_POST
@allow(is_host)
def photo_take_down(request: SignedRequest, person_id: UUID) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    if not hosts_person(request.user, person):
        raise Http404
    try:
        take_photo_down(person=person, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("The photo of %(name)s is gone, and they are told.")
        messages.success(request, told % {"name": person.name})
    return redirect("home:person", person.pk)
