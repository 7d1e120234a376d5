import pytest

from essaim.core.fields import Line, Prose
from essaim.core.writing import folded


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Léa \x00 Fontaine\x07 ", "Léa Fontaine"),
        ("deux\r\nlignes", "deux lignes"),
        ("tourné \u202etxet\u202c", "tourné txet"),
        ("la famille 👩‍👩‍👧 reste", "la famille 👩‍👩‍👧 reste"),
        ("سلمى العلوي", "سلمى العلوي"),
        ("14\u00a0h\u202f: oui", "14\u00a0h\u202f: oui"),
        ("e\u0301tude", "étude"),
        ("moitié \ud83d perdue", "moitié perdue"),
    ],
)
def test_a_line_keeps_what_is_seen(typed: str, kept: str) -> None:
    assert Line(required=False).clean(typed) == kept


def test_prose_keeps_its_lines() -> None:
    assert Prose().clean("un\r\ndeux\x0b\ttrois\n") == "un\ndeux  trois"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoé L’Étang", "ZOE l'etang"),
        ("Cœur de Straße", "coeur de strasse"),
        ("Jean-Noël", "jean noel"),
        ("سَلمى", "سلمى"),
    ],
)
def test_accents_case_and_signs_are_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other)
