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


def test_an_unknown_acronym_is_not_corrected(index: Index) -> None:
    index.put([Document("fay", 1, "Scie sauteuse")])
    assert index.search("SCIX") == []


def test_a_helping_hand_is_no_hand(index: Index) -> None:
    index.put([Document("fay", 1, "Broderie à la main")])
    assert ids(index.search("un coup de main en compta")) == ["awa"]
    assert ids(index.search("broder à la main")) == ["fay"]


def test_only_the_given_ids_are_found(index: Index) -> None:
    text = "social"
    assert set(ids(index.search(text))) == {"ben", "chloe"}
    assert ids(index.search(text, within=["ben", "nobody"])) == ["ben"]
    assert index.search(text, within=[]) == []


def test_facets_keep_documents_with_one_of_the_values() -> None:
    with Index(":memory:") as index:
        index.put(
            Document(hub, 1, "Compost collectif", facets={"hub": hub, "open": "yes"})
            for hub in ("lille", "lyon", "metz")
        )
        assert ids(index.search("compost")) == ["lille", "lyon", "metz"]
        assert ids(index.search("compost", facets={"hub": "lyon"})) == ["lyon"]
        assert ids(index.search("compost", facets={"hub": {"metz", "lille"}, "open": "yes"})) == [
            "lille",
            "metz",
        ]
        assert index.search("compost", facets={"hub": "lyon", "open": "no"}) == []
        assert ids(index.search("compost", facets={"hub": "lyon"}, within=["metz", "lyon"])) == [
            "lyon"
        ]


def test_a_new_version_replaces_the_old_words(index: Index) -> None:
    index.put([Document("awa", "2b", "Apicultrice.")])
    assert index.versions()["awa"] == "2b"
    assert index.search("trésorerie") == []
    assert ids(index.search("apiculteur")) == ["awa"]


def test_what_is_removed_is_found_no_more(index: Index) -> None:
    index.remove(["awa", "nobody"])
    assert "awa" not in index.versions()
    assert index.search("trésorerie") == []


def test_a_removed_word_corrects_nothing_any_more(index: Index) -> None:
    index.remove(["awa"])
    assert index.search("tresoreire") == []


def test_plurals_are_no_misspelling(index: Index) -> None:
    hit = index.search("financements")[0]
    assert (hit.id, hit.reasons.corrected) == ("awa", ())


def test_english_endings_find_their_family(index: Index) -> None:
    assert ids(index.search("managing medias")) == ["chloe"]


def test_an_unknown_word_finds_its_family_with_little_trust() -> None:
    with Index(":memory:") as index:
        index.put([Document("flo", 1, "", ["Tatouage au henné"]), Document("gus", 1, "Menuiserie")])
        (hit,) = index.search("tatoueuse")
        assert hit.reasons.corrected == (("tatoueuse", "tatouage"),)
        assert hit.score < 0.8 * index.search("tatouage")[0].score


def test_common_words_of_projects_bring_nobody_beside_a_telling_one(index: Index) -> None:
    index.put([Document("fay", 1, "Faire vivre un projet d’équipe")])
    assert ids(index.search("projet d’équipe")) == ["fay"]
    assert ids(index.search("notre projet de trésorerie")) == ["awa"]


def test_the_quoted_line_may_be_a_sentence_of_the_profile() -> None:
    with Index(":memory:") as index:
        index.put([Document("hal", 1, "J’habite Metz. Je répare des vélos ! Voilà.", ["Chant"])])
        assert index.search("réparation de vélo")[0].reasons.line == "Je répare des vélos !"


def test_score_is_low_when_little_of_the_request_is_found(index: Index) -> None:
    full = index.search("trésorerie")[0]
    part = index.search("trésorerie, astrophysique, oenologie et plomberie")[0]
    assert part.id == full.id
    assert part.score < 0.7 * full.score


def test_same_words_give_the_same_answer_whatever_the_order_of_arrival() -> None:
    people = [Document(name, 1, "Jardinier", ["Taille de haies"]) for name in "cabd"]
    with Index(":memory:") as one, Index(":memory:") as other:
        one.put(people)
        for person in reversed(people):
            other.put([person])
        assert one.search("tailler des haies", k=3) == other.search("tailler des haies", k=3)
        assert ids(one.search("tailler des haies", k=3)) == ["a", "b", "c"]


def test_nothing_is_found_in_an_empty_index() -> None:
    with Index(":memory:") as index:
        assert index.search("trésorerie") == []
        assert index.mark() is None


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "'\"*(", "NEAR(a b)", "stems: compta*", "a AND OR NOT", "\x00", "🐝", "-- ; ("],
)
def test_search_syntax_is_only_text(index: Index, text: str) -> None:
    assert index.search(f"trésorerie {text}")[0].id == "awa"
    index.search(text)


def test_words_of_fts5_are_looked_for_as_words() -> None:
    with Index(":memory:") as index:
        index.put([Document("near", 1, "", ["Nearshore NEAR"]), Document("b", 1, "Poterie")])
        assert ids(index.search("NEAR(poterie, 2)")) == ["b", "near"]


def test_no_more_than_k(index: Index) -> None:
    assert len(index.search("social", k=1)) == 1
    assert index.search("social", k=0) == []


def test_versions_can_be_asked_of_a_few_ids(index: Index) -> None:
    assert index.versions(["awa", "nobody"]) == {"awa": 1}
    assert index.versions([]) == {}


def test_the_rare_words_of_a_long_request_bring_too() -> None:
    common = [f"commun{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    with Index(":memory:") as index:
        index.put(Document(f"n{number}", 1, " ".join(common)) for number in range(20))
        index.put([Document("rare", 1, "Apiculture")])
        assert "rare" in ids(index.search(" ".join([*common, "apiculture"]), k=21))
