from essaim.core.ids import uuid7


def test_ids_are_version_7_and_what_was_made_first_sorts_first() -> None:
    made = [uuid7() for _ in range(2000)]

    assert {value.version for value in made} == {7}
    assert {value.variant for value in made} == {"specified in RFC 4122"}
    assert made == sorted(made)
    assert len(set(made)) == len(made)
