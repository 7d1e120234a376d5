import pytest
from django.utils import translation

from essaim.exchange import reasons
from essaim.exchange.texts import Texts
from essaim.matching import Path

SKILL = {
    "kind": "skill",
    "quote": "J’ai tenu les comptes de deux associations.",
    "label_fr": "Comptabilité",
    "label_en": "Bookkeeping",
    "free": 120,
    "first": True,
}


def test_the_author_reads_a_human_sentence_in_french() -> None:
    with translation.override("fr"):
        assert reasons.about_helper(SKILL, "Nadia") == (
            "Nadia prête «\u202fComptabilité\u202f»\u00a0: «\u202fJ’ai tenu les comptes de deux "
            "associations\u202f»\u202f; 2\u00a0h libres ce mois-ci\u202f; vous ne vous êtes jamais "
            "entraidés."
        )


def test_the_same_facts_are_read_in_english() -> None:
    with translation.override("en"):
        assert reasons.about_helper(SKILL | {"quote": "", "first": False}, "Nadia") == (
            "Nadia lends “Bookkeeping”; 2 h free this month; you have helped each other before."
        )


def test_the_helper_reads_why_without_their_own_figures() -> None:
    with translation.override("fr"):
        assert reasons.for_helper(SKILL, "Léa") == (
            "On te demande parce que tu prêtes «\u202fComptabilité\u202f»\u202f; Léa et toi ne "
            "vous êtes jamais entraidés."
        )


@pytest.mark.parametrize("kind", ["skill", "met", "venture", "about", "volunteer", ""])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("quote", ["", "Oui"])
def test_every_kind_of_evidence_makes_a_sentence(kind: str, language: str, quote: str) -> None:
    facts = SKILL | {"kind": kind, "quote": quote}
    with translation.override(language):
        for sentence in (reasons.about_helper(facts, "Zoé"), reasons.for_helper(facts, "Zoé")):
            assert sentence.endswith(".")
            assert "%" not in sentence


PATH = {"taxonomy": "ESCO", "entry_fr": "comptable", "entry_en": "accountant"}


@pytest.mark.parametrize("entry_kind", ["trade", "skill"])
@pytest.mark.parametrize("kind", ["skill", "met", "venture", "about"])
@pytest.mark.parametrize("quote", ["", "Oui"])
@pytest.mark.parametrize(("language", "entry"), [("fr", "comptable"), ("en", "accountant")])
def test_every_path_makes_a_sentence(
    entry_kind: str, kind: str, quote: str, language: str, entry: str
) -> None:
    facts = SKILL | PATH | {"entry_kind": entry_kind, "kind": kind, "quote": quote}
    told = kind == "skill" or bool(quote)
    with translation.override(language):
        for sentence in (reasons.about_helper(facts, "Zoé"), reasons.for_helper(facts, "Zoé")):
            assert (entry in sentence and "(ESCO)" in sentence) == told
            assert "%" not in sentence


def test_a_trade_without_an_english_name_keeps_its_own() -> None:
    path = Path("ROME", "trade", "M1203", {"fr": "Comptable"}, "Tenir des comptes")
    assert reasons.of_path(path) == {
        "taxonomy": "ROME",
        "entry_kind": "trade",
        "entry_fr": "Comptable",
        "entry_en": "Comptable",
    }


def test_erased_reasons_still_read() -> None:
    with translation.override("en"):
        assert reasons.about_helper({}, "Zoé") == ("What Zoé knows is close to this need.")


def test_a_long_quotation_is_cut_between_words() -> None:
    with translation.override("en"):
        sentence = reasons.about_helper(SKILL | {"quote": "mot " * 60}, "Zoé")
    assert "mot…”" in sentence
    assert len(sentence) < 260


def test_the_work_of_a_helper_is_quoted_without_what_joins_its_parts() -> None:
    known = Texts(ventures=["Les Bocaux · Alimentation · Des légumes jetés chaque soir"])
    found = known.evidence("· Alimentation · Des légumes jetés chaque soir")
    assert found is not None
    with translation.override("fr"):
        sentence = reasons.about_helper({"kind": found.kind, "quote": found.quote}, "Zoé")
    assert sentence == (
        "Zoé travaille sur «\u202fAlimentation · Des légumes jetés chaque soir\u202f»."
    )


def test_a_long_quotation_ends_after_a_word() -> None:
    parts = " · ".join(["Les Bocaux", "A" * 126, "Alimentation"])
    assert reasons.shortened(parts) == f"Les Bocaux · {'A' * 126}…"
