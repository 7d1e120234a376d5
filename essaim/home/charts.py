"""Small charts drawn on the server: weeks in, places on a sheet of 320 by 120 out. Pure.

Bars for what is counted, a line with a dot each week for the rest. What few records make is hollow,
told apart without a colour; a week of nothing is a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 320
HEIGHT = 120
HEAD = 18  # for the number above the highest
FOOT = 18  # for the days under the weeks
SIDE = 14  # so that numbers and days at the ends are whole
GAP = 4
DOT = 3.5
LETTER = 12
LOW = HEIGHT - FOOT


@dataclass(frozen=True)
class Mark:
    """One week: its value (None: nothing to count), the value in words, whether few make it."""

    value: float | None
    words: str
    few: bool = False


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    words: str
    anchor: str = "middle"

    @property
    def above(self) -> float:
        return round(self.y - 3, 1)


@dataclass(frozen=True)
class Chart:
    """Paths of SVG: full marks, hollow marks, the line that joins them; and what is written."""

    full: str = ""
    hollow: str = ""
    line: str = ""
    labels: list[Label] = field(default_factory=list)
    # Where a limit is drawn, and its words.
    limit: Label | None = None


def bars(marks: Sequence[Mark]) -> Chart:
    """None is higher than the sheet; a bar of nothing has no height."""
    top = _highest(marks)
    width = _step(marks) - GAP
    drawn: dict[bool, list[str]] = {False: [], True: []}
    for number, mark in enumerate(marks):
        if mark.value:
            x, y = round(_middle(marks, number) - width / 2, 1), _height(mark.value, top)
            drawn[mark.few].append(f"M{x} {LOW}V{y}h{round(width, 1)}V{LOW}z")
    return Chart("".join(drawn[False]), "".join(drawn[True]), "", _labels(marks, top))


def line(marks: Sequence[Mark], *, limit: tuple[float, str] | None = None) -> Chart:
    """A dot each week, joined where weeks follow each other. `limit`: a value and its words."""
    top = _highest(marks, limit)
    dots: dict[bool, list[str]] = {False: [], True: []}
    joined, pen = [], "M"
    for number, mark in enumerate(marks):
        if mark.value is None:
            pen = "M"
            continue
        x, y = _middle(marks, number), _height(mark.value, top)
        joined.append(f"{pen}{x} {y}")
        dots[mark.few].append(_dot(x, y))
        pen = "L"
    drawn = Label(WIDTH, _height(limit[0], top), limit[1]) if limit else None
    return Chart(
        "".join(dots[False]), "".join(dots[True]), "".join(joined), _labels(marks, top), drawn
    )


def _highest(marks: Sequence[Mark], limit: tuple[float, str] | None = None) -> float:
    values = [mark.value for mark in marks if mark.value is not None]
    return max([*values, limit[0] if limit else 0]) or 1


def _step(marks: Sequence[Mark]) -> float:
    return (WIDTH - 2 * SIDE) / len(marks)


def _middle(marks: Sequence[Mark], number: int) -> float:
    return round(SIDE + _step(marks) * (number + 0.5), 1)


def _height(value: float, top: float) -> float:
    return round(LOW - (LOW - HEAD) * value / top, 1)


def _dot(x: float, y: float) -> str:
    return f"M{round(x - DOT, 1)} {y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 {-2 * DOT} 0z"


def _labels(marks: Sequence[Mark], top: float) -> list[Label]:
    """Of the highest and of the last: what is looked for first. Not both when they would touch."""
    known = [number for number, mark in enumerate(marks) if mark.value is not None]
    if not known:
        return []
    highest = max(known, key=lambda number: (marks[number].value or 0, number))
    last = known[-1]
    far = (
        abs(_height(marks[highest].value or 0, top) - _height(marks[last].value or 0, top)) > LETTER
    )
    apart = [highest] if last - highest > 1 or (far and highest != last) else []
    return [_label(marks, number, top) for number in (*apart, last)]


def _label(marks: Sequence[Mark], number: int, top: float) -> Label:
    y = round(_height(marks[number].value or 0, top) - 6, 1)
    # Words at the end of the sheet stay on it.
    if number == len(marks) - 1:
        return Label(WIDTH, y, marks[number].words, "end")
    return Label(_middle(marks, number), y, marks[number].words)
