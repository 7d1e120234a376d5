import numpy as np
import pytest
from numpy.typing import NDArray

from essaim.matching import Document, Index, building
from essaim.matching.encoder import default_encoder
from essaim.matching.vectors import asked, cosines, grouped, rounded
from tests.matching.hashed import HashedEncoder

Floats = NDArray[np.float32]


def unit_rows(count: int, dims: int = 32, themes: int = 40) -> Floats:
    """Around some themes, as the lines of people are."""
    chance = np.random.default_rng(3)
    centres = chance.standard_normal((themes, dims))
    rows = centres[chance.integers(themes, size=count)] + 0.4 * chance.standard_normal(
        (count, dims)
    )
    found: Floats = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found


def test_a_byte_per_dimension_keeps_the_cosine_within_a_hundredth() -> None:
    rows = unit_rows(500)
    request = asked(rows[0])
    assert request
    found = cosines(*rounded(rows), request)
    assert np.abs(found - rows @ rows[0]).max() < 0.01


def test_a_cosine_does_not_depend_on_the_rows_beside() -> None:
    bytes_, scales = rounded(unit_rows(5_000))
    request = asked(unit_rows(1)[0])
    assert request
    alone = [cosines(bytes_[at : at + 1], scales[at : at + 1], request)[0] for at in range(5_000)]
    assert np.array_equal(cosines(bytes_, scales, request), np.array(alone, np.float32))


def test_nothing_known_is_no_request() -> None:
    assert asked(np.zeros(8, np.float32)) is None


def test_groups_hold_each_row_once_and_find_nine_of_the_ten_nearest() -> None:
    rows = unit_rows(8_000)
    groups = grouped(*rounded(rows))
    assert sorted(groups.members) == list(range(8_000))
    found = 0
    for row in rows[::200]:
        request = asked(row)
        assert request
        found += len(np.intersect1d(groups.near(request), np.argsort(-(rows @ row))[:10]))
    assert found / (10 * len(rows[::200])) >= 0.9


def test_the_same_rows_give_the_same_groups() -> None:
    rows = rounded(unit_rows(2_000))
    one, other = grouped(*rows), grouped(*rows)
    assert np.array_equal(one.members, other.members)
    assert np.array_equal(one.offsets, other.offsets)


def test_likeness_alone_brings_and_quotes_without_a_matched_word() -> None:
    with Index(":memory:", HashedEncoder()) as index:
        index.put([Document("awa", 1, "", ["Photovoltaïque"]), Document("ben", 1, "Poterie")])
        (hit,) = index.search("photographie")
        assert hit.id == "awa"
        assert hit.reasons.matched == ()
        assert hit.reasons.line == "Photovoltaïque"


def test_grouped_vectors_answer_as_single_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["compost", "menuiserie", "finance", "poterie", "apiculture", "photographie"]
    people = [
        Document(f"p{number:04}", 1, "", [f"{words[number % 6]} {number}", "accueil"])
        for number in range(600)
    ]
    with Index(":memory:", HashedEncoder()) as index:
        index.put(people)
        alone = index.search("photographies", k=20)
    monkeypatch.setattr(building, "GROUPED_FROM", 100)
    with Index(":memory:", HashedEncoder()) as index:
        index.put(people)
        assert index.search("photographies", k=20) == alone


def test_who_can_do_unlike_things_is_as_near_as_who_can_do_that_alone() -> None:
    others = ["Comptabilité analytique", "Chanter en chorale", "Élever des abeilles"]
    with Index(":memory:", default_encoder()) as index:
        index.put(
            [
                Document("alone", 1, "", ["Réparer un vélo"]),
                Document("several", 1, "", ["Réparer un vélo", *others]),
                Document("alike", 1, "", ["Réparer un vélo", "Vendre des vélos", "Rouler à vélo"]),
            ]
        )
        found = {hit.id: hit.parts for hit in index.search("réparer un vélo")}

    assert found["several"]["whole"] == pytest.approx(found["alone"]["whole"], abs=0.001)
    assert found["several"]["line"] == found["several"]["cover"] == 1
    assert found["alike"]["whole"] < 0.95, "its lines speak of one thing, and are judged together"
    assert found["alike"]["line"] == found["alike"]["profile"]
