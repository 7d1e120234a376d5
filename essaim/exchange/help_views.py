"""« My help »: the list, one help, and everything that one tap does to it."""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.dated_links import Expired
from essaim.core.refusals import Refusal
from essaim.core.spreadsheets import csv_chunks
from essaim.core.templatetags.presentation import minutes_words
from essaim.core.writing import folded, sought
from essaim.exchange import confirm_links, help_lines
from essaim.exchange.actions import cancelling
from essaim.exchange.actions import help as actions
from essaim.exchange.contact import OPENING, contact_of
from essaim.exchange.help_forms import Minutes, Moment, NotQuiteIt, Proposal, ThankYou
from essaim.exchange.missions import why_a_mission
from essaim.exchange.models import HelpExchange, HelpState, Thanks
from essaim.people.models import Person
from essaim.people.requests import SignedRequest

PAGE = 20
SORTS = {"new": "-created_at", "old": "created_at", "long": "-minutes"}


@allow(signed_in)
def helps(request: SignedRequest) -> HttpResponse:
    rows = _wanted(request).order_by(SORTS.get(request.GET.get("sort", ""), "-created_at"), "pk")
    page = Paginator(help_lines.with_names(rows), PAGE).get_page(request.GET.get("page"))
    waiting = help_lines.with_names(help_lines.to_do(request.user)).order_by("created_at", "pk")
    first = [] if _is_filtered(request) else list(waiting[:PAGE])
    context = {
        "page": page,
        "lines": [help_lines.line(row, request.user.pk) for row in page],
        "first": [help_lines.line(row, request.user.pk) for row in first],
        "q": request.GET.get("q", ""),
        "sort": request.GET.get("sort", ""),
        "side": request.GET.get("side", ""),
        "tabs": _tabs(request),
    }
    return render(request, "exchange/helps.html", context)


def _is_filtered(request: HttpRequest) -> bool:
    return any(request.GET.get(name) for name in ("q", "side", "page", "sort"))


def _tabs(request: HttpRequest) -> list[dict[str, object]]:
    side = request.GET.get("side", "")
    words = (("", _("All")), ("given", _("Given")), ("received", _("Received")))
    return [
        {"label": label, "url": f"?side={code}", "current": side == code, "count": 0}
        for code, label in words
    ]


def _wanted(request: SignedRequest) -> QuerySet[HelpExchange]:
    me = request.user
    sides = {"given": Q(giver=me), "received": Q(receiver=me)}
    rows = HelpExchange.objects.of(me)
    if (side := sides.get(request.GET.get("side", ""))) is not None:
        rows = rows.filter(side)
    if typed := request.GET.get("q", "").strip():
        rows = rows.filter(pk__in=_found(rows, sought(typed)))
    return rows


def _found(rows: QuerySet[HelpExchange], words: list[str]) -> list[UUID]:
    """One person's exchanges are few: they are read, so that accents need not be typed."""
    texts = rows.values_list("pk", "title", "giver__folded_name", "receiver__folded_name")
    return [
        pk
        for pk, title, giver, receiver in texts
        if words and all(word in f"{folded(title)} {giver} {receiver}" for word in words)
    ]


