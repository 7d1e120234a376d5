"""How the log-in library fits a network that one enters by invitation."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from essaim.core import outbox
from essaim.hubs.actions import invitations
from essaim.hubs.devices import device_words
from essaim.hubs.invitation_links import invitation_path
from essaim.people.models import Person, PersonState


def per_place(request: HttpRequest, email: str) -> str:
    """A key for attempts that counts where they come from: nobody elsewhere is kept out by them."""
    return f"{get_ip(request)}:{email.lower()}"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This address and this password do not go together. You can also receive a code by "
            "e-mail."
        ),
        "incorrect_code": _("This code is not the right one. Look at the last mail received."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _(
            "Too many attempts from here. Wait a few minutes, or sign in with a passkey or a code "
            "by e-mail."
        ),
        "rate_limited": _("That was a lot at once. Wait a minute, then try again."),
        "duplicate_email": _("This is already your address."),
        "email_taken": _("This address cannot be used."),
        "same_as_current": _("This is already your address."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # one enters by a host's invitation

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return per_place(request, credentials.get("email", ""))

    def pre_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse | None:
        """Someone invited first says yes, on the page that the letter leads to."""
        proved = _proved_mailbox(request, user)
        if proved:
            invitations.confirm_address(person=user)
        if user.state == PersonState.INVITED:
            return _to_invitation(user) if proved else redirect("account_inactive")
        answer: HttpResponse | None = super().pre_login(request, user, **details)
        return answer

    def post_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse:
        response = super().post_login(request, user, **details)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("hubs:security")

    def get_email_verification_redirect_url(self, email_address: object) -> str:
        return reverse("hubs:security")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Recovery codes exist from the first passkey on, but stand in for the app only."""
        words = {
            "reauthenticate": _("With my password"),
            "mfa_reauthenticate:webauthn": _("With my passkey"),
            "mfa_reauthenticate": _("With my authenticator app or a recovery code"),
        }
        found = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        if len(found) > 1 and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            found.pop("mfa_reauthenticate", None)
        return [found[name] | {"description": words[name]} for name in words if name in found]

    def send_mail(self, template_prefix: str, email: str, facts: dict[str, Any]) -> None:
        """Into the outbox: a page takes as long for an address that we know as for another."""
        known = Person.objects.filter(email=email.lower()).values_list("language", flat=True)
        facts = facts | {"email": email, "device": device_words(_user_agent())}
        with translation.override(known.first() or translation.get_language()):
            text = render_to_string(
                f"{template_prefix}.txt",
                facts,
            )
        outbox.put("account_mail", {"to": email, "text": text}, key=f"account_mail:{uuid4()}")


def _user_agent() -> str:
    return str(context.request.headers.get("User-Agent", ""))


def _proved_mailbox(request: HttpRequest, person: Person) -> bool:
    records = get_authentication_records(request, person)
    return any(
        record["method"] == "code" and record.get("email") == person.email for record in records
    )


def _to_invitation(person: Person) -> HttpResponse:
    if invitation := invitations.open_invitation_of(person):
        return redirect(invitation_path(invitation))
    return redirect("account_inactive")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This opens nothing. Try the next code, or another way in."),
        "unverified_email": _("First confirm your new address with the code that we sent to it."),
        "cannot_generate_recovery_codes": _("First add an authenticator app."),
    }

    def is_mfa_enabled(self, user: Any, types: list[str] | None = None) -> bool:
        """A passkey is a way in; only the authenticator app is a second lock on the other ways."""
        if types and Authenticator.Type.TOTP in types:
            types = [Authenticator.Type.TOTP]
        return bool(super().is_mfa_enabled(user, types))

    def generate_authenticator_name(self, user: Any, type: str) -> str:  # noqa: A002
        return device_words(_user_agent()) or gettext("My passkey")

    def build_totp_svg(self, url: str) -> str:
        """On white, because a camera reads no dark square on a dark page."""
        drawn = str(super().build_totp_svg(url))
        return drawn.replace("<path", '<rect width="100%" height="100%" fill="#fff"/><path', 1)

    def _get_site_name(self) -> str:
        return str(settings.NETWORK_NAME)


class PartnerLoginAdapter(DefaultSocialAccountAdapter):
    """The partner's house says who its people are; Essaim knows them already or lets nobody in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        # Some providers write "false", which is true enough for the library.
        sure = any(a.email == email and a.verified is True for a in login.email_addresses)
        return sure and email.rpartition("@")[2].lower() in settings.OIDC_DOMAINS

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        # Nothing of the partner's is kept, so that the address alone decides, each time.
        if not sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            page = render(request, "socialaccount/unknown.html", status=403)
            raise ImmediateHttpResponse(page)
