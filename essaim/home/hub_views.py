"""Hives: where they are, who is in them, who animates them."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.home.directory import Wanted, people, people_lines
from essaim.home.directory_views import tabs
from essaim.home.hosted import hosted_hub
from essaim.home.naming_forms import NamedForm
from essaim.hubs.actions import places
from essaim.hubs.forms import HubForm, PracticalForm
from essaim.hubs.models import Host, Hub, Residency
from essaim.hubs.rules import hosts_hub, is_host, lives_in
from essaim.people.models import Person
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_director

PER_PAGE = 40


@allow(signed_in)
def hubs(request: SignedRequest) -> HttpResponse:
    inside = Residency.objects.current().filter(hub=OuterRef("pk")).order_by().values("hub")
    counted = Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0)
    found = Hub.objects.visible_to(request.user).annotate(residents_now=counted).order_by("name")
    context = {"hubs": found, "tabs": tabs("hubs"), "director": is_director(request.user)}
    return render(request, "home/hubs.html", context)


@allow(signed_in)
def hub(request: SignedRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Hub.objects.visible_to(request.user), slug=slug)
    page = Paginator(people(request.user, Wanted(hub=found)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    may_edit = hosts_hub(request.user, found.pk)
    context = {
        "hub": found,
        "page": page,
        "lines": people_lines(list(page), at_home=found.pk),
        "hosts": _hosts(found),
        "may_edit": may_edit,
        "lives_here": may_edit or lives_in(request.user, found.pk),
    }
    return render(request, "home/hub.html", context)


def _hosts(hub: Hub) -> QuerySet[Person]:
    current = Host.objects.current().filter(hub=hub).values("person")
    found: QuerySet[Person] = Person.objects.present().filter(pk__in=current).by_name()
    return found


@allow(is_director)
def hub_new(request: SignedRequest) -> HttpResponse:
    form = HubForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = places.create_hub(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The hive is open. Name its hosts now."))
            return redirect("home:hub_hosts", created.slug)
    return render(request, "home/hub_form.html", {"form": form, "hub": None})


@allow(is_host)
def hub_edit(request: SignedRequest, slug: str) -> HttpResponse:
    found = hosted_hub(slug, by=request.user)
    kind = HubForm if is_director(request.user) else PracticalForm
    form = kind(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            places.update_hub(hub=found, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The page of the hive is up to date."))
            return redirect("home:hub", slug)
    return render(request, "home/hub_form.html", {"form": form, "hub": found})


@allow(is_host)
def hub_hosts(request: SignedRequest, slug: str) -> HttpResponse:
    found = hosted_hub(slug, by=request.user)
    form = NamedForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            places.add_host(hub=found, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("person", str(refusal))
        else:
            return redirect("home:hub_hosts", slug)
    context = {
        "form": form,
        "hub": found,
        "hosts": _hosts(found),
        "director": is_director(request.user),
    }
    return render(request, "home/hub_hosts.html", context)


@require_POST
@allow(is_host)
def hub_host_end(request: SignedRequest, slug: str, person_id: UUID) -> HttpResponse:
    found = hosted_hub(slug, by=request.user)
    person = get_object_or_404(Person, pk=person_id)
    try:
        places.end_host(hub=found, person=person, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("home:hub", slug)
