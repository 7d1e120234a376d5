from essaim.exchange.found import telling
from essaim.matching import Hit, Reasons


def hit(name: str, score: float, *matched: str) -> Hit:
    return Hit(name, score, {}, Reasons(matched=matched, corrected=(), line=None))


def test_what_shares_no_word_and_is_far_from_the_best_is_a_guess() -> None:
    hits = [
        hit("best", 0.8, "compta"),
        hit("near", 0.6),
        hit("far", 0.5),
        hit("said", 0.2, "compta"),
    ]

    assert [one.id for one in telling(hits)] == ["best", "near", "said"]


def test_nothing_found_tells_nothing() -> None:
    assert telling([]) == []
