"""Our controls say what Django's templates say; values of people stay text."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from essaim.core.form_controls import DRAWN
from essaim.core.forms import Renderer

BAD = '"><script>alert(1)</script>&'
CHOICES = [
    ("a", "A"),
    (BAD, BAD),
    ("", gettext_lazy("Language")),
    (2, 1_234),
    ("s", mark_safe("<b>")),
]
GROUPS = [(BAD, CHOICES), ("Autre", [("z", "Z")]), ("seul", "seul")]
ATTRS: dict[str, Any] = {
    "id": "id_x",
    "class": f"choices {BAD}",
    "autofocus": True,
    "hidden": False,
}


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(ATTRS), BAD),
        (forms.TextInput({"maxlength": 12_345}), None),
        (forms.NumberInput(), 12_345),
        (forms.EmailInput(), ""),
        (forms.URLInput(), 0),
        (forms.PasswordInput(), "secret"),
        (forms.HiddenInput(), BAD),
        (forms.DateInput({"type": "date"}, format="%Y-%m-%d"), None),
        (forms.CheckboxInput(ATTRS), True),
        (forms.CheckboxInput(), False),
        (forms.Textarea(ATTRS), f"\n{BAD}"),
        (forms.Textarea(), None),
        (forms.Select(ATTRS, CHOICES), BAD),
        (forms.Select(None, GROUPS), "z"),
        (forms.SelectMultiple(None, CHOICES), ["a", "2"]),
        (forms.RadioSelect(ATTRS, CHOICES), BAD),
        (forms.RadioSelect(None, GROUPS), "z"),
        (forms.CheckboxSelectMultiple(ATTRS, CHOICES), ["a", BAD]),
        (forms.CheckboxSelectMultiple({"id": "id_y"}, GROUPS), []),
    ],
)
@pytest.mark.parametrize("name", ["x", BAD])
def test_a_control_is_drawn_as_django_draws_it(widget: forms.Widget, value: Any, name: str) -> None:
    attrs = {"id": "id_of_field", "aria-invalid": "true"}
    ours = widget.render(name, value, attrs, Renderer())
    theirs = widget.render(name, value, attrs, TemplatesSetting())
    assert parse_html(ours) == parse_html(theirs)
    assert "<script>" not in ours


def test_no_common_control_needs_a_template() -> None:
    drawn = (
        *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput),
        *(forms.PasswordInput, forms.DateInput, forms.DateTimeInput, forms.TimeInput),
        *(forms.CheckboxInput, forms.Textarea, forms.Select, forms.SelectMultiple),
        *(forms.RadioSelect, forms.CheckboxSelectMultiple),
    )
    assert [kind for kind in drawn if kind.template_name not in DRAWN] == []
