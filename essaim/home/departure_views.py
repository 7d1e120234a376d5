"""Those who left the network: whoever runs it forgets them when they ask for it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from essaim.core.access import allow
from essaim.core.refusals import Refusal
from essaim.home.actions.leaving import erase_person
from essaim.home.data_forms import EraseForm
from essaim.people.models import Person
from essaim.people.requests import SignedRequest
from essaim.people.rules import runs_network

PER_PAGE = 40


@allow(runs_network)
def departures(request: SignedRequest) -> HttpResponse:
    page = Paginator(Person.objects.left().by_name(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home/departures.html", {"page": page})


@allow(runs_network)
def departed_erase(request: SignedRequest, person_id: UUID) -> HttpResponse:
    person = get_object_or_404(Person.objects.left(), pk=person_id)
    form = EraseForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            erase_person(person=person, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Nothing here names this person any more."))
            return redirect("home:departures")
    return render(request, "home/departed_erase.html", {"form": form, "gone": person})
