"""Rules of the software changed for one year, to see what each would bring. None is in force."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

ASKS, LADDER = "essaim.exchange.actions.asks", "essaim.exchange.escalation.LADDER"
SCORING = "essaim.exchange.scoring"
ROOM = f"{SCORING}.room"


def _twice_as_fast() -> Any:
    from essaim.exchange import escalation

    ladder = {
        urgency: tuple((level, action, hours / 2) for level, action, hours in steps)
        for urgency, steps in escalation.LADDER.items()
    }
    return patch(LADDER, ladder)


def _load_squared() -> Any:
    from essaim.exchange import scoring

    plain = scoring.room
    return patch(ROOM, lambda candidate: plain(candidate) ** 2)


def _relevance_squared() -> Any:
    from essaim.exchange import scoring

    plain = scoring.relevance
    return patch(f"{SCORING}.relevance", lambda text, overlap: plain(text, overlap) ** 2)


def _twice_kept_free() -> Any:
    from essaim.exchange.capacity import Load

    ask, accept = Load.why_not_ask, Load.why_not_accept

    def asked(self: Load, now: Any, minutes: int = 15, *by: Any) -> Any:
        return ask(self, now, 2 * minutes, *by)

    return patch.multiple(
        Load, why_not_ask=asked, why_not_accept=lambda self, minutes: accept(self, 2 * minutes)
    )


def _offers_held_to_the_pledge() -> Any:
    from django.utils import timezone

    from essaim.exchange.actions import help as actions
    from essaim.exchange.capacity import load_of

    plain = actions.agree_spontaneous

    def agreed(*, exchange: Any, by: Any) -> None:
        giver, minutes = exchange.giver, exchange.planned_minutes
        if load_of(giver, now=timezone.now()).why_not_accept(minutes):
            raise actions.NoTimeLeft
        plain(exchange=exchange, by=by)

    return patch.object(actions, "agree_spontaneous", agreed)


@contextmanager
def _both() -> Iterator[None]:
    with _twice_kept_free(), _offers_held_to_the_pledge():
        yield


RULES: Mapping[str, Callable[[], Any]] = {
    "waves of two": lambda: patch(f"{ASKS}.WAVE", 2),
    "waves of five": lambda: patch(f"{ASKS}.WAVE", 5),
    "steps twice as fast": _twice_as_fast,
    "load squared": _load_squared,
    "load forgotten": lambda: patch(ROOM, lambda candidate: 1.0),
    "relevance squared": _relevance_squared,
    "past answers forgotten": lambda: patch(f"{SCORING}.answering", lambda answers: 0.5),
    "twice the minutes kept free": _twice_kept_free,
    "offers held to the pledge": _offers_held_to_the_pledge,
    "both of these": _both,
}


@contextmanager
def in_force(name: str) -> Iterator[None]:
    """Nothing for a name that is no rule."""
    if name not in RULES:
        yield
        return
    with RULES[name]():
        yield
