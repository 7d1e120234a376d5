"""What is typed about introductions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line
from essaim.exchange.actions.introductions import ABOUT, WORDS
from essaim.people.models import Person

OUTSIDE = "outside"


class LookingFor(forms.Form):
    looking_for = Line(
        label=_("An organisation, or a person"),
        help_text=_("Those who read your need see it, and whoever knows somebody there says so."),
        max_length=ABOUT,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class Offer(forms.Form):
    """A member of the network, found by name; or somebody outside, of whom nothing is written."""

    whom = forms.ChoiceField(label=_("Whom do you know there?"), widget=forms.RadioSelect)
    words = Line(
        label=_("A word to who asks"),
        help_text=_("How you know each other, why it would fit. Without the name or the address."),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field = self.fields["whom"]
        assert isinstance(field, forms.ChoiceField)
        outside = (OUTSIDE, _("Somebody outside the network: I write to them myself"))
        field.choices = [*((pk, person.name) for pk, person in self.people.items()), outside]
        # Of several, none is chosen beforehand: nobody is to be offered by mistake.
        field.initial = next(iter(self.people), OUTSIDE) if len(self.people) < 2 else None

    def chosen(self) -> dict[str, Any]:
        return {
            "whom": self.people.get(self.cleaned_data["whom"]),
            "words": self.cleaned_data["words"],
        }
