"""What a form says in French when something is wrong: warm, and with « tu »."""

import re
from pathlib import Path

from django import forms
from django.utils.translation import override

from essaim import core
from essaim.core import catalogues
from essaim.core.form_words import SENTENCES


class Everything(forms.Form):
    words = forms.CharField(max_length=3)
    email = forms.EmailField()
    choice = forms.ChoiceField(choices=[("a", "a")])
    number = forms.IntegerField(max_value=3)
    day = forms.DateField()
    site = forms.URLField(assume_scheme="https")


def errors_in_french(typed: dict[str, str]) -> dict[str, list[str]]:
    with override("fr"):
        return {name: list(map(str, said)) for name, said in Everything(typed).errors.items()}


def test_what_is_missing_is_said_in_one_way() -> None:
    assert errors_in_french({}) == {
        name: ["Il manque une réponse ici."] for name in Everything.base_fields
    }


def test_what_is_wrong_says_what_to_write() -> None:
    typed = {
        "words": "quatre",
        "email": "lea",
        "choice": "b",
        "number": "4",
        "day": "demain",
        "site": "pas une adresse",
    }
    assert errors_in_french(typed) == {
        "words": ["3\u00a0signes au plus\u202f; il y en a 6."],
        "email": ["Ce n’est pas une adresse e-mail\u00a0: regarde l’@ et ce qui suit."],
        "choice": ["«\u202fb\u202f» n’est plus possible. Choisis dans la liste."],
        "number": ["Pas plus de 3."],
        "day": ["Ce n’est pas une date. Par exemple\u00a0: 31/12/2026"],
        "site": ["Ce n’est pas une adresse web. Par exemple\u00a0: https://exemple.org"],
    }


def test_no_sentence_of_a_form_says_vous() -> None:
    catalogue = catalogues.read(Path(core.__file__).parent)
    ours = {entry.msgid: entry for entry in catalogue}
    said = [ours[str(s)].msgstr for s in SENTENCES if isinstance(s, str)]
    assert len(said) == 13
    assert [text for text in said if re.search(r"\b[Vv](ous|otre)\b|ez\b|champ", text)] == []
