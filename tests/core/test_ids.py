from essaim.core.ids import uuid7


def test_ids_are_version_7_and_sorted_by_time() -> None:
    made = [uuid7() for _ in range(3)]

    assert {value.version for value in made} == {7}
    assert {value.variant for value in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 3
    assert [value.int >> 80 for value in made] == sorted(value.int >> 80 for value in made)
