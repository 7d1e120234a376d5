from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.matching import Document, Index

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
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(documents=DOCUMENTS, text=TEXT)
def test_any_text_is_indexed_and_searched(documents: list[Document], text: str) -> None:
    with Index(":memory:") as index:
        index.put(documents)
        hits = index.search(text)
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.id))
        for hit in hits:
            assert 0 <= hit.score <= 1
            assert all(0 <= part <= 1 for part in hit.parts.values())
            assert hit.reasons.line is None or hit.reasons.line.strip()


@settings(deadline=None, max_examples=60)
@given(first=DOCUMENTS, second=DOCUMENTS, gone=st.sets(st.sampled_from("abcd")), text=TEXT)
def test_changes_leave_what_a_fresh_index_would_hold(
    first: list[Document], second: list[Document], gone: set[str], text: str
) -> None:
    kept = {document.id: document for document in [*first, *second] if document.id not in gone}
    with Index(":memory:") as lived, Index(":memory:") as fresh:
        lived.put(first)
        lived.put(second)
        lived.remove(gone)
        fresh.put(kept.values())
        assert lived.versions() == fresh.versions()
        assert lived.search(text) == fresh.search(text)


@settings(deadline=None, max_examples=60)
@given(documents=DOCUMENTS, text=TEXT, within=st.sets(st.sampled_from("abcdz")))
def test_only_the_given_ids_are_answered(
    documents: list[Document], text: str, within: set[str]
) -> None:
    with Index(":memory:") as index:
        index.put(documents)
        found = {hit.id for hit in index.search(text, within=within)}
        assert found == {hit.id for hit in index.search(text)} & within
