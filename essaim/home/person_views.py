"""A person's page, and how others see mine."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from essaim.core.access import allow, public, signed_in
from essaim.home.person_card import another_member, card_of, shown_to, visitor
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
