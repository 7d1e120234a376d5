import re

from essaim.home.charts import HEAD, LOW, WIDTH, Mark, bars, line


def marks(*values: float | None) -> list[Mark]:
    return [Mark(value, str(value)) for value in values]


def tops(path: str) -> list[float]:
    return [float(y) for y in re.findall(r"V([\d.]+)h", path)]


def test_bars_fill_the_sheet_and_keep_their_proportions() -> None:
    drawn = bars(marks(4, 8, 0))

    assert tops(drawn.full) == [(HEAD + LOW) / 2, HEAD]


def test_weeks_of_nothing_have_no_bar() -> None:
    assert bars(marks(0, 0)).full == ""
    assert [label.words for label in bars(marks(0, 0)).labels] == ["0"]


def test_a_week_without_a_value_is_a_gap_in_the_line() -> None:
    drawn = line(marks(1, None, 2, 2))

    assert drawn.line.count("M") == 2
    assert drawn.line.count("L") == 1
    assert drawn.full.count("a") == 6  # two arcs make a dot


def test_what_few_make_is_hollow() -> None:
    drawn = line([Mark(1, "1"), Mark(2, "2", few=True)])

    assert drawn.full.count("M") == drawn.hollow.count("M") == 1


def test_the_highest_and_the_last_are_labelled_and_stay_on_the_sheet() -> None:
    drawn = line(marks(1, 9, 3, 2))

    assert [label.words for label in drawn.labels] == ["9", "2"]
    assert drawn.labels[-1].x == WIDTH
    assert drawn.labels[-1].anchor == "end"


def test_a_limit_is_on_the_sheet_even_when_nothing_reaches_it() -> None:
    limit = line(marks(10, 20), limit=(45, "45 %")).limit

    assert limit is not None
    assert (limit.y, limit.words) == (HEAD, "45 %")


def test_nothing_at_all_draws_nothing() -> None:
    drawn = line(marks(None, None))

    assert (drawn.full, drawn.hollow, drawn.line, drawn.labels) == ("", "", "", [])
