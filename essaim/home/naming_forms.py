from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line
from essaim.exchange.contact import contact_of
from essaim.people.models import AffiliationRole, Person, Role


class NamedForm(forms.Form):
    """Names a member by their name as the directory writes it, or by an address `viewer` sees."""

    person = Line(
        label=_("Name or e-mail"),
        help_text=_("Somebody who is already a member of the network."),
        max_length=254,
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_person(self) -> Any:
        typed = self.cleaned_data["person"]
        people = list(_meant_by(typed).by_name()[:2])
        if "@" in typed:
            # Else the form would say whose an address is that its owner keeps to themselves.
            people = [one for one in people if contact_of(one, self.viewer).email]
        if not people:
            raise forms.ValidationError(
                _("Nobody here has this name or shows you this e-mail. A host can invite them.")
            )
        if len(people) > 1:
            raise forms.ValidationError(
                _("Several people have this name: write the whole name, or the e-mail.")
            )
        return people[0]


def _meant_by(typed: str) -> Any:
    found = Person.objects.present()
    if "@" in typed:
        return found.filter(email__iexact=typed)
    return found.named(typed)


class TeamForm(NamedForm):
    role = forms.ChoiceField(
        label=_("As"), choices=AffiliationRole.choices, initial=AffiliationRole.TEAM
    )


class RoleForm(NamedForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
