from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.fields import Search
from essaim.home.directory import Wanted
from essaim.hubs.models import Hub
from essaim.people.models import Skill

EVERYWHERE = "reseau"
SORTS = [
    ("", pgettext_lazy("order of a list", "usual order")),
    ("name", pgettext_lazy("order of a list", "by name")),
    ("newest", pgettext_lazy("order of a list", "newest first")),
]


class DirectoryForm(forms.Form):
    """What one types above the list. Anything forged in the address counts as not said."""

    q = Search(
        label=_("Name, skill, venture, trade"),
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "placeholder": _("Name, skill, venture, trade"),
            }
        ),
    )
    ou = forms.ChoiceField(label=_("Where"), required=False)
    tri = forms.ChoiceField(label=_("Order"), required=False, choices=SORTS)
    competence = forms.ModelChoiceField(
        Skill.objects.usable(), to_field_name="code", required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, home: Hub | None, hubs: list[Hub]) -> None:
        super().__init__(data)
        self.home = home
        self.hubs = {hub.slug: hub for hub in hubs}
        own = [("", home.name)] if home else []
        everywhere = EVERYWHERE if home else ""
        others = [(hub.slug, hub.name) for hub in hubs if home is None or hub.pk != home.pk]
        field = self.fields["ou"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*own, (everywhere, _("The whole network")), *others]

    def wanted(self) -> Wanted:
        self.is_valid()
        said = self.cleaned_data
        where = said.get("ou", "")
        hub = self.hubs.get(where) if where else self.home
        return Wanted(
            words=said.get("q", ""),
            hub=hub,
            skill=said.get("competence"),
            sort=said.get("tri", ""),
        )


class SkillSearchForm(forms.Form):
    q = Search(label=_("Find a skill"))

    @property
    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))
