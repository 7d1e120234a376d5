from collections.abc import Iterator

import pytest

from essaim.matching import Document, Hit, Index

PEOPLE = [
    Document("awa", 1, "Comptable pour associations.", ["Plan de financement", "Trésorerie"]),
    Document("ben", 1, "Assistant social en entreprise.", ["Accompagnement social"]),
    Document("chloe", 1, "Social media manager.", ["Connaissance des réseaux sociaux"]),
    Document("dan", 1, "Juriste.", ["Statuts de SCIC", "RGPD"]),
    Document("eve", 1, "Aide à domicile.", ["Cuisine", "Recherche d’emploi"]),
]


@pytest.fixture
def index() -> Iterator[Index]:
    with Index(":memory:") as index:
        index.put(PEOPLE)
        yield index


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_the_need_finds_who_can_help_and_says_why(index: Index) -> None:
    hit = index.search("je cherche quelqu’un pour relire mon Plan de financement")[0]
    assert hit.id == "awa"
    assert hit.reasons.matched == ("Plan", "financement")
    assert hit.reasons.corrected == ()
    assert hit.reasons.line == "Plan de financement"


def test_a_misspelt_word_is_corrected_and_shown(index: Index) -> None:
    hit = index.search("un plan de financment")[0]
    assert hit.id == "awa"
    assert hit.reasons.matched == ("plan", "financment")
    assert hit.reasons.corrected == (("financment", "financement"),)


def test_the_correction_carries_the_accents_of_the_index(index: Index) -> None:
    assert index.search("tresoreire")[0].reasons.corrected == (("tresoreire", "trésorerie"),)


def test_asking_for_help_finds_nobody(index: Index) -> None:
    assert index.search("Bonjour, je cherche quelqu’un pour m’aider à") == []
    assert index.search("looking for someone to help") == []


def test_words_of_asking_bring_nobody_beside_those_who_match(index: Index) -> None:
    assert ids(index.search("je cherche de l’aide pour ma trésorerie")) == ["awa"]


def test_neighbouring_words_weigh_more_than_one_of_them(index: Index) -> None:
    found = ids(index.search("faire connaître notre association sur les réseaux sociaux"))
    assert found.index("chloe") < found.index("ben")


def test_acronyms_are_words(index: Index) -> None:
    assert ids(index.search("RGPD")) == ["dan"]
    assert ids(index.search("une S.C.I.C.")) == ["dan"]


def test_only_the_given_ids_are_found(index: Index) -> None:
    text = "social"
    assert set(ids(index.search(text))) == {"ben", "chloe"}
    assert ids(index.search(text, within=["ben", "nobody"])) == ["ben"]
    assert index.search(text, within=[]) == []
