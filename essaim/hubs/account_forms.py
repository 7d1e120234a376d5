"""The library's forms, in our words: labels, helps, and what a phone's keyboard should offer."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.hubs.accounts import per_place

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off"}
PASSWORD_HELP = _("Ten characters at least. A short sentence is easy to remember.")


class Worded(forms.Form):
    """Gives the fields of a library's form our own words and no placeholder."""

    words: ClassVar[dict[str, Any]] = {}
    helps: ClassVar[dict[str, Any]] = {}
    attributes: ClassVar[dict[str, dict[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(self.attributes.get(name, {}))
            field.label = self.words.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class SignInForm(Worded, account.LoginForm):
    words: ClassVar = {"login": _("Your e-mail"), "password": _("Your password")}
    attributes: ClassVar = {"login": {"autocomplete": "username"}}


class CodeAsked(Worded):
    """Counts the codes asked for an address from one place, so that no mailbox is filled."""

    words: ClassVar = {"email": _("Your e-mail")}

    def clean_email(self) -> str:
        key = per_place(context.request, self.cleaned_data["email"])
        if not ratelimit.consume(context.request, action="code_asked", key=key):
            raise get_adapter().validation_error("rate_limited")
        email: str = super().clean_email()  # type: ignore[misc]
        return email


class AskCodeForm(CodeAsked, account.RequestLoginCodeForm):
    def add_prefix(self, field_name: str) -> str:
        """The button of the sign-in page sends the address under the name it has there."""
        name = super().add_prefix(field_name)
        return "login" if name not in self.data and "login" in self.data else name


class ForgottenPasswordForm(CodeAsked, account.ResetPasswordForm):
    pass


class CodeForm(Worded):
    words: ClassVar = {"code": _("The code received by e-mail")}
    attributes: ClassVar = {"code": CODE}


class LoginCodeForm(CodeForm, account.ConfirmLoginCodeForm):
    pass


class AddressCodeForm(CodeForm, account.ConfirmEmailVerificationCodeForm):
    pass


class ResetCodeForm(CodeForm, account.ConfirmPasswordResetCodeForm):
    pass


class PasswordChosen(Worded):
    """Typed once: a code by e-mail mends a mistake."""

    words: ClassVar = {
        "oldpassword": _("Your present password"),
        "password1": _("Your new password"),
    }
    helps: ClassVar = {"password1": PASSWORD_HELP}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class NewPasswordForm(PasswordChosen, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PasswordChosen, account.ChangePasswordForm):
    pass


class ChoosePasswordForm(PasswordChosen, account.SetPasswordForm):
    pass


class NewAddressForm(Worded, account.AddEmailForm):
    words: ClassVar = {"email": _("Your new address")}


class ConfirmPasswordForm(Worded, account.ReauthenticateForm):
    words: ClassVar = {"password": _("Your password")}


class AppCode(Worded):
    words: ClassVar = {"code": _("The code that the app shows")}
    attributes: ClassVar = {"code": CODE}


class AddAppForm(AppCode, totp.ActivateTOTPForm):
    pass


class SecondFactorForm(AppCode, second_factor.AuthenticateForm):
    helps: ClassVar = {"code": _("Or one of your recovery codes.")}
    attributes: ClassVar = {"code": CODE | {"autofocus": ""}}


class ConfirmSecondFactorForm(AppCode, second_factor.ReauthenticateForm):
    helps: ClassVar = {"code": _("Or one of your recovery codes.")}


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):
    """Always a key that signs in by itself: a passkey, never a mere second factor."""

    words: ClassVar = {"name": _("Its name, to recognise it")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.initial["passwordless"] = True


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):
    words: ClassVar = {"name": _("Its name")}
