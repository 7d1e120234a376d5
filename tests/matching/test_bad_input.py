"""What people paste and what machines send: nothing fails, and nothing takes long."""

import time

import pytest

from essaim.matching import Document, Index
from tests.matching.hashed import HashedEncoder

ENCODERS = pytest.mark.parametrize("encoder", [None, HashedEncoder()], ids=["words", "vectors"])
LONG = "Je cherche quelqu’un pour mon plan de financement. " * 2_000
TEXTS = {
    "100 kB": LONG,
    "one word of 100 kB": "a" * 100_000,
    "one character": "x",
    "emoji": "🐝🐝🐝 👩‍🌾",
    "Arabic": "أبحث عن شخص يساعدني في المحاسبة",
    "Chinese": "我需要会计",
    "syntax": "NEAR(plan financement) OR NOT * \" ' ; DROP TABLE document; -- {} %s",
    "nulls": "\x00\x01plan\x00",
    "nothing": "",
}


@ENCODERS
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_any_request_is_answered_in_time(encoder: HashedEncoder | None, text: str) -> None:
    with Index(":memory:", encoder) as index:
        index.put([Document("awa", 1, "Comptable.", ["Plan de financement"])])
        start = time.process_time()
        index.search(text)
        assert time.process_time() - start < 0.5


@ENCODERS
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_any_document_is_kept_and_taken_out(encoder: HashedEncoder | None, text: str) -> None:
    with Index(":memory:", encoder) as index:
        index.put([Document("odd", 1, text, [text, text]), Document("awa", 1, "Trésorerie")])
        assert index.versions() == {"awa": 1, "odd": 1}
        assert [hit.id for hit in index.search("trésorerie")] == ["awa"]
        index.remove(["odd"])
        assert index.versions() == {"awa": 1}


def test_arabic_finds_arabic() -> None:
    with Index(":memory:") as index:
        index.put([Document("awa", 1, "", ["المحاسبة والمالية"]), Document("ben", 1, "Poterie")])
        assert [hit.id for hit in index.search("أبحث عن المحاسبة")] == ["awa"]


@ENCODERS
def test_ten_thousand_identical_documents_come_in_the_order_of_ids(
    encoder: HashedEncoder | None,
) -> None:
    people = [Document(f"p{number:05}", 1, "", ["Comptabilité"]) for number in range(10_000)]
    with Index(":memory:", encoder) as index:
        index.put(reversed(people))
        start = time.process_time()
        hits = index.search("comptable", k=30)
        assert time.process_time() - start < 0.5
        assert [hit.id for hit in hits] == [person.id for person in people[:30]]
        assert len({hit.score for hit in hits}) == 1
