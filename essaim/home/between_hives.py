"""Help that passes from hive to hive, as a table; each number leads to the help it adds up."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from essaim.core.figures import path_of
from essaim.core.scopes import Scope, localday, scope_of_days
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.figures.help import GIVEN, RECEIVED
from essaim.exchange.ledger_queries import Flow, flows
from essaim.home.weeks import Owner, mondays
from essaim.hubs.models import Hub

SHOWN = 30


@dataclass(frozen=True)
class Passage:
    """What people of one hive gave to people of another."""

    giving: str
    receiving: str
    minutes: int
    path: str

    @property
    def said(self) -> str:
        return minutes_words(self.minutes)


@dataclass(frozen=True)
class Passages:
    """The largest; `beyond` tells how many more there are."""

    rows: tuple[Passage, ...]
    beyond: int


def passages(of: Hub | None, weeks: int, *, viewer: Any) -> Passages:
    hubs = {hub.pk: hub for hub in Hub.objects.all()}
    owner = of.pk if of else None
    zones = {hub.time_zone for hub in ([of] if of else hubs.values())}
    found: list[tuple[Flow, Scope]] = []
    for zone in zones:
        scope = _scope(viewer, owner, weeks, zone)
        # Of the network each flow is told by the clock of the hive that gave.
        found += [
            (flow, scope)
            for flow in flows(since=scope.since, until=scope.until, hub=owner)
            if _crosses(flow) and (owner or hubs[flow.giving_hub_id].time_zone == zone)
        ]
    found.sort(key=lambda one: (-one[0].minutes, str(one[0].giving_hub_id)))
    rows = [
        Passage(
            hubs[flow.giving_hub_id].name,
            hubs[flow.receiving_hub_id].name,
            flow.minutes,
            _path(flow, scope),
        )
        for flow, scope in found[:SHOWN]
    ]
    return Passages(tuple(rows), max(0, len(found) - SHOWN))


def _scope(viewer: Any, owner: Owner, weeks: int, zone: str) -> Scope:
    over = mondays(localday(timezone.now(), zone), weeks)
    last = over[-1] + timedelta(days=6)
    return scope_of_days(viewer, owner, over[0], last, zone=zone)


def _crosses(flow: Flow) -> bool:
    both = (flow.giving_hub_id, flow.receiving_hub_id)
    return None not in both and flow.giving_hub_id != flow.receiving_hub_id


def _path(flow: Flow, scope: Scope) -> str:
    """To the figure of the hive that the reader looks at, with the other one alone."""
    received = flow.receiving_hub_id == scope.hub_id
    hub, other = flow.giving_hub_id, flow.receiving_hub_id
    if received:
        hub, other = other, hub
    return path_of(RECEIVED if received else GIVEN, replace(scope, hub_id=hub, other_id=other))
