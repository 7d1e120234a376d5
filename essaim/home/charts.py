"""Bars drawn on the server: numbers in, places on a sheet of 320 by 120 out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
HEIGHT = 120
HEAD = 16  # for the number above the highest bar
FOOT = 18  # for the day under the bars
GAP = 6


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    words: str
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def top(self) -> float:
        return round(self.y - 4, 1)


def bars(rows: Sequence[tuple[str, float, str]]) -> list[Bar]:
    """One bar for each (label, value, value in words); none is higher than the sheet."""
    if not rows:
        return []
    highest = max(value for _label, value, _words in rows) or 1
    room = HEIGHT - HEAD - FOOT
    width = (WIDTH - GAP * (len(rows) - 1)) / len(rows)
    drawn = []
    for number, (label, value, words) in enumerate(rows):
        height = round(room * value / highest, 1)
        x = round(number * (width + GAP), 1)
        y = round(HEAD + room - height, 1)
        drawn.append(Bar(label, value, words, x, y, round(width, 1), height))
    return drawn
