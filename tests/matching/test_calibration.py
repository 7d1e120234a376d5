from collections.abc import Sequence

import numpy as np
import pytest

from essaim.matching import Document, Index
from essaim.matching.calibration import Example, calibrated, example, likelihood, ordered
from essaim.matching.ranking import Laws, Weights
from tests.matching.hashed import HashedEncoder

START = Laws(Weights(line=4.0, several=4.0))


def told_by(part: str, *, words: int, count: int, seed: int = 1) -> list[Example]:
    """Requests whose right answer is the highest of ten in one part; the other part is noise."""
    chance = np.random.default_rng(seed)
    examples = []
    for _ in range(count):
        parts = {"line": chance.random(10), "several": chance.random(10)}
        right = np.arange(10) == parts[part].argmax()
        examples.append(Example(parts, right, words))
    return examples


def weights(laws: Laws, words: int) -> tuple[float, float]:
    found = laws.of(words)
    return found.line, found.several


def test_the_part_that_tells_the_right_answer_weighs_more() -> None:
    examples = told_by("line", words=3, count=200)
    learned = calibrated(examples, START)
    line, several = weights(learned, 3)
    assert line > 4.0 > several > 0
    assert likelihood(examples, learned) > likelihood(examples, START)


def test_what_is_learned_holds_for_requests_that_were_not_seen() -> None:
    learned = calibrated(told_by("line", words=3, count=200), START)
    unseen = told_by("line", words=3, count=200, seed=2)
    assert likelihood(unseen, learned) > likelihood(unseen, START)


def test_pairs_in_the_right_order_are_counted() -> None:
    parts = {"line": np.array([0.9, 0.5, 0.5, 0.1])}
    one = Example(parts, np.array([False, True, False, False]), 1)
    assert ordered([one], Laws(Weights(line=1.0))) == pytest.approx(0.5)


def test_weights_follow_the_length_of_the_request() -> None:
    examples = told_by("several", words=1, count=200) + told_by("line", words=20, count=200)
    learned = calibrated(examples, START)
    short, long = weights(learned, 1), weights(learned, 20)
    assert short[1] > short[0]
    assert long[0] > long[1]


def test_few_requests_move_the_weights_less_than_many() -> None:
    few, many = (calibrated(told_by("line", words=1, count=count), START) for count in (5, 500))
    assert 4.0 < weights(few, 1)[0] < weights(many, 1)[0]


def test_without_any_request_nothing_is_learned() -> None:
    assert calibrated([], START) is START


def test_the_same_requests_teach_the_same() -> None:
    one, other = (calibrated(told_by("line", words=2, count=50), START) for _ in range(2))
    assert one == other


def test_a_part_that_weighs_nothing_is_not_learned() -> None:
    learned = calibrated(told_by("line", words=2, count=50), Laws(Weights(line=4.0)))
    assert learned.once.several == 0.0


def test_laws_without_any_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        calibrated(told_by("line", words=2, count=5), Laws(Weights()))


def index_of(lines: Sequence[str]) -> Index:
    index = Index(":memory:", HashedEncoder())
    index.put([Document(f"d{place}", 1, "", [line]) for place, line in enumerate(lines)])
    return index


def test_an_example_holds_the_evidence_and_which_answer_was_right() -> None:
    with index_of(["plan de financement", "financement participatif", "menuiserie"]) as index:
        taught = example(index, "mon plan de financement", {"d1"})
    assert taught is not None
    assert sorted(taught.right.tolist()) == [False, True]
    assert taught.words == 2
    assert {len(values) for values in taught.parts.values()} == {2}


def test_only_those_who_were_asked_are_compared() -> None:
    with index_of(["plan de vol", "plan de coupe", "plan de masse"]) as index:
        taught = example(index, "plan", {"d1"}, among={"d0", "d1"})
        alone = example(index, "plan", {"d1"}, among={"d1"})
    assert taught is not None
    assert len(taught.right) == 2
    assert alone is None


def test_a_request_that_finds_no_right_answer_teaches_nothing() -> None:
    with index_of(["plan de vol", "menuiserie"]) as index:
        assert example(index, "plan", {"d1"}) is None


def test_laws_are_written_and_read_again() -> None:
    laws = Laws(Weights(line=1.5, several=2.0, floor=0.4), {"line": 0.5})
    assert Laws.from_dict(laws.as_dict()) == laws


@pytest.mark.parametrize(
    "written",
    [
        None,
        [],
        {"once": {}, "powers": {}},
        {"once": {"line": -1}, "powers": {}},
        {"once": {"line": "much"}, "powers": {}},
        {"once": {"line": float("nan")}, "powers": {}},
        {"once": {"line": 1, "unknown": 1}, "powers": {}},
        {"once": {"line": 1}, "powers": {"line": float("inf")}},
    ],
)
def test_what_are_no_weights_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"weights|could not convert|argument"):
        Laws.from_dict(written)
