from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.fields import Line, Search
from essaim.home.naming_forms import NamedForm
from essaim.hubs.models import PLANS

SORTS = [
    ("", pgettext_lazy("order of a list", "by name")),
    ("newest", pgettext_lazy("order of a list", "newest first")),
    ("plan", pgettext_lazy("order of a list", "by plan")),
]


class ResidentsForm(forms.Form):
    q = Search(
        label=_("Name"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name")}),
    )
    tri = forms.ChoiceField(label=_("Order"), required=False, choices=SORTS)

    def wanted(self) -> dict[str, str]:
        """Anything forged in the address counts as not said."""
        self.is_valid()
        said = self.cleaned_data
        return {"words": said.get("q", ""), "sort": said.get("tri", "")}


class PlanForm(forms.Form):
    plan = Line(
        label=_("Under which plan?"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "plans"}),
    )
    plans = PLANS


class MoveInForm(NamedForm, PlanForm):
    field_order = ("person", "plan")
