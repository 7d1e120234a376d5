"""What directors and hosts say of a hub."""

import datetime
import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.core.fields import Line
from essaim.hubs.models import Hub


class PracticalForm(forms.ModelForm[Hub]):
    """What hosts keep true from day to day."""

    address = Line(label=_("Address"), max_length=200, required=False)
    postcode = Line(label=_("Postcode"), max_length=10, required=False)
    presentation = Line(
        label=_("The hive in a few words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"class": "said", "rows": 3}),
    )
    opening_hours = Line(
        label=_("Opening hours"),
        help_text=_("As you would say them: Monday to Friday, 9 to 19 h."),
        max_length=200,
        required=False,
    )

    class Meta:
        model = Hub
        fields: tuple[str, ...] = (
            "address",
            "postcode",
            "presentation",
            "opening_hours",
            "working_from",
            "working_to",
        )
        labels = {
            "working_from": _("Somebody answers needs from"),
            "working_to": _("until"),
        }
        widgets: dict[str, forms.Widget] = {
            "working_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "working_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begins, ends = said.get("working_from"), said.get("working_to")
        if isinstance(begins, datetime.time) and isinstance(ends, datetime.time) and ends <= begins:
            self.add_error("working_to", _("The day must end after it begins."))
        return said

    def _post_clean(self) -> None:
        """The action writes; a refused word must not show on the page meanwhile."""


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(zoneinfo.available_timezones()) if "/" in zone]


class HubForm(PracticalForm):
    """All of it, for directors."""

    name = Line(label=_("Name"), max_length=80)
    town = Line(label=_("Town"), max_length=80)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, initial="Europe/Paris")

    class Meta(PracticalForm.Meta):
        fields = ("name", "town", *PracticalForm.Meta.fields, "time_zone", "operating_model")
        labels = PracticalForm.Meta.labels | {"operating_model": _("Run as")}
        widgets = PracticalForm.Meta.widgets | {
            "operating_model": forms.RadioSelect(attrs={"class": "choices"})
        }
