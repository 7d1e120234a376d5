from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line, Prose
from essaim.core.ids import uuid7
from essaim.exchange.actions.ledger import Reason
from essaim.exchange.models import ThanksAudience


class Minutes(forms.Form):
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=1440,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "1"}),
    )


class Moment(forms.Form):
    """On the clock of the hive: see `help_views.help_date`."""

    at = forms.DateTimeField(
        label=_("When do you see each other?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class NotQuiteIt(forms.Form):
    minutes = forms.IntegerField(
        label=_("How many minutes for you?"),
        help_text=_("Nought if it did not take place."),
        min_value=0,
        max_value=1440,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    text = Prose(
        label=_("A word for your host"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ThankYou(forms.Form):
    text = Prose(
        label=_("Your words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "said"}),
    )
    audience = forms.ChoiceField(
        label=_("Who may read them?"),
        choices=ThanksAudience.choices,
        initial=ThanksAudience.HUB,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )


class Proposal(forms.Form):
    title = Line(label=_("What for?"), max_length=120)
    direction = forms.ChoiceField(
        label=_("Who helps?"),
        choices=[("give", _("I offer my help")), ("receive", _("I ask for help"))],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    minutes = forms.TypedChoiceField(
        label=_("About how long?"),
        coerce=int,
        choices=[(15, "15 min"), (30, "30 min"), (60, "1 h"), (120, "2 h")],
        initial=30,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )


class Settlement(forms.Form):
    minutes = forms.IntegerField(min_value=0, max_value=1440)


class Correction(forms.Form):
    minutes = forms.IntegerField(
        label=_("The right number of minutes"),
        help_text=_("Nought takes the whole row back."),
        min_value=0,
        max_value=1440,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=Reason.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )


class Pot(forms.Form):
    """Hours for the pot of the hive; sent twice, they are given once."""

    minutes = forms.TypedChoiceField(
        label=_("How much?"),
        coerce=int,
        choices=[(60, "1 h"), (120, "2 h"), (300, "5 h"), (600, "10 h")],
        initial=60,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