@allow(signed_in)
def helps_csv(request: SignedRequest) -> StreamingHttpResponse:
    rows = _wanted(request).select_related("giver", "receiver", "hub").order_by("created_at", "pk")
    answer = StreamingHttpResponse(csv_chunks(_cells(rows)), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="{_("my-help")}.csv"'
    return answer


def _cells(rows: QuerySet[HelpExchange]) -> list[list[str]]:
    head = [
        _("Day"),
        _("Help"),
        _("Given by"),
        _("Received by"),
        _("Hive"),
        _("Minutes"),
        _("State"),
    ]
    return [
        head,
        *(
            [
                str(row.happened_on or row.created_at.date()),
                row.title,
                row.giver.name,
                row.receiver.name,
                row.hub.name,
                str(help_lines.minutes_of(row)),
                str(row.get_state_display()),
            ]
            for row in rows
        ),
    ]


@allow(signed_in)
def help_page(request: SignedRequest, pk: UUID) -> HttpResponse:
    rows = HelpExchange.objects.visible_to(request.user)
    exchange = get_object_or_404(
        rows.select_related("giver", "receiver", "claimed_by", "hub", "thanks"), pk=pk
    )
    return shown(request, exchange)


def shown(
    request: SignedRequest, exchange: HelpExchange, *, status: int = 200, **forms: object
) -> HttpResponse:
    """On the clock of the hive, as its moment was noted."""
    with timezone.override(ZoneInfo(exchange.hub.time_zone)):
        page = _page_of(exchange, request.user, **forms)
        return render(request, "exchange/help.html", page, status=status)


def _page_of(exchange: HelpExchange, me: Person, **forms: object) -> dict[str, object]:
    thanks: Thanks | None = getattr(exchange, "thanks", None)
    gives = exchange.giver_id == me.pk
    mine = gives or exchange.receiver_id == me.pk
    other = exchange.receiver if gives else exchange.giver
    may_thank = exchange.state in (HelpState.CLAIMED, HelpState.CONFIRMED) and not thanks
    return {
        "exchange": exchange,
        "line": help_lines.line(exchange, me.pk),
        "story": help_lines.story(exchange, thanks),
        "other": other,
        "mine": mine,
        "contact": contact_of(other, me) if mine and exchange.state in OPENING else None,
        "gives": gives,
        "proposer": exchange.proposed_by_id == me.pk,
        "claimant": exchange.claimed_by_id == me.pk,
        "thanks": thanks,
        "may_thank": may_thank and exchange.receiver_id == me.pk,
        "moment": Moment(initial={"at": exchange.meets_at}),
        "ahead": exchange.meets_at is not None and exchange.meets_at > timezone.now(),
        "quick": (15, 30, 60),
        "minutes": Minutes(),
        "not_quite": NotQuiteIt(),
        "thank_you": ThankYou(),
        "mission": why_a_mission(exchange) if mine else "",
        "mission_asked": exchange.mission_proposed_by_id not in (None, me.pk),
    } | forms


def mine_of(request: SignedRequest, pk: UUID) -> HelpExchange:
    rows = HelpExchange.objects.of(request.user).select_related("giver", "receiver", "hub")
    return get_object_or_404(rows, pk=pk)


def _do(
    request: HttpRequest, exchange: HelpExchange, action: Callable[[], object], said: str
) -> HttpResponse:
    """Says what happened, or the sentence of the refusal, and comes back to the page."""
    try:
        action()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("exchange:help", exchange.pk)


@require_POST
@allow(signed_in)
def help_agree(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange = mine_of(request, pk)
    return _do(
        request,
        exchange,
        lambda: actions.agree_spontaneous(exchange=exchange, by=request.user),
        _("It is agreed: choose a moment together."),
    )


@require_POST
@allow(signed_in)
def help_claim(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange, form = mine_of(request, pk), Minutes(request.POST)
    if not form.is_valid():
        return shown(request, exchange, minutes=form, status=422)
    minutes = form.cleaned_data["minutes"]
    said = _("Noted: %(time)s. The other confirms with one tap, or silence does in seven days.")
    return _do(
        request,
        exchange,
        lambda: actions.claim_minutes(exchange=exchange, minutes=minutes, by=request.user),
        said % {"time": minutes_words(minutes)},
    )


@require_POST
@allow(signed_in)
def help_confirm(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange = mine_of(request, pk)
    return _do(
        request,
        exchange,
        lambda: actions.confirm_help(exchange=exchange, by=request.user),
        _("Confirmed. The hive remembers it."),
    )


@require_POST
@allow(signed_in)
def help_dispute(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange, form = mine_of(request, pk), NotQuiteIt(request.POST)
    if not form.is_valid():
        return shown(request, exchange, not_quite=form, status=422)
    return _do(
        request,
        exchange,
        lambda: actions.dispute_help(exchange=exchange, by=request.user, **form.cleaned_data),
        _("Noted. A small difference takes the lower number; a larger one, your host settles."),
    )


@require_POST
@allow(signed_in)
def help_cancel(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange = mine_of(request, pk)
    verb = cancelling.miss if request.POST.get("missed") else cancelling.cancel_help
    return _do(
        request,
        exchange,
        lambda: verb(exchange=exchange, by=request.user),
        _("Noted, no harm done. The other one is told; a need looks for somebody else."),
    )


@require_POST
@allow(signed_in)
def help_thank(request: SignedRequest, pk: UUID) -> HttpResponse:
    exchange, form = mine_of(request, pk), ThankYou(request.POST)
    if not form.is_valid():
        return shown(request, exchange, thank_you=form, status=422)
    return _do(
        request,
        exchange,
        lambda: actions.thank(exchange=exchange, by=request.user, **form.cleaned_data),
        _("Your words are on their way."),
    )


@allow(signed_in)
def propose(request: SignedRequest, person_id: UUID) -> HttpResponse:
    """Help without a need, with somebody chosen by name."""
    other = get_object_or_404(Person.objects.visible_to(request.user), pk=person_id)
    if other.pk == request.user.pk:
        raise Http404
    form = Proposal(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gives = form.cleaned_data["direction"] == "give"
        pair = (request.user, other) if gives else (other, request.user)
        try:
            exchange = actions.propose_help(
                giver=pair[0],
                receiver=pair[1],
                title=form.cleaned_data["title"],
                minutes=form.cleaned_data["minutes"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is told.") % {"name": other.given_name})
            return redirect("exchange:help", exchange.pk)
    return render(request, "exchange/propose.html", {"form": form, "other": other})


@never_cache
@public
def help_answer(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, without a log-in: looking changes nothing, the button confirms."""
    try:
        exchange_id, person_id, minutes = confirm_links.read(token)
    except (BadSignature, Expired):
        return render(request, "exchange/help_answer.html", {"exchange": None}, status=410)
    rows = HelpExchange.objects.select_related("giver", "receiver", "claimed_by")
    exchange = get_object_or_404(rows, pk=exchange_id)
    person = exchange.giver if exchange.giver_id == person_id else exchange.receiver
    current = exchange.state == HelpState.CLAIMED and exchange.claimed_minutes == minutes
    refusal = ""
    if request.method == "POST" and current and person.is_reachable():
        try:
            exchange = actions.confirm_help(exchange=exchange, by=person)
        except Refusal as refused:
            refusal = str(refused)
    context = {
        "exchange": exchange,
        "current": current,
        "refusal": refusal,
        "other": (exchange.receiver if person.pk == exchange.giver_id else exchange.giver),
    }
    return render(request, "exchange/help_answer.html", context)
