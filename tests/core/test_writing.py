import unicodedata

import pytest

from essaim.core.fields import Line, Prose
from essaim.core.writing import folded, line


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


def test_every_sign_is_folded_by_what_it_is() -> None:
    """A mark above a letter goes, what is no letter parts words; the second time as the first."""
    for code in [*range(0x20, 0x2500), 0x4E2D, 0x1F41D, 0xE0100] * 2:
        text = f"a{chr(code)}b"
        plain = unicodedata.normalize("NFKD", line(text).casefold())
        kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
        if chr(code).casefold() not in "œæøłđ":
            assert folded(text) == " ".join(kept.split()), hex(code)
