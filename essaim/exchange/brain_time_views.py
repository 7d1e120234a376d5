"""Brain-time: what I gave and received; the disputes and corrections of a host."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.core.states import Overtaken
from essaim.exchange import ledger_queries
from essaim.exchange.actions import help as actions
from essaim.exchange.actions import ledger
from essaim.exchange.capacity import load_of
from essaim.exchange.help_forms import Correction, Pot, Settlement
from essaim.exchange.models import HelpExchange, HelpState, Transfer, TransferKind
from essaim.hubs.models import Hub
from essaim.hubs.rules import home_hub, is_host
from essaim.people.models import Person
from essaim.people.requests import SignedRequest
from essaim.people.rules import is_administrator

PAGE = 20
SHOWN = (
    *("kind", "minutes", "created_at", "exchange__title"),
    *(
        f"{side}__{name}"
        for side in ("payer", "payee")
        for name in ("person__given_name", "person__family_name", "person__state", "hub__name")
    ),
)
PEOPLE = ("payer__person", "payee__person", "payer__hub", "payee__hub", "exchange")


@allow(signed_in)
def brain_time(request: SignedRequest) -> HttpResponse:
    return _brain_time(request, Pot())


@require_POST
@allow(signed_in)
def give_to_pot(request: SignedRequest) -> HttpResponse:
    form, hub = Pot(request.POST), home_hub(request.user)
    if hub is None:
        raise Http404
    if form.is_valid():
        key = f"pot:{request.user.pk}:{form.cleaned_data['key']}"
        minutes = form.cleaned_data["minutes"]
        me = request.user
        try:
            ledger.give_to_pool(giver=me, hub=hub, minutes=minutes, key=key, by=me)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you: the hive has it for those who need it."))
            return redirect("exchange:brain_time")
    return _brain_time(request, form, status=422)


def _brain_time(request: SignedRequest, form: Pot, *, status: int = 200) -> HttpResponse:
    accounts = ledger_queries.accounts_of([request.user.pk])
    rows = Transfer.objects.through(accounts).select_related(*PEOPLE).only(*SHOWN)
    rows = rows.order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    time = ledger_queries.brain_time_of(request.user, accounts)
    context = {
        "time": time,
        "pot": form if form.is_bound or ledger_queries.spare_of(request.user, time) else None,
        "load": load_of(request.user, now=timezone.now()),
        "page": page,
        "lines": [_said(row, request.user) for row in page],
    }
    return render(request, "exchange/brain_time.html", context, status=status)


def _said(row: Transfer, me: Person) -> dict[str, object]:
    """One row of the ledger in words; nothing is red and nothing is a debt."""
    gave = row.payee.person_id == me.pk
    other = row.payer if gave else row.payee
    name = other.person.name if other.person else _("the pot of %(hub)s") % {"hub": other.hub}
    words = {
        TransferKind.HELP: _("Given to %(name)s") if gave else _("Received from %(name)s"),
        TransferKind.CORRECTION: _("Corrected, given to %(name)s")
        if gave
        else _("Corrected, received from %(name)s"),
        TransferKind.REVERSAL: _("Taken back, with %(name)s"),
        TransferKind.POOL: _("From %(name)s") if gave else _("Put into %(name)s"),
    }
    said = words.get(TransferKind(row.kind), _("With %(name)s"))
    return {
        "at": row.created_at,
        "words": said % {"name": name},
        "title": row.exchange.title if row.exchange else "",
        "exchange_id": row.exchange_id,
        "minutes": row.minutes,
    }


def _to_settle(person: Person) -> QuerySet[HelpExchange]:
    """Of the hives that the person hosts, without what they took part in themselves."""
    hosted = Hub.objects.looked_after_by(person)
    rows = HelpExchange.objects.filter(state=HelpState.DISPUTED, hub__in=hosted)
    return rows.exclude(Q(giver=person) | Q(receiver=person))


@allow(is_host)
def disputes(request: SignedRequest) -> HttpResponse:
    rows = _to_settle(request.user).select_related("giver", "receiver", "claimed_by", "hub")
    page = Paginator(rows.order_by("claimed_at", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/disputes.html", {"page": page})


@require_POST
@allow(is_host)
def settle(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange, form = get_object_or_404(_to_settle(request.user), pk=pk), Settlement(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a number of minutes; nought if it did not take place."))
        return redirect("exchange:disputes")
    try:
        actions.settle_dispute(
            exchange=exchange, minutes=form.cleaned_data["minutes"], by=request.user
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Settled. Both are told."))
    return redirect("exchange:disputes")


def may_correct_somewhere(person: Person) -> bool:
    return is_host(person) or is_administrator(person)


def _correctable(person: Person) -> QuerySet[Transfer]:
    """Rows that count, inside the hives of the person; administrators correct them all."""
    rows = Transfer.objects.helping()
    if is_administrator(person):
        return rows
    hosted = Hub.objects.looked_after_by(person)
    return rows.filter(hub_from=F("hub_to"), hub_from__in=hosted)


@allow(may_correct_somewhere)
def corrections(request: SignedRequest) -> HttpResponse:
    rows = _correctable(request.user).select_related(*PEOPLE)
    typed = request.GET.get("q", "")
    if typed.strip():
        named = Person.objects.named(typed).values("pk")
        rows = rows.filter(Q(payer__person__in=named) | Q(payee__person__in=named))
    page = Paginator(rows.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/corrections.html", {"page": page, "q": typed})


@allow(may_correct_somewhere)
def correct(request: SignedRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_correctable(request.user).select_related(*PEOPLE), pk=pk)
    form = Correction(request.POST or None, initial={"minutes": row.minutes})
    if request.method == "POST" and form.is_valid():
        try:
            _correct(row, form.cleaned_data, request.user)
        except Overtaken:
            messages.error(request, _("Another host has corrected this row meanwhile."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Corrected: the old row stays, and no longer counts."))
        return redirect("exchange:corrections")
    return render(request, "exchange/correct.html", {"form": form, "row": row})


def _correct(row: Transfer, data: dict[str, object], by: Person) -> None:
    minutes, reason = int(str(data["minutes"])), str(data["reason"])
    if minutes:
        ledger.correct(transfer=row, minutes=minutes, by=by, reason=reason)
    else:
        ledger.reverse(transfer=row, by=by, reason=reason)
