"""What protects me, each guard with its count; and the guards of the network, for who sets them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.core import journal
from essaim.core.access import allow, signed_in
from essaim.core.models import JournalEntry
from essaim.core.refusals import Refusal
from essaim.exchange.actions import guards as actions
from essaim.exchange.actions.silences import unanswered_in_a_row
from essaim.exchange.capacity import load_of
from essaim.exchange.guard_forms import GuardsForm
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import AskGuards, Silence
from essaim.exchange.models.guards import ONLY
from essaim.exchange.protection import protections
from essaim.hubs.rules import home_hub
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_director, runs_network


@allow(signed_in)
def protection(request: SignedRequest) -> HttpResponse:
    me, now = request.user, timezone.now()
    hub = home_hub(me)
    zone = hub.time_zone if hub else settings.TIME_ZONE
    load, guards = load_of(me, now=now), guards_in_force()
    unanswered = unanswered_in_a_row([me.pk]).get(me.pk, 0)
    lines = protections(load, guards, unanswered=unanswered, now=now, zone=zone)
    context = {
        "lines": lines,
        "free": load.may_be_asked(now),
        "silence": Silence.objects.open().filter(person=me).first(),
    }
    return render(request, "exchange/protection.html", context)


@allow(runs_network)
def guards(request: SignedRequest) -> HttpResponse:
    """Directors set them; administrators read them, as everybody reads what protects them."""
    may_set = is_director(request.user)
    form = GuardsForm(request.POST or None, guards=guards_in_force())
    if request.method == "POST" and may_set and form.is_valid():
        try:
            actions.set_guards(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted: the guards hold from the next ask on."))
            return redirect("exchange:guards")
    rows = [(field.label, field.initial, field.help_text) for field in form.fields.values()]
    context = {"form": form, "may_set": may_set, "rows": rows, "last": _last_change()}
    return render(request, "exchange/guards.html", context)


def _last_change() -> JournalEntry | None:
    return journal.of(AskGuards(pk=ONLY)).select_related("actor").last()
