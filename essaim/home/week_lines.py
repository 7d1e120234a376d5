"""One figure over some weeks, as a page shows it: what it says, drawn, and in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from essaim.core.figures import Figure
from essaim.core.templatetags.presentation import figure_words
from essaim.home import charts
from essaim.home.findings import Finding, Weekly, finding
from essaim.home.weeks import Point

FEW = 5
"""Records under which a week is drawn hollow, and is not told to members."""
SUMMED = ("count", "minutes")


@dataclass(frozen=True)
class WeekRow:
    """A line of the table."""

    monday: str
    said: str
    n: int
    path: str


@dataclass(frozen=True)
class WeekLine:
    figure: Figure
    finding: Finding
    title: str
    # What a screen reader is told of the drawing.
    described: str
    chart: charts.Chart
    rows: tuple[WeekRow, ...]
    first: str
    last: str

    @property
    def n(self) -> int:
        return self.finding.now.n


def line_of(figure: Figure, points: Sequence[Point], *, for_members: bool = False) -> WeekLine:
    """For members weeks that few records make are left out, and so are the ways to the records."""
    shown = [_hidden(point) if for_members and point.n < FEW else point for point in points]
    found = finding(
        [Weekly(point.value, point.n) for point in shown],
        is_share=figure.is_share,
        adds_up=figure.unit in SUMMED and not figure.window,
        window=figure.window,
    )
    rows = tuple(_row(figure, point, for_members=for_members) for point in shown)
    return WeekLine(
        figure=figure,
        finding=found,
        title=_title(figure, found),
        described=_described(figure, shown),
        chart=_drawn(figure, shown),
        rows=rows,
        first=rows[0].monday,
        last=rows[-1].monday,
    )


def _hidden(point: Point) -> Point:
    return Point(point.monday, None, point.n, "")


def _row(figure: Figure, point: Point, *, for_members: bool) -> WeekRow:
    path = "" if for_members else point.path
    return WeekRow(_day(point), figure_words(point.value, figure.unit), point.n, path)


def _day(point: Point) -> str:
    return formats.date_format(point.monday, _("j N"))


def _drawn(figure: Figure, points: Sequence[Point]) -> charts.Chart:
    marks = [
        charts.Mark(point.value, figure_words(point.value, figure.unit), point.n < FEW)
        for point in points
    ]
    if figure.unit in SUMMED and not figure.window:
        return charts.bars([charts.Mark(mark.value, mark.words) for mark in marks])
    if figure.limit is None:
        return charts.line(marks)
    return charts.line(marks, limit=(figure.limit, figure_words(figure.limit, figure.unit)))


def _title(figure: Figure, found: Finding) -> str:
    say = partial(figure_words, unit=figure.unit)
    words = {
        "name": figure.name,
        "now": say(found.now.value),
        "before": say(found.before.value),
        "weeks": found.weeks,
    }
    return (_of_window() if found.weeks else _of_month())[found.kind] % words


def _of_month() -> dict[str, str]:
    return {
        "up": _("%(name)s: up, %(now)s in four weeks against %(before)s"),
        "down": _("%(name)s: down, %(now)s in four weeks against %(before)s"),
        "steady": _("%(name)s: steady, %(now)s in four weeks"),
        "few": _("%(name)s: too few to conclude"),
        "nothing": _("%(name)s: nothing yet"),
    }


def _of_window() -> dict[str, str]:
    return {
        "up": _("%(name)s: up, %(now)s (%(weeks)s weeks before: %(before)s)"),
        "down": _("%(name)s: down, %(now)s (%(weeks)s weeks before: %(before)s)"),
        "steady": _("%(name)s: steady, %(now)s"),
        "few": _("%(name)s: too few to conclude"),
        "nothing": _("%(name)s: nothing yet"),
    }


def _described(figure: Figure, points: Sequence[Point]) -> str:
    known = [point for point in points if point.value is not None]
    if not known:
        return _("Nothing to count in these weeks.")
    by_value = sorted(known, key=lambda point: (point.value or 0, point.monday))
    words: dict[str, Any] = {"last": figure_words(known[-1].value, figure.unit)}
    for name, point in (("low", by_value[0]), ("high", by_value[-1])):
        words[name] = figure_words(point.value, figure.unit)
        words[f"{name}_week"] = _day(point)
    words["week"] = _day(known[-1])
    return (
        _(
            "Lowest %(low)s in the week of %(low_week)s, highest %(high)s in that of "
            "%(high_week)s, last %(last)s in that of %(week)s. The table holds every week."
        )
        % words
    )
