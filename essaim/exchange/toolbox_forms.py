from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.core.fields import Line
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.guards import Guards
from essaim.people.models import SkillKind

STEP = 30
USUAL_MOST = 600
LIKE_ALL = 0


def _words(minutes: int) -> str:
    if not minutes:
        return _("nothing for now: nobody is sent to me")
    return _("%(time)s a month") % {"time": minutes_words(minutes)}


def chosen(typed: str) -> int | None:
    """Nothing, for who does as the network does."""
    return int(typed) or None


class PledgeForm(forms.Form):
    """The slider says hours in words; without a script it still slides, and the page says them."""

    minutes = forms.IntegerField(label=gettext_lazy("Time I can give each month"), min_value=0)
    max_asks_per_week = forms.TypedChoiceField(
        label=gettext_lazy("How often may I be asked?"), coerce=chosen
    )
    max_parallel = forms.TypedChoiceField(
        label=gettext_lazy("How many things at once?"), coerce=chosen
    )
    beyond = forms.BooleanField(
        label=gettext_lazy("Ask me all the same when my month is full"), required=False
    )

    def __init__(self, *args: Any, now: int, guards: Guards, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = max(USUAL_MOST, now)
        # A promise that is no round half-hour stays reachable on the slider.
        step = STEP if not now % STEP else 15
        words = "|".join(_words(minutes) for minutes in range(0, most + 1, step))
        self.fields["minutes"].widget = forms.NumberInput(
            attrs={"type": "range", "min": 0, "max": most, "step": step, "data-words": words}
        )
        self.fields["minutes"].help_text = _("Today: %(words)s.") % {"words": _words(now)}
        self._choose("max_asks_per_week", (1, 2, 3, 5), guards.asks_per_week, _times_a_week)
        self._choose("max_parallel", (1, 2, 3), guards.at_once, str)

    def _choose(self, name: str, counts: tuple[int, ...], usual: int, words: Any) -> None:
        """First what the network does, which changes when the network does."""
        own = self.initial.get(name)
        self.initial[name] = own or LIKE_ALL
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.widget = forms.RadioSelect(attrs={"class": "choices"})
        like_all = _("like everybody (%(usual)s)") % {"usual": words(usual)}
        known = sorted({*counts, *([own] if own else [])})
        field.choices = [(LIKE_ALL, like_all), *((count, words(count)) for count in known)]


def _times_a_week(count: int) -> str:
    return ngettext("once a week", "%(count)d times a week", count) % {"count": count}


class PauseForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        help_text=gettext_lazy("Empty: until you say that you are back."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and until < timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come, or none."))
        return until


class NoteForm(forms.Form):
    note = Line(label=gettext_lazy("In a few words"), max_length=300, required=False)


class SearchForm(forms.Form):
    kind = forms.ChoiceField(choices=SkillKind.choices)
    q = Line(max_length=120)
