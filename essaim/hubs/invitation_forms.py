"""The host's letter, and the answer of whom it invites."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.fields import Line
from essaim.hubs.models import PLANS, Hub
from essaim.people.models import Person

MOST = 100
LINE = 400
ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")

Guest = tuple[str, str, str]


def read_guest(line: str) -> Guest:
    """Address, given name, family name, from « Nadia Ben Salem <nadia@…> » or any order of them."""
    # No further: in one endless word the search would begin again at each letter.
    line = line[:LINE]
    found = ADDRESS.search(line)
    if not found:
        raise ValidationError(_("No address in “%(line)s”.") % {"line": line[:80]})
    address = found.group().strip(".").lower()
    validate_email(address)
    words = re.sub(r"[\s<>,;:\"()]+", " ", line.replace(found.group(), " ")).strip()
    given, _space, family = words.partition(" ")
    # The person puts it right on accepting; until then the list shows something to recognise.
    return address, (given or address.partition("@")[0])[:80], family[:80]


class InviteForm(forms.Form):
    guests = forms.CharField(
        label=gettext_lazy("Whom do you invite?"),
        help_text=gettext_lazy(
            "One person a line: the e-mail, or the name and the e-mail. You can paste a column of "
            "a table."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    hub = forms.ModelChoiceField(Hub.objects.none(), label=gettext_lazy("In which hive?"))
    plan = forms.CharField(
        label=gettext_lazy("Under which plan?"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "plans"}),
    )
    message = forms.CharField(
        label=gettext_lazy("A word of welcome"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "said"}),
    )
    plans = PLANS

    def __init__(self, *args: Any, hubs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hub"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = hubs
        if len(hubs) == 1:
            field.initial, field.widget = hubs[0].pk, forms.HiddenInput()

    def clean_guests(self) -> list[Guest]:
        lines = [line for line in self.cleaned_data["guests"].splitlines() if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(
                _("That is %(count)d people: invite at most %(most)d at a time.")
                % {"count": len(lines), "most": MOST}
            )
        guests: dict[str, Guest] = {}
        errors: list[ValidationError] = []
        for line in lines:
            try:
                guest = read_guest(line.strip())
            except ValidationError as error:
                errors.append(error)
            else:
                guests.setdefault(guest[0], guest)
        if errors:
            raise ValidationError(errors)
        return list(guests.values())


class AcceptForm(forms.ModelForm):  # type: ignore[type-arg]
    given_name = Line(
        label=gettext_lazy("Given name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = Line(
        label=gettext_lazy("Family name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("A password, if you want one"),
        help_text=gettext_lazy(
            "Ten characters at least. Without one, you sign in with a code by e-mail; you can add "
            "a passkey later."
        ),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Person
        fields = ("given_name", "family_name", "language")
        widgets = {
            "language": forms.RadioSelect(attrs={"class": "choices"}, choices=settings.LANGUAGES),
        }

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password
