"""Mail that can wait is not delivered at night, on the clock of who reads it.

Core knows neither clocks nor habits of people: an app says when it is morning.

    @nights.morning
    def when_the_hive_wakes(person, now): …   # `now` by day, else the moment when it is day again
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from essaim.core import outbox

Morning = Callable[[Any, datetime], datetime]
MORNINGS: list[Morning] = []


def morning(function: Morning) -> Morning:
    MORNINGS.append(function)
    return function


def wait_for_morning(person: Any) -> None:
    """For errands, when they are done: a worker that slept delivers nothing at night either."""
    now = timezone.now()
    at = max((function(person, now) for function in MORNINGS), default=now)
    if at > now:
        raise outbox.Later(at)
