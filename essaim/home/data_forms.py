from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line
from essaim.core.writing import folded
from essaim.people.models import Person


class EraseForm(forms.Form):
    """Asks to type the given name: a hand that slips must not erase anybody."""

    name = Line(label=_("Type the given name to confirm"), max_length=80)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if folded(typed) != folded(self.person.given_name):
            raise forms.ValidationError(_("This is not the given name of the profile."))
        return typed
