"""« My toolbox »: what I lend, what I want to learn, how much time; true again in one minute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.refusals import Refusal
from essaim.exchange.actions import capacity as actions
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import Pause, Pledge, Silence
from essaim.exchange.skill_search import find_skills
from essaim.exchange.toolbox_forms import NoteForm, PauseForm, PledgeForm, SearchForm
from essaim.people.models import Person, PersonSkill, Skill, SkillKind
from essaim.people.requests import SignedRequest

YEAR = timedelta(days=365)
UNDO = signing.Signer(salt="essaim.exchange.toolbox.undo")


@allow(signed_in)
def toolbox(request: SignedRequest) -> HttpResponse:
    return render(request, "exchange/toolbox.html", _page(request))


def _page(request: SignedRequest, **forms: Any) -> dict[str, Any]:
    me = request.user
    pledge = actions.current_pledge(me)
    rows = list(PersonSkill.objects.filter(person=me).with_labels())
    context = {
        "lent": [row for row in rows if row.kind == SkillKind.CAN_HELP],
        "learnt": [row for row in rows if row.kind == SkillKind.WANTS_TO_LEARN],
        "stale": any(row.confirmed_at < timezone.now() - YEAR for row in rows),
        "pledge_form": _pledge_form(pledge),
        "silence": Silence.objects.open().filter(person=me).first(),
        "pause": Pause.objects.filter(person=me).on(timezone.localdate()).first(),
        "pause_form": PauseForm(),
        "undo": _undoable(request),
        "search": _search(request),
        "too_long": None,
    }
    return context | forms


def _pledge_form(pledge: Pledge | None, typed: Any = None) -> PledgeForm:
    initial = {
        "minutes": pledge.minutes_per_month if pledge else 240,
        "max_asks_per_week": pledge.max_asks_per_week if pledge else None,
        "max_parallel": pledge.max_parallel if pledge else None,
        "beyond": pledge.beyond if pledge else False,
    }
    now = pledge.minutes_per_month if pledge else 0
    return PledgeForm(typed, initial=initial, now=now, guards=guards_in_force())


def _undoable(request: SignedRequest) -> dict[str, Any] | None:
    token = request.GET.get("undo", "")
    removed = _read_undo(token, request.user) if token else None
    return {"token": token, "label": removed["label"]} if removed else None


def _search(request: HttpRequest) -> dict[str, Any]:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return {"kind": "", "q": "", "found": [], "exact": True}
    typed = form.cleaned_data["q"]
    found = find_skills(typed)
    exact = any(typed.casefold() == skill.label.casefold() for skill in found)
    return {"kind": form.cleaned_data["kind"], "q": typed, "found": found, "exact": exact}


@allow(signed_in)
def toolbox_search(request: SignedRequest) -> HttpResponse:
    """The answers alone, while one types; the whole page says the same without a script."""
    return render(request, "exchange/toolbox.html#found", {"search": _search(request)})


def _do(request: HttpRequest, action: Callable[[], object], said: str) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("exchange:toolbox")


@require_POST
@allow(signed_in)
def toolbox_pledge(request: SignedRequest) -> HttpResponse:
    me = request.user
    form = _pledge_form(actions.current_pledge(me), request.POST)
    if not form.is_valid():
        return render(
            request, "exchange/toolbox.html", _page(request, pledge_form=form), status=422
        )
    return _do(
        request,
        lambda: actions.set_pledge(person=me, by=me, **form.cleaned_data),
        _("Noted: you are asked no more than that."),
    )


@require_POST
@allow(signed_in)
def toolbox_pause(request: SignedRequest) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return render(request, "exchange/toolbox.html", _page(request, pause_form=form), status=422)
    me = request.user
    return _do(
        request,
        lambda: actions.pause(person=me, until=form.cleaned_data["until"], by=me),
        _("Rest well: nobody is sent to you meanwhile."),
    )


@require_POST
@allow(signed_in)
def toolbox_resume(request: SignedRequest) -> HttpResponse:
    me = request.user
    return _do(request, lambda: actions.resume(person=me, by=me), _("Good to have you back."))


@require_POST
@allow(signed_in)
def toolbox_add(request: SignedRequest) -> HttpResponse:
    """A skill of the list, or the words typed as a proposal."""
    me, kind = request.user, request.POST.get("kind", "")
    if kind not in SkillKind.values:
        raise Http404
    if label := request.POST.get("label", ""):
        said = _("Added. A host will find its place in the list; it counts from now.")
        return _do(
            request,
            lambda: actions.add_wording(person=me, label=label, kind=kind, by=me),
            said,
        )
    skill = get_object_or_404(Skill.objects.usable(), pk=_uuid(request.POST.get("skill")))
    return _do(
        request,
        lambda: actions.add_skill(person=me, skill=skill, kind=kind, by=me),
        _("Added: %(skill)s.") % {"skill": skill.label},
    )


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404 from None


@require_POST
@allow(signed_in)
def toolbox_note(request: SignedRequest, pk: UUID) -> HttpResponse:
    row, form = _mine(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        too_long = {"pk": row.pk, "note": request.POST.get("note", "")}
        page = _page(request, too_long=too_long)
        return render(request, "exchange/toolbox.html", page, status=422)
    note = form.cleaned_data["note"]
    return _do(
        request,
        lambda: actions.edit_note(row=row, note=note, by=request.user),
        _("Noted."),
    )


@require_POST
@allow(signed_in)
def toolbox_remove(request: SignedRequest, pk: UUID) -> HttpResponse:
    row = _mine(request, pk)
    token = UNDO.sign_object(
        {
            "person": str(row.person_id),
            "skill": str(row.skill_id),
            "kind": row.kind,
            "note": row.note,
            "label": row.skill.label,
        },
        compress=True,
    )
    actions.remove_skill(row=row, by=request.user)
    return redirect(f"{reverse('exchange:toolbox')}?undo={token}")


@require_POST
@allow(signed_in)
def toolbox_restore(request: SignedRequest) -> HttpResponse:
    me = request.user
    removed = _read_undo(request.POST.get("token", ""), me)
    if removed is None:
        raise Http404
    skill = get_object_or_404(Skill.objects.usable(), pk=removed["skill"])
    return _do(
        request,
        lambda: actions.add_skill(
            person=me, skill=skill, kind=removed["kind"], note=removed["note"], by=me
        ),
        _("Put back."),
    )


def _read_undo(token: str, me: Person) -> dict[str, str] | None:
    try:
        removed: dict[str, str] = UNDO.unsign_object(token)
    except signing.BadSignature:
        return None
    return removed if removed["person"] == str(me.pk) else None


@require_POST
@allow(signed_in)
def toolbox_confirm(request: SignedRequest) -> HttpResponse:
    me = request.user
    return _do(
        request,
        lambda: actions.confirm_skills(person=me, by=me),
        _("Thank you: your card is true for another year."),
    )


def _mine(request: SignedRequest, pk: UUID) -> PersonSkill:
    rows = PersonSkill.objects.filter(person=request.user).select_related("skill", "person")
    return get_object_or_404(rows, pk=pk)
