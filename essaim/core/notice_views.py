"""What I was told, and how I want to be told."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from essaim.core import mail, notifications
from essaim.core.access import allow, public, signed_in
from essaim.core.models import Channel, Notice, NoticePreference

PAGE = 30


@allow(signed_in)
def notices(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        notifications.read_all(person=request.user)
        return redirect("core:notices")
    rows = Notice.objects.filter(recipient_id=request.user.pk).order_by("-created_at")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "core/notices.html", {"page": page})


@allow(signed_in)
def notice_settings(request: HttpRequest) -> HttpResponse:
    kinds = _to_choose(request.user)
    if request.method == "POST":
        for kind in kinds:
            if (channel := request.POST.get(kind.code)) in Channel.values:
                notifications.prefer(person=request.user, kind=kind, channel=channel)
        messages.info(request, _("Noted: you will be told as you wish."))
        return redirect("core:notice_settings")
    person_id = cast("UUID", request.user.pk)
    chosen = dict(
        NoticePreference.objects.filter(person_id=person_id).values_list("code", "channel")
    )
    rows = [(kind, chosen.get(kind.code, kind.channel)) for kind in kinds]
    return render(request, "core/notice_settings.html", {"rows": rows, "channels": Channel.choices})


def _to_choose(person: Any) -> list[notifications.Kind]:
    asked: dict[Any, bool] = {None: True}  # one question to the database per rule, not per kind
    kinds = [kind for kind in notifications.KINDS.values() if kind.mutable]
    for rule in {kind.told_to for kind in kinds} - {None}:
        asked[rule] = bool(rule and rule(person))
    return [kind for kind in kinds if asked[kind.told_to]]


@csrf_exempt  # RFC 8058: the mailbox posts, without our cookie; the signed token is the proof.
@never_cache
@public
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One click for that kind alone, said twice as good as once; and the way back beside it."""
    person, kind = _told_of(token)
    done = ""
    if request.method == "POST":
        done = "again" if request.POST.get("do") == "again" else "stopped"
        change = notifications.unmute if done == "again" else notifications.mute
        change(person_id=person.pk, kind=kind)
    with translation.override(person.language):
        return render(request, "core/unsubscribe.html", {"kind": kind, "done": done})


def _told_of(token: str) -> tuple[Any, notifications.Kind]:
    """Nobody who is no longer here, and no kind that may not be stopped."""
    try:
        person_id, code = mail.read_unsubscribe_token(token)
    except (BadSignature, KeyError, ValueError):
        raise Http404 from None
    kind = notifications.KINDS.get(code)
    person: Any = get_user_model()._default_manager.filter(pk=person_id).first()
    if kind is None or not kind.mutable or person is None or not person.is_present():
        raise Http404
    return person, kind
