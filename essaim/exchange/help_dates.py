"""The moment of a help: noted by either of the two, and taken to one's calendar."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.calendars import event
from essaim.core.refusals import Refusal
from essaim.exchange.actions.dates import MomentIsFar, MomentIsPast, set_date
from essaim.exchange.help_forms import Moment
from essaim.exchange.help_lines import minutes_of
from essaim.exchange.help_views import mine_of, shown
from essaim.exchange.models import HelpExchange, HelpState
from essaim.people.requests import SignedRequest


@require_POST
@allow(signed_in)
def help_date(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange, form = mine_of(request, pk), Moment(request.POST)
    with timezone.override(ZoneInfo(exchange.hub.time_zone)):
        typed = form.is_valid()
    if typed:
        try:
            set_date(exchange=exchange, at=form.cleaned_data["at"], by=request.user)
        except (MomentIsPast, MomentIsFar) as refusal:
            form.add_error("at", str(refusal))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Noted. The other one is told."))
    if form.errors:
        return shown(request, exchange, moment=form, status=422)
    return redirect("exchange:help", exchange.pk)


@allow(signed_in)
def help_ics(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange = mine_of(request, pk)
    if exchange.meets_at is None or exchange.state != HelpState.AGREED:
        raise Http404
    answer = HttpResponse(_event(request, exchange), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_("help")}.ics"'
    return answer


def _event(request: SignedRequest, exchange: HelpExchange) -> str:
    assert exchange.meets_at is not None
    other = exchange.receiver if exchange.giver_id == request.user.pk else exchange.giver
    return event(
        uid=f"{exchange.pk}@{request.get_host()}",
        starts=exchange.meets_at,
        minutes=minutes_of(exchange),
        summary=f"{exchange.title} ({other.name})",
        url=request.build_absolute_uri(reverse("exchange:help", args=[exchange.pk])),
    )
