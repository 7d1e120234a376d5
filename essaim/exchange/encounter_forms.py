from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.exchange.meeting_times import COUNT


class HowItWas(forms.Form):
    anyway = forms.TypedChoiceField(
        label=_("Would you have met anyway?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Yes, sooner or later")), ("no", _("Probably not"))],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    useful = forms.TypedChoiceField(
        label=_("How useful was it?"),
        help_text=_("1: not at all · 5: I am glad that somebody thought of it"),
        coerce=int,
        choices=[(number, str(number)) for number in range(1, 6)],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )


def numbers_of(texts: list[str]) -> list[int]:
    """Which of the three moments were ticked; anything else is nothing."""
    return [number for number in range(COUNT) if str(number) in texts]
