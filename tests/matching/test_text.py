import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.matching.text import QUERY_LENGTH, content, plain, sentences, tokens


def stems(text: str) -> list[str]:
    return [token.stem for token in content(text)]


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trésorerie", "tresorerie"),
        ("TRÉSORERIE", "trésorerie"),
        ("coopératives", "coopérative"),
        ("directrice", "directeurs"),
        ("coiffeuses", "coiffeur"),
        ("cuisinière", "cuisiniers"),
        ("musiciennes", "musicien"),
        ("cheffe", "chef"),
        ("l’économie", "économie"),
        ("jusqu'aux financements", "financement"),
        ("entrepreneur·e·s", "entrepreneurs"),
        ("entrepreneur(e)s", "entrepreneurs"),
        ("entrepreneur.e.s", "entrepreneurs"),
        ("entrepreneur-e-s", "entrepreneurs"),
        ("directeur·rice", "directrice"),
        ("acteur/trice", "acteur"),
        ("chargé(e) de mission (h/f)", "chargé de mission"),
        ("e-mail", "email"),
        ("start-up", "startups"),
        ("S.C.I.C.", "scic"),
        ("cœur", "coeur"),
        ("e\u0301conomie", "économie"),
        ("ﬁnance", "finance"),
        ("la compta d’une asso", "comptabilité des associations"),
    ],
)
def test_two_ways_of_writing_are_one(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize("acronym", ["SCIC", "RGPD", "CRM", "TVA", "RH", "SAS", "ESS"])
def test_acronyms_stay_whole(acronym: str) -> None:
    assert stems(acronym) == [acronym.lower()]


def test_compound_words_are_cut_at_the_hyphen() -> None:
    assert words("porte-parole éco-construction") == ["porte", "parole", "eco", "construction"]


def test_grammar_is_left_out() -> None:
    assert stems("Il y a de la place pour vous et pour eux, but not for the others") == [
        "plac",
        "other",
    ]


def test_words_keep_the_look_they_were_written_with() -> None:
    assert [token.surface for token in tokens("Des Salarié·e·s d’ÉcoLogis")] == [
        "Des",
        "Salarié·e·s",
        "ÉcoLogis",
    ]


def test_invisible_characters_and_pictures_change_nothing() -> None:
    assert words("\u202efinance\u200bment\x00 🐝🐝 comp\u00adtable\ud800") == [
        "financement",
        "comptable",
    ]


def test_a_huge_text_is_cut() -> None:
    assert sum(len(word) + 1 for word in words("abeille " * 100_000)) <= QUERY_LENGTH


def test_sentences_end_with_their_mark_or_their_line() -> None:
    assert sentences("Un plan. Deux plans !\n\nTrois") == ["Un plan.", "Deux plans !", "Trois"]


@given(st.text())
def test_any_text_gives_plain_words(text: str) -> None:
    for token in tokens(text):
        assert token.word == plain(token.word)
        assert token.word
        assert token.stem.isalnum()
