from typing import Any

from django import forms
from django.utils.translation import gettext as _

from essaim.exchange.guard_words import WORDS
from essaim.exchange.guards import Guards
from essaim.exchange.models import GUARDS


class GuardsForm(forms.Form):
    """Each guard between its bounds, which are told."""

    def __init__(self, *args: Any, guards: Guards, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, usual, most) in GUARDS.items():
            bounds = {"least": least, "most": most, "usual": usual}
            said = _("From %(least)d to %(most)d, usually %(usual)d.") % bounds
            self.fields[name] = forms.IntegerField(
                label=str(WORDS[name].label),
                help_text=f"{WORDS[name].why} {said}",
                min_value=least,
                max_value=most,
                initial=getattr(guards, name),
            )
