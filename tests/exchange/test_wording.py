import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.writing import line
from essaim.exchange.wording import TITLE, title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Bonjour, je cherche quelqu’un pour relire mon plan de financement. C’est urgent",
            "Relire mon plan de financement",
        ),
        ("J’ai besoin d’aide pour faire connaître nos bocaux", "Faire connaître nos bocaux"),
        ("Est-ce que quelqu'un pourrait m'aider à monter un dossier ?", "Monter un dossier"),
        ("besoin d’un coup de main pour refaire mon site", "Refaire mon site"),
        ("Qui sait réparer une imprimante ?", "Réparer une imprimante"),
        ("I am looking for someone to review my funding plan", "Review my funding plan"),
        ("Relire mes statuts", "Relire mes statuts"),
        ("Bonjour", "Bonjour"),
        ("😀😀😀", "😀😀😀"),
        ("مرحبا أحتاج مساعدة", "مرحبا أحتاج مساعدة"),
        ("", ""),
    ],
)
def test_the_title_goes_to_the_point(text: str, title: str) -> None:
    assert title_of(text) == title


@given(st.text(max_size=400))
def test_a_title_fits_and_exists_whenever_something_was_said(text: str) -> None:
    title = title_of(text)
    assert len(title) <= TITLE
    assert "\n" not in title
    assert bool(title) == bool(line(text))


def test_a_long_first_clause_is_cut_between_words() -> None:
    title = title_of("relire " + "anticonstitutionnellement " * 10)
    assert title.endswith("anticonstitutionnellement…")
    assert len(title) <= TITLE
