"""« Make it a paid mission », or go on as a helping hand: one tap of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.exchange.actions.missions import choose_mission, keep_as_help
from essaim.exchange.help_views import mine_of
from essaim.exchange.models import HelpExchange
from essaim.people.models import Person
from essaim.people.requests import SignedRequest


@require_POST
@allow(signed_in)
def help_mission(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange = mine_of(request, pk)
    try:
        said = _chosen(exchange, request.user, request.POST.get("a", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("exchange:help", exchange.pk)


def _chosen(exchange: HelpExchange, by: Person, choice: str) -> str:
    if choice == "no":
        keep_as_help(exchange=exchange, by=by)
        return _("Noted: it stays a helping hand.")
    if choice != "yes":
        raise Refusal(_("Choose one of the answers."))
    if choose_mission(exchange=exchange, by=by):
        return _("Noted: you go on outside brain-time.")
    return _("Noted. The other one is asked, and nothing changes meanwhile.")
