"""Hosts invite, follow and send again; whoever is invited says yes."""

from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public
from essaim.core.refusals import Refusal
from essaim.core.writing import line, prose
from essaim.hubs.actions import invitations as actions
from essaim.hubs.invitation_forms import AcceptForm, InviteForm
from essaim.hubs.invitation_links import read_token
from essaim.hubs.models import Invitation, InvitationQuerySet, InvitationState, Residency
from essaim.hubs.rules import hubs_to_host, is_host
from essaim.people.models import Person, PersonState
from essaim.people.requests import SignedRequest

PAGE = 20

Invitations = QuerySet[Invitation]


@allow(is_host)
def invite(request: SignedRequest) -> HttpResponse:
    hubs = hubs_to_host(request.user).order_by("name")
    form = InviteForm(request.POST or None, hubs=hubs)
    if request.method == "POST" and form.is_valid():
        refused = _invite_all(request, form)
        if not refused:
            return redirect("hubs:invitations")
        # What went is gone; what did not stays in the field, each with its reason above.
        left = request.POST.copy()
        left["guests"] = "\n".join(refused)
        form = InviteForm(left, hubs=hubs)
        for line, refusal in refused.items():
            form.add_error("guests", f"{line} : {refusal}")
    status = 422 if form.errors else 200
    return render(request, "hubs/invite.html", {"form": form}, status=status)


def _invite_all(request: SignedRequest, form: InviteForm) -> dict[str, Refusal]:
    refused: dict[str, Refusal] = {}
    chosen = {name: form.cleaned_data[name] for name in ("hub", "plan", "message")}
    for email, given_name, family_name in form.cleaned_data["guests"]:
        try:
            actions.invite_person(
                email=email,
                given_name=given_name,
                family_name=family_name,
                by=request.user,
                **chosen,
            )
        except Refusal as refusal:
            refused[email] = refusal
    _tell_how_many(request, len(form.cleaned_data["guests"]) - len(refused))
    return refused


def _tell_how_many(request: HttpRequest, count: int) -> None:
    if count:
        said = ngettext(
            "%(count)d letter is on its way.", "%(count)d letters are on their way.", count
        )
        messages.success(request, said % {"count": count})


@allow(is_host)
def invitations(request: SignedRequest) -> HttpResponse:
    state = request.GET.get("state", "waiting")
    words = line(request.GET.get("q", ""))
    mine = Invitation.objects.visible_to(request.user).select_related("person", "hub")
    rows = _search(_in_state(mine, state), words)
    context = {
        "page": Paginator(rows.order_by("-sent_at"), PAGE).get_page(request.GET.get("page")),
        "tabs": _tabs(request.user, state),
        "words": words,
        "state": state,
        "now": timezone.now(),
    }
    return render(request, "hubs/invitations.html", context)


def _in_state(rows: Invitations, state: str) -> Invitations:
    now = timezone.now()
    if state == "expired":
        return rows.filter(state=InvitationState.SENT, expires_at__lte=now)
    if state in {InvitationState.ACCEPTED, InvitationState.WITHDRAWN}:
        return rows.filter(state=state)
    return rows.filter(state=InvitationState.SENT, expires_at__gt=now)


def _search(rows: Invitations, words: str) -> Invitations:
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(person__given_name__icontains=word)
            | Q(person__family_name__icontains=word)
            | Q(person__email__icontains=word)
        )
    return rows


def _tabs(host: Person, state: str) -> list[dict[str, object]]:
    labels = {
        "waiting": _("Waiting"),
        "expected": _("Not invited yet"),
        "expired": _("Expired"),
        "accepted": _("Accepted"),
        "withdrawn": _("Withdrawn"),
    }
    here, expected = reverse("hubs:invitations"), reverse("hubs:expected")
    return [
        {
            "label": label,
            "url": expected if name == "expected" else f"{here}?state={name}",
            "count": _how_many(_expected(host)) if name == "expected" else None,
            "current": name == state,
        }
        for name, label in labels.items()
    ]


def _how_many(people: QuerySet[Person]) -> str:
    """Counted up to what a host still pictures; beyond it a figure costs and says nothing."""
    count = people.values("pk")[:100].count()
    return "" if not count else str(count) if count < 100 else "99+"


