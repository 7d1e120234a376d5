from essaim.home.findings import Finding, Weekly, finding


def counts(*values: int) -> Finding:
    weeks = [Weekly(value, value) for value in values]
    return finding(weeks, is_share=False, adds_up=True)


def shares(*weeks: tuple[float | None, int]) -> Finding:
    return finding([Weekly(*week) for week in weeks], is_share=True, adds_up=False)


def test_four_weeks_are_compared_with_the_four_before() -> None:
    found = counts(9, 9, 5, 5, 5, 5, 12, 12, 12, 12)

    assert (found.kind, found.now.value, found.before.value) == ("up", 48, 20)


def test_what_chance_does_is_no_change() -> None:
    assert counts(5, 5, 5, 5, 6, 6, 6, 6).kind == "steady"
    assert counts(12, 12, 12, 12, 5, 5, 5, 5).kind == "down"


def test_a_handful_concludes_nothing() -> None:
    assert counts(0, 0, 0, 0, 3, 3, 2, 0).kind == "few"
    assert counts(0, 0, 0, 0, 0, 0, 0, 0).kind == "nothing"


def test_shares_are_weighed_by_what_they_count() -> None:
    found = shares((50, 10), (50, 10), (50, 10), (50, 10), (100, 30), (None, 0), (0, 10), (None, 0))

    assert (found.now.value, found.now.n) == (75, 40)
    assert found.kind == "up"


def test_a_share_of_few_concludes_nothing() -> None:
    assert shares(*[(0, 2)] * 4, *[(100, 2)] * 4).kind == "few"
    assert shares(*[(40, 10)] * 4, *[(50, 10)] * 4).kind == "steady"


def test_what_looks_back_is_compared_with_a_point_that_shares_no_week() -> None:
    weeks = [Weekly(10 + number, 50) for number in range(13)]

    found = finding(weeks, is_share=False, adds_up=False, window=45)

    assert (found.now.value, found.before.value, found.weeks) == (22, 16, 6)
    assert found.kind == "up"


def test_a_single_week_has_nothing_before_it() -> None:
    assert counts(12).kind == "few"
    assert finding([Weekly(3, 12)], is_share=False, adds_up=False, window=30).kind == "steady"
