"""What a row of weeks says: more, less, as before, or too few to tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from essaim.exchange.trials import Estimate, Z, difference, wilson

Kind = Literal["up", "down", "steady", "few", "nothing"]
MONTH = 4
"""Weeks that are looked at together."""
FEWEST = 10
"""Records under which nothing is concluded."""
MOVED = 1.25
"""Of what is neither counted nor a share, a quarter more is a change."""


@dataclass(frozen=True)
class Weekly:
    """A value and how many records make it."""

    value: float | None
    n: int


@dataclass(frozen=True)
class Finding:
    """`weeks`: how far apart the looks are, when each looks further back than a week; else 0."""

    kind: Kind
    now: Weekly
    before: Weekly
    weeks: int = 0


def finding(points: Sequence[Weekly], *, is_share: bool, adds_up: bool, window: int = 0) -> Finding:
    """The last weeks against those before. `adds_up`: weeks are summed, as needs and minutes are.

    `window`: days that each point looks back; then two points are compared that share no week.
    """
    if window:
        apart = min(max(MONTH, round(window / 7)), len(points) - 1)
        now, before = points[-1], points[-1 - apart]
    else:
        apart = 0
        now = _together(points[-MONTH:], adds_up=adds_up)
        before = _together(points[-2 * MONTH : -MONTH], adds_up=adds_up)
    return Finding(_kind(now, before, is_share, adds_up), now, before, apart)


def _together(weeks: Sequence[Weekly], *, adds_up: bool) -> Weekly:
    known = [week for week in weeks if week.value is not None]
    n = sum(week.n for week in known)
    if not known:
        return Weekly(None, 0)
    if adds_up:
        return Weekly(sum(week.value or 0 for week in known), n)
    weighed = sum((week.value or 0) * week.n for week in known)
    return Weekly(weighed / n if n else known[-1].value, n)


def _kind(now: Weekly, before: Weekly, is_share: bool, adds_up: bool) -> Kind:
    if now.value is None or (not now.n and not before.n):
        return "nothing"
    if before.value is None or _too_few(now, before, adds_up):
        return "few"
    if is_share:
        return _of_shares(now, before)
    if adds_up and now.value == now.n and before.value == before.n:
        return _sign(now.n - before.n, Z * sqrt(now.n + before.n))
    return _of_levels(now.value, before.value)


def _too_few(now: Weekly, before: Weekly, adds_up: bool) -> bool:
    return (now.n + before.n if adds_up else min(now.n, before.n)) < FEWEST


def _sign(gap: float, doubt: float) -> Kind:
    if abs(gap) <= doubt:
        return "steady"
    return "up" if gap > 0 else "down"


def _of_shares(now: Weekly, before: Weekly) -> Kind:
    one, other = _estimate(now), _estimate(before)
    gap = difference(one, other)
    if gap.low <= 0 <= gap.high:
        return "steady"
    return "up" if gap.value > 0 else "down"


def _estimate(week: Weekly) -> Estimate:
    found = wilson(min(week.n, round((week.value or 0) * week.n / 100)), week.n)
    assert found is not None, "too few are told apart before"
    return found


def _of_levels(now: float, before: float) -> Kind:
    if not before:
        return "up" if now else "steady"
    ratio = now / before
    if 1 / MOVED <= ratio <= MOVED:
        return "steady"
    return "up" if ratio > 1 else "down"