def _expected(host: Person) -> QuerySet[Person]:
    """Residents of the host's hubs who came with a table and have received nothing."""
    there = Residency.objects.current().filter(
        person=OuterRef("pk"), hub__in=hubs_to_host(host).values("pk")
    )
    people: QuerySet[Person] = Person.objects.filter(Exists(there), state=PersonState.EXPECTED)
    return people


@allow(is_host)
def expected(request: SignedRequest) -> HttpResponse:
    if request.method == "POST":
        _invite_expected(request, request.POST.getlist("person"))
        return redirect("hubs:expected")
    rows = _expected(request.user).order_by("family_name", "given_name", "id")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "tabs": _tabs(request.user, "expected"),
    }
    return render(request, "hubs/invite_expected.html", context)


def _invite_expected(request: SignedRequest, ids: list[str]) -> None:
    chosen = _expected(request.user).filter(pk__in=[i for i in ids if _is_id(i)])
    hubs, message = hubs_to_host(request.user), prose(request.POST.get("message", ""))[:500]
    count = 0
    for person in chosen[:PAGE]:
        hub = hubs.filter(residencies__person=person, residencies__until_on=None).first()
        assert hub is not None, "an expected person resides in a hub of the host"
        try:
            actions.invite_expected(person=person, hub=hub, message=message, by=request.user)
        except Refusal as refusal:
            messages.error(request, f"{person.name} : {refusal}")
        else:
            count += 1
    _tell_how_many(request, count)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_POST
@allow(is_host)
def resend(request: SignedRequest, invitation_id: UUID) -> HttpResponse:
    invitation = _mine(request, invitation_id)
    try:
        actions.resend_invitation(invitation=invitation, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("A new letter is on its way to %(name)s.")
        messages.success(request, said % {"name": invitation.person.name})
    return redirect("hubs:invitations")


@require_POST
@allow(is_host)
def withdraw(request: SignedRequest, invitation_id: UUID) -> HttpResponse:
    invitation = _mine(request, invitation_id)
    try:
        actions.withdraw_invitation(invitation=invitation, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The link sent to %(name)s no longer opens anything.")
        messages.success(request, said % {"name": invitation.person.name})
    return redirect("hubs:invitations")


def _mine(request: SignedRequest, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.visible_to(request.user).select_related("person", "hub")
    return get_object_or_404(rows, pk=invitation_id)


@never_cache
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail filters follow links."""
    found = _open_invitation(token)
    if found is None:
        return render(request, "hubs/invitation_closed.html", {"token": token}, status=410)
    form = AcceptForm(request.POST or None, instance=found.person)
    if request.method == "POST" and form.is_valid():
        return _accept(request, found, form, token)
    status = 422 if form.errors else 200
    return render(
        request, "hubs/invitation.html", {"form": form, "invitation": found}, status=status
    )


def _accept(
    request: HttpRequest, invitation: Invitation, form: AcceptForm, token: str
) -> HttpResponse:
    try:
        person = actions.accept_invitation(invitation=invitation, **form.cleaned_data)
    except Refusal:
        return render(request, "hubs/invitation_closed.html", {"token": token}, status=410)
    if request.user.is_authenticated and request.user.pk != person.pk:
        logout(request)
    messages.success(
        request, _("Welcome, %(name)s. You are at home here.") % {"name": person.given_name}
    )
    answer: HttpResponse = perform_login(request, person, redirect_url=_first_page())
    return answer


@require_POST
@public
def ask_again(request: HttpRequest, token: str) -> HttpResponse:
    """Says the same whatever the link is worth."""
    if (pk := read_token(token)) and (found := _letters().filter(pk=pk).first()):
        actions.ask_again(invitation=found)
    return render(request, "hubs/invitation_closed.html", {"asked": True})


def _open_invitation(token: str) -> Invitation | None:
    if (pk := read_token(token)) is None:
        return None
    return _letters().open().filter(pk=pk, expires_at__gt=timezone.now()).first()


def _letters() -> InvitationQuerySet:
    return Invitation.objects.select_related("person", "hub", "invited_by")


def _first_page() -> str:
    """What one can lend comes first; an installation without exchange begins with the day."""
    try:
        return reverse("exchange:toolbox")
    except NoReverseMatch:
        return reverse("home:day")
