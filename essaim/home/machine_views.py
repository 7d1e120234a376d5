"""What administrators watch: errands that failed for good, duties, whether the worker is awake."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core import outbox
from essaim.core.access import allow
from essaim.core.duties import ASLEEP, DUTIES
from essaim.core.models import Duty, OutboxRow
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_administrator

PAGE = 30


@allow(is_administrator)
def machine(request: SignedRequest) -> HttpResponse:
    now = timezone.now()
    duties = Duty.objects.filter(name__in=DUTIES).order_by("due_at", "name")
    planned = [(DUTIES[duty.name].words, duty) for duty in duties]
    last_runs = [duty.last_run_at for _words, duty in planned if duty.last_run_at]
    last_run = max(last_runs, default=None)
    context = {
        "duties": planned,
        "last_run": last_run,
        "asleep": last_run is None or last_run < now - ASLEEP,
        "late": outbox.waiting(now - ASLEEP).count(),
        "page": Paginator(outbox.dead(), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "home/machine.html", context)


@require_POST
@allow(is_administrator)
def revive(request: SignedRequest, row_id: int) -> HttpResponse:
    row = get_object_or_404(OutboxRow, pk=row_id)
    if outbox.revive(row):
        messages.info(request, _("It waits again, and is tried within a minute."))
    return redirect("home:machine")
