"""The clock of a simulated year, which the whole process takes for the time of day.

Actions ask `timezone.now()`, models have it as a default: both read `datetime` in that module: the
one place where the clock is put.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Self
from unittest.mock import patch

from django.utils import timezone


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def move_to(self, moment: datetime) -> None:
        """Never back."""
        self.now = max(self.now, moment)

    def go_on(self, **span: float) -> None:
        self.now += timedelta(**span)


@contextmanager
def on(clock: Clock) -> Iterator[None]:
    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            at = clock.now.astimezone(tz)
            return cls(*at.timetuple()[:6], at.microsecond, tzinfo=at.tzinfo)

    with patch.object(timezone, "datetime", Simulated):
        yield
