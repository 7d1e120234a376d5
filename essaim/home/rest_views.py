"""From the figures of a hive: a host asks somebody who carries much whether they would rest."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.home.actions import rest
from essaim.hubs.rules import hosts_person, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


@require_POST
@allow(is_host)
def offer_rest(request: SignedRequest, person_id: UUID) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    if not hosts_person(request.user, person):
        raise Http404
    try:
        rest.offer_rest(person=person, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("%(name)s is asked whether they would rather have a rest.")
        messages.success(request, told % {"name": person.name})
    return redirect("home:board")
