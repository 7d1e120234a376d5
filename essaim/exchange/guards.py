"""The guards in force: those of the network, or the usual ones. Read in one small query."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.db.models import QuerySet

from essaim.core.prepared import Prepared
from essaim.exchange.models import GUARDS, AskGuards


@dataclass(frozen=True)
class Guards:
    asks_per_week: int = GUARDS["asks_per_week"].usual
    at_once: int = GUARDS["at_once"].usual
    rest_hours: int = GUARDS["rest_hours"].usual
    silences: int = GUARDS["silences"].usual
    quiet_after: int = GUARDS["quiet_after"].usual
    dormant_after: int = GUARDS["dormant_after"].usual
    wakes_at: int = GUARDS["wakes_at"].usual
    sleeps_at: int = GUARDS["sleeps_at"].usual

    @property
    def rest(self) -> timedelta:
        return timedelta(hours=self.rest_hours)

    @property
    def quiet(self) -> timedelta:
        return timedelta(days=self.quiet_after)

    @property
    def dormant(self) -> timedelta:
        return timedelta(days=self.dormant_after)

    @property
    def morning(self) -> time:
        return time(self.wakes_at)

    @property
    def evening(self) -> time:
        return time(self.sleeps_at)


def guards_in_force() -> Guards:
    return next((Guards(*row) for row in _guards()), Guards())


def _query() -> QuerySet[Any, Any]:
    return AskGuards.objects.values_list(*GUARDS)


_guards = Prepared(_query)
