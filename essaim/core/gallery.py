"""Every component in both themes, with things that could be true: page writers look here first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.access import public

URGENCIES = [("now", _("Today")), ("week", _("This week")), ("month", _("This month"))]


class SampleForm(forms.Form):
    sentence = forms.CharField(
        label=_("What do you need?"),
        help_text=_("One sentence is enough."),
        widget=forms.Textarea(attrs={"class": "said", "rows": 2, "data-draft": "gallery"}),
    )
    when = forms.ChoiceField(
        label=_("When?"), choices=URGENCIES, widget=forms.RadioSelect(attrs={"class": "choices"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    hours = forms.IntegerField(
        label=_("Brain-time each month"),
        required=False,
        widget=forms.NumberInput(
            attrs={"type": "range", "min": 0, "max": 4, "data-words": "0 h|1 h|2 h|3 h|4 h"}
        ),
    )
    network = forms.BooleanField(label=_("Ask the other hives too"), required=False)


@dataclass(frozen=True)
class Side:
    """One theme of the gallery, with its own form so that no identifier is there twice."""

    theme: str
    title: Any
    form: SampleForm

    @property
    def tabs_label(self) -> str:
        return f"Besoins, {self.title}"

    @property
    def pager_label(self) -> str:
        return f"Pages, {self.title}"


def sides() -> list[Side]:
    return [
        Side(theme, title, SampleForm(sample, auto_id=f"{theme}_%s"))
        for theme, title, sample in (
            ("light", _("Light"), {"sentence": "Relire mon plan de financement", "when": "week"}),
            ("dark", _("Dark"), {"sentence": "", "when": "week", "email": "nadia@", "hours": 2}),
        )
    ]


def story() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "when": "lundi à 9 h 12",
            "at": now - timedelta(days=2),
            "text": "Nadia a posé son besoin.",
        },
        {
            "when": "lundi à 9 h 13",
            "at": now - timedelta(days=2),
            "text": "On a demandé à Léa, à Karim et à Zoé, à chacun par son nom.",
        },
        {
            "when": "hier à 17 h 40",
            "at": now - timedelta(days=1),
            "text": "Léa a dit oui, trente minutes jeudi matin.",
            "url": "#",
        },
    ]


@public
def gallery(request: HttpRequest) -> HttpResponse:
    tabs = [
        {"label": "Besoins ouverts", "url": "#", "current": True, "count": 12},
        {"label": "En cours", "url": "#", "count": 3},
        {"label": "Aidés", "url": "#"},
    ]
    page = Paginator(range(180), 20).get_page(request.GET.get("page", 2))
    context = {"sides": sides(), "story": story(), "tabs": tabs, "page": page}
    return render(request, "core/gallery.html", context)
