from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.matching import Document, Index
from tests.matching.hashed import HashedEncoder

# Any character, and often those that could break a search: accents, signs, other scripts.
TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="aeéèœ'’·-.()/\"*:^ \u202e\u200b\ud800🐝ßİ", max_size=80),
    st.lists(
        st.sampled_from(["plan", "financement", "SCIC", "l’eau", "co-porté", "vélo·s", "AND"])
    ).map(" ".join),
)
DOCUMENTS = st.lists(
    st.builds(
        Document,
        id=st.sampled_from("abcd"),
        version=st.integers(0, 9),
        profile=TEXT,
        lines=st.lists(TEXT, max_size=3),
        facets=st.dictionaries(st.just("hub"), st.sampled_from(["lille", "metz"])),
    ),
    max_size=6,
)
ENCODERS = pytest.mark.parametrize("encoder", [None, HashedEncoder()], ids=["words", "vectors"])


def as_stored(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@ENCODERS
@settings(deadline=None, max_examples=60)
@given(documents=DOCUMENTS, text=TEXT)
def test_any_text_is_indexed_and_searched(
    encoder: HashedEncoder | None, documents: list[Document], text: str
) -> None:
    with Index(":memory:", encoder) as index:
        index.put(documents)
        hits = index.search(text)
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.id))
        for hit in hits:
            assert 0 <= hit.score <= 1
            assert all(0 <= part <= 1 for part in hit.parts.values())
            assert hit.reasons.line is None or hit.reasons.line.strip()


@ENCODERS
@settings(deadline=None, max_examples=60)
@given(first=DOCUMENTS, second=DOCUMENTS, gone=st.sets(st.sampled_from("abcd")), text=TEXT)
def test_changes_leave_what_a_fresh_index_would_hold(
    encoder: HashedEncoder | None,
    first: list[Document],
    second: list[Document],
    gone: set[str],
    text: str,
) -> None:
    kept = {document.id: document for document in [*first, *second] if document.id not in gone}
    with Index(":memory:", encoder) as lived, Index(":memory:", encoder) as fresh:
        lived.put(first)
        lived.put(second)
        lived.remove(gone)
        fresh.put(kept.values())
        assert lived.versions() == fresh.versions()
        assert lived.search(text) == fresh.search(text)


@ENCODERS
@settings(deadline=None, max_examples=60)
@given(documents=DOCUMENTS, text=TEXT, within=st.sets(st.sampled_from("abcdz")))
def test_filters_leak_nobody(
    encoder: HashedEncoder | None, documents: list[Document], text: str, within: set[str]
) -> None:
    hubs = {document.id: document.facets.get("hub") for document in documents}
    with Index(":memory:", encoder) as index:
        index.put(documents)
        everybody = {hit.id for hit in index.search(text)}
        found = {hit.id for hit in index.search(text, within=within)}
        assert found == everybody & within
        found = {hit.id for hit in index.search(text, within=within, facets={"hub": "metz"})}
        assert found == {one for one in everybody & within if hubs[one] == "metz"}


@ENCODERS
@settings(deadline=None, max_examples=60)
@given(documents=DOCUMENTS, text=TEXT)
def test_reasons_point_at_text_of_the_document_and_of_the_request(
    encoder: HashedEncoder | None, documents: list[Document], text: str
) -> None:
    known = {document.id: document for document in documents}
    with Index(":memory:", encoder) as index:
        index.put(documents)
        for hit in index.search(text):
            document = known[hit.id]
            assert hit.reasons.line
            texts = [as_stored(part) for part in (document.profile, *document.lines)]
            assert any(hit.reasons.line in part for part in texts)
            assert {written for written, _ in hit.reasons.corrected} <= set(hit.reasons.matched)


def one_by_one(documents: Sequence[Document], encoder: HashedEncoder | None) -> Index:
    index = Index(":memory:", encoder)
    for document in documents:
        index.put([document])
    return index


@ENCODERS
@settings(deadline=None, max_examples=60)
@given(
    documents=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
    text=TEXT,
)
def test_the_order_of_arrival_changes_nothing(
    encoder: HashedEncoder | None, documents: list[tuple[str, str]], order: Random, text: str
) -> None:
    people = [
        Document(f"p{number}", 1, profile, [line])
        for number, (profile, line) in enumerate(documents)
    ]
    shuffled = order.sample(people, len(people))
    with one_by_one(shuffled, encoder) as lived, Index(":memory:", encoder) as fresh:
        fresh.put(people)
        assert lived.search(text) == fresh.search(text)
