import pytest
from django.utils import translation

from essaim.people.registration import NotAnRna, NotASiret, read_rna, read_siret


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("732\u00a0829\u202f320.00074", "73282932000074"),
        ("356 000 000 49837", "35600000049837"),  # a post office: another check
        ("35600000000048", "35600000000048"),
        (" ", ""),
    ],
)
def test_siret_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert read_siret(typed) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("732829320", "14 digits"),
        ("7328293200007A", "digits only"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "digits only"),
        ("73282932000079", "mistyped"),
        ("35600000049838", "mistyped"),
    ],
)
def test_wrong_siret_says_what_is_wrong(typed: str, words: str) -> None:
    with translation.override("en"), pytest.raises(NotASiret, match=words):
        read_siret(typed)


@pytest.mark.parametrize(("typed", "kept"), [("w 751 234 567", "W751234567"), ("", "")])
def test_rna_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert read_rna(typed) == kept


@pytest.mark.parametrize("typed", ["751234567", "W75123456", "W7512345678", "W75123456X"])
def test_wrong_rna_is_refused(typed: str) -> None:
    with pytest.raises(NotAnRna):
        read_rna(typed)
