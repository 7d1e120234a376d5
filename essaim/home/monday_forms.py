"""What a host says when a gesture of Monday takes more than one tap."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Prose
from essaim.home.actions.monday_gestures import INTRODUCED, THANKS, CallOutcome
from essaim.people.models import Person

PAUSES = (("14", _("two weeks")), ("30", _("a month")), ("90", _("three months")))


class CallForm(forms.Form):
    person = forms.ChoiceField(label=_("Whom did you call?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=CallOutcome.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        named: Any = self.fields["person"]
        named.choices = [(pk, person.name) for pk, person in self.people.items()]
        if len(people) == 1:
            named.widget = forms.HiddenInput()
            self.initial["person"] = str(people[0].pk)

    def chosen(self) -> Person:
        return self.people[self.cleaned_data["person"]]


class PauseForm(forms.Form):
    days = forms.ChoiceField(
        label=_("For how long?"),
        choices=PAUSES,
        initial="30",
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )


class ThankForm(forms.Form):
    words = Prose(
        label=_("Your words"),
        max_length=THANKS,
        widget=forms.Textarea(attrs={"rows": 4, "class": "said"}),
    )


class IntroduceForm(forms.Form):
    """Those who come to mind as boxes to tick; anybody else of the hive in a list."""

    close = forms.MultipleChoiceField(
        label=_("They come to mind"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other = forms.ChoiceField(label=_("Somebody else of the hive"), required=False)

    def __init__(
        self, *args: Any, close: Sequence[Person], others: Sequence[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in others}
        first: Any = self.fields["close"]
        first.choices = [(str(person.pk), person.name) for person in close]
        every: Any = self.fields["other"]
        every.choices = [("", "—"), *((pk, person.name) for pk, person in self.people.items())]
        if not close:
            del self.fields["close"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not 1 <= len(self.chosen()) <= INTRODUCED:
            raise forms.ValidationError(_("Choose one to three people of the hive."))
        return self.cleaned_data

    def chosen(self) -> list[Person]:
        ids = [*self.cleaned_data.get("close", []), self.cleaned_data.get("other", "")]
        return [self.people[pk] for pk in dict.fromkeys(ids) if pk in self.people]
