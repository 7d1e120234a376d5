"""« Me connecter »: every way in that a person has, and where they are signed in."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import view_recovery_codes
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.people.requests import SignedRequest


@dataclass(frozen=True)
class WaysIn:
    passkeys: list[Authenticator]
    has_app: bool
    codes_left: int


@allow(signed_in)
def security(request: SignedRequest) -> HttpResponse:
    context = {
        "ways": _ways_in(request),
        # Whoever reads this is signed in somewhere, though nothing may have been noted of it.
        "sessions": UserSession.objects.filter(user=request.user).count() or 1,
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "hubs/security.html", context)


def _ways_in(request: SignedRequest) -> WaysIn:
    kinds = Authenticator.Type
    mine = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((a.wrap() for a in mine if a.type == kinds.RECOVERY_CODES), None)
    return WaysIn(
        passkeys=[a for a in mine if a.type == kinds.WEBAUTHN],
        has_app=any(a.type == kinds.TOTP for a in mine),
        codes_left=len(codes.get_unused_codes()) if codes else 0,
    )


@allow(signed_in)
def to_security(request: HttpRequest) -> HttpResponse:
    return redirect("hubs:security")


@allow(signed_in)
def recovery_codes(request: SignedRequest) -> HttpResponse:
    """They replace the authenticator app; who has none has nothing to replace."""
    if not _ways_in(request).has_app:
        return redirect("hubs:security")
    page: HttpResponse = view_recovery_codes(request)
    return page


@public
def partner_login(request: HttpRequest) -> HttpResponse:
    """The library asks the partner's house where to go, and does not expect silence."""
    # Where no partner has a house of its own, neither is loaded: they weigh some megabytes.
    from allauth.socialaccount.providers.openid_connect.views import login as openid_login
    from requests import RequestException

    try:
        answer: HttpResponse = openid_login(request, provider_id="partner")
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=503)
    return answer


@require_POST
@allow(signed_in)
def end_session(request: SignedRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    end_sessions(request, [session])
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
