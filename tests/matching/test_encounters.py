import numpy as np
import pytest
from hypothesis import given, settings

from essaim.matching.encounters import Guest, Met, Past, Score, quantiles, score
from essaim.matching.evidence import evidence
from essaim.matching.ties import Ties
from essaim.matching.wanting import Offer, Want, answers
from tests.matching.hashed import HashedEncoder
from tests.matching.meeting import gatherings, guest

ENCODER = HashedEncoder()


def scored(guests: list[Guest], past: Past | None = None) -> Score:
    return score(guests, past or Past(), ENCODER)


@settings(deadline=None, max_examples=100)
@given(drawn=gatherings())
def test_every_part_is_symmetric_and_in_its_range(drawn: tuple[list[Guest], Past]) -> None:
    guests, past = drawn

    found = score(guests, past, ENCODER)

    for table in (*vars(found).values(), found.value):
        assert table.shape == (len(guests), len(guests))
        assert np.array_equal(table, table.T)
        assert np.array_equal(np.diag(table), np.zeros(len(guests)))
        assert (table >= 0).all()
        assert (table <= 1.1).all()


def test_both_must_find_something_for_an_encounter_to_be_relevant() -> None:
    guests = [
        guest("a", wants="menuiserie", offers="financement"),
        guest("b", wants="financement", offers="menuiserie"),
        guest("c", wants="", offers="menuiserie"),
        guest("d", wants="vidéo", offers="cuisine"),
    ]

    relevance = scored(guests).relevance

    assert relevance[0, 1] == relevance.max() > 0
    assert relevance[0, 2] == 0


def test_a_need_rung_at_the_bell_weighs_more_than_an_old_one() -> None:
    def moment(want: Want) -> float:
        helper = Guest("b", (), (Offer("menuiserie"),))
        other = Guest("c", (Want("cuisine"),), (Offer("vidéo"),))
        return float(scored([Guest("a", (want,)), helper, other]).moment[0, 1])

    assert moment(Want("menuiserie", age_days=14.0)) == pytest.approx(0.5)
    assert moment(Want("menuiserie", age_days=3.0, rung=True)) == 1
    assert moment(Want("menuiserie")) == 0


def test_a_need_that_the_other_answers_badly_is_no_reason_of_the_moment() -> None:
    guests = [guest("a", wants="menuiserie"), guest("b", offers="menuiserie"), guest("c")]

    assert scored(guests).moment[0].tolist() == [0, 1, 0]


def test_friends_of_friends_surprise_more_than_friends_and_than_strangers() -> None:
    names = "abcd"
    past = Past(Ties([("a", "b"), ("b", "c")]))

    surprise = scored([guest(name, tags=frozenset(name)) for name in names], past).surprise

    assert surprise[0, 2] > surprise[0, 3] > surprise[0, 1]


def test_who_is_like_somebody_known_surprises_less() -> None:
    known = {"friend": frozenset({"food", "coop"})}
    past = Past(Ties([("a", "friend")]), known)
    guests = [
        guest("a", tags=frozenset({"wood"})),
        guest("b", tags=frozenset({"food", "coop"})),
        guest("c", tags=frozenset({"law"})),
    ]

    surprise = scored(guests, past).surprise

    assert surprise[0, 2] > surprise[0, 1]


def test_each_earlier_encounter_of_the_year_halves_the_score() -> None:
    guests = [guest(name, wants="bail", offers="bail") for name in "abc"]
    past = Past(met={("b", "a"): Met(200.0, within_a_year=2)})

    again = scored(guests, past).again

    assert (again[0, 1], again[0, 2]) == (0.25, 1)


def test_room_is_that_of_both() -> None:
    guests = [guest("a", room=0.25), guest("b", room=1.0), guest("c", room=0.0)]

    assert scored(guests).room.tolist() == [[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]]


def test_shares_leave_nought_at_nought_and_equals_equal() -> None:
    values = np.array([[9.0, 0.2, 0.2], [0.0, 9.0, 0.5], [0.9, 0.0, 9.0]])

    assert quantiles(values).tolist() == [[0, 0.4, 0.4], [0, 0, 0.8], [1.0, 0, 0]]


def test_a_skill_beside_counts_for_half() -> None:
    wants = [[Want("", {"budget": "money"})], [], []]
    offers = [[], [Offer("", {"bank": "money"})], [Offer("", {"budget": "money"})]]

    found = answers(wants, offers, ENCODER).answer

    assert found[0].tolist() == pytest.approx([0, 0.2, 0.4])


@pytest.mark.parametrize(
    "guests",
    [[guest("a"), guest("a")], [guest("a", room=1.5)], [guest("a", room=float("nan"))]],
    ids=["twice", "too much room", "no number"],
)
def test_what_makes_no_sense_is_refused(guests: list[Guest]) -> None:
    with pytest.raises(ValueError, match="guests:"):
        scored(guests)


def test_the_card_quotes_what_answers_and_what_is_unlike() -> None:
    reader = guest("a", wants="menuiserie", offers="cuisine")
    other = guest("b", wants="cuisine", offers="cuisine, menuiserie, compost")

    found = evidence(reader, other, ENCODER)

    assert (found.want, found.offer, found.surprising, found.other_want) == (0, 1, 2, 0)


def test_of_who_wrote_nothing_nothing_is_quoted() -> None:
    found = evidence(guest("a", wants="bail"), guest("b"), ENCODER)

    assert (found.want, found.offer, found.surprising, found.other_want) == (None,) * 4


def test_of_who_wants_nothing_the_other_is_still_told() -> None:
    found = evidence(guest("a"), guest("b", offers="bail, compost"), ENCODER)

    assert {found.offer, found.surprising} == {0, 1}
    assert found.want is None
