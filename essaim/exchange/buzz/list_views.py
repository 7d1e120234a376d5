"""The Buzzes of a hive: the one ahead, those that were, and what was promised in them."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.core.writing import line
from essaim.exchange.actions import buzz as meeting
from essaim.exchange.actions import buzz_after as after
from essaim.exchange.buzz.forms import PlanForm
from essaim.exchange.buzz.minutes import last_record
from essaim.exchange.models import Buzz, BuzzPromise, BuzzState
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import home_hub, hosts_hub
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20


def my_hubs(person: Person) -> QuerySet[Hub]:
    """Where one lives, and those that one looks after."""
    lives = Residency.objects.current().filter(hub=OuterRef("pk"), person=person)
    hosted = Hub.objects.looked_after_by(person).values("pk")
    return Hub.objects.open().filter(Exists(lives)) | Hub.objects.open().filter(pk__in=hosted)


@allow(signed_in)
def buzzes(request: SignedRequest) -> HttpResponse:
    """Of one hive at a time: one's own, unless another is named."""
    return _buzzes(request, _chosen(request), PlanForm())


def _chosen(request: SignedRequest) -> Hub | None:
    word = line(request.POST.get("hub") or request.GET.get("hub", ""))
    mine = my_hubs(request.user)
    if word:
        return get_object_or_404(mine, slug=word)
    return home_hub(request.user) or mine.order_by("name").first()


def _buzzes(
    request: SignedRequest, hub: Hub | None, form: PlanForm, *, status: int = 200
) -> HttpResponse:
    rows = Buzz.objects.filter(hub=hub)
    past = rows.filter(state=BuzzState.CLOSED).order_by("-starts_at", "pk")
    context = {
        "hub": hub,
        "hubs": list(my_hubs(request.user).order_by("name")),
        "live": rows.live().first(),
        "ahead": rows.filter(state=BuzzState.PLANNED).first(),
        "page": Paginator(past, PAGE).get_page(request.GET.get("page")),
        "record": last_record(hub) if hub else None,
        "runs": hub is not None and hosts_hub(request.user, hub.pk),
        "form": form,
    }
    return render(request, "exchange/buzz/buzzes.html", context, status=status)


@require_POST
@allow(signed_in)
def plan(request: SignedRequest) -> HttpResponse:
    hub = _chosen(request)
    if hub is None or not hosts_hub(request.user, hub.pk):
        raise Http404
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            meeting.plan_buzz(hub=hub, starts_at=form.starts_at(hub), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The date is fixed. The bell will ring here."))
            return _back(hub)
    return _buzzes(request, hub, form, status=422)


@require_POST
@allow(signed_in)
def start(request: SignedRequest) -> HttpResponse:
    """« Ring now »: the Buzz ahead, or one that nobody had planned."""
    hub = _chosen(request)
    if hub is None or not hosts_hub(request.user, hub.pk):
        raise Http404
    try:
        buzz = meeting.start_buzz(hub=hub, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return _back(hub)
    return redirect("exchange:buzz_desk", buzz.pk)


def _back(hub: Hub) -> HttpResponse:
    response = redirect("exchange:buzzes")
    response["Location"] += f"?hub={hub.slug}"
    return response


@allow(signed_in)
def promises(request: SignedRequest) -> HttpResponse:
    """Those I made and those made to me, the ones underway first."""
    mine = BuzzPromise.objects.of(request.user).select_related("giver", "receiver", "buzz__hub")
    rows = mine.order_by(F("settled_at").desc(nulls_first=True), "due_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/buzz/promises.html", {"page": page})


@require_POST
@allow(signed_in)
def settle(request: SignedRequest, promise_id: UUID, verb: str) -> HttpResponse:
    mine = BuzzPromise.objects.of(request.user).select_related("buzz")
    promise = get_object_or_404(mine, pk=promise_id)
    try:
        if verb == "inutile":
            after.release_promise(promise=promise, by=request.user)
        else:
            after.settle_promise(promise=promise, kept=verb == "tenue", by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Noted, thank you."))
    return redirect("exchange:promises")
