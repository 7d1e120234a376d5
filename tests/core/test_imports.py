"""Headers recognised and cells made clean, whatever the kind."""

import pytest

from essaim.core import sayings
from essaim.core.imports import cleaning, headers
from essaim.core.imports.kinds import KINDS, Field, Problem
from essaim.core.models import ImportLine
from essaim.core.spreadsheets import Row

FIELDS = (
    Field("email", "E-mail", cleaning.email, ("courriel", "adresse mail"), required=True),
    Field("name", "Name", cleaning.text(80), ("nom", "nom de famille")),
    Field("since", "Since", cleaning.day, ("depuis", "date d’entrée")),
)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Courriel", "email"),
        ("COURRIEL *", "email"),
        ("Adresse mail (perso)", "email"),
        ("adresse-mail :", "email"),
        ("Couriel", "email"),
        ("Date d'entrée", "since"),
        ("Pointure", ""),
        ("", ""),
        ("🐝", ""),
    ],
)
def test_header_is_recognised_however_it_is_written(header: str, code: str) -> None:
    assert headers.recognise([header], FIELDS, {}) == [code]


def test_no_field_is_given_to_two_columns() -> None:
    assert headers.recognise(["Nom de famile", "Nom", "Nom"], FIELDS, {}) == ["", "name", ""]


def test_what_was_said_by_hand_goes_before_what_is_guessed() -> None:
    assert headers.recognise(["Nom", "Surnom"], FIELDS, {"surnom": "name"}) == ["", "name"]


def test_headers_are_the_line_with_most_names_known() -> None:
    rows = [
        Row(1, ("Membres de la ruche", "2026")),
        Row(3, ("Nom", "Courriel")),
        Row(4, ("Zoé", "z@example.org")),
    ]

    assert headers.find(rows, FIELDS) == 1


def test_without_a_known_name_the_first_line_is_the_headers() -> None:
    assert headers.find([Row(1, ("Qui", "Où")), Row(2, ("Zoé", "ici"))], FIELDS) == 0


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-04", "2026-03-04"),
        ("04/03/2026", "2026-03-04"),
        ("4.3.2026", "2026-03-04"),
        ("04/03/26", "2026-03-04"),
        ("2026-03-04 14:30", "2026-03-04"),
        ("46085", "2026-03-04"),
    ],
)
def test_day_is_read_as_it_is_written_in_france_and_in_excel(cell: str, day: str) -> None:
    assert cleaning.day(cell, ImportLine()) == day


@pytest.mark.parametrize("cell", ["mars", "31/02/2026", "03-2026", "1/1/1200", "99999999999"])
def test_unreadable_day_is_told(cell: str) -> None:
    with pytest.raises(Problem):
        cleaning.day(cell, ImportLine())


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("612345678", "0612345678"),
    ],
)
def test_phone_gets_its_zero_back(cell: str, phone: str) -> None:
    line = ImportLine()

    assert cleaning.phone(cell, line) == phone
    assert len(line.remarks) == (cell == "612345678")


@pytest.mark.parametrize("cell", ["mon portable", "12", "06 12 34 56 78 90 12 34 56"])
def test_wrong_phone_is_told(cell: str) -> None:
    with pytest.raises(Problem):
        cleaning.phone(cell, ImportLine())


def test_address_is_made_small_and_bare() -> None:
    assert cleaning.email("mailto:Zoe@Example.org", ImportLine()) == "zoe@example.org"


def test_text_loses_what_cannot_be_seen() -> None:
    assert cleaning.text(80)("Zo\u202eé\x00  Martin", ImportLine()) == "Zoé Martin"


def test_list_is_parted_by_commas_only_where_nothing_else_parts_it() -> None:
    assert cleaning.several("Contrats, baux ; Compta") == ["Contrats, baux", "Compta"]
    assert cleaning.several("compta, SEO") == ["compta", "SEO"]


def test_saying_is_told_in_the_language_of_who_reads() -> None:
    from django.utils import translation

    saying = sayings.read_back(Problem(cleaning.BAD_EMAIL, value="x").saying.kept())

    with translation.override("fr"):
        assert str(saying) == "«\u202fx\u202f» n’est pas une adresse e-mail."
    with translation.override("en"):
        assert str(saying) == "“x” is not an e-mail address."


def test_no_two_fields_of_a_kind_share_a_name() -> None:
    for kind in KINDS.values():
        names: dict[str, str] = {}
        for field in kind.fields:
            for name in (field.code, *field.synonyms):
                owner = names.setdefault(headers.plain(name), field.code)
                assert owner == field.code, f"{kind.code}: {name}"
