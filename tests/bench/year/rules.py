"""Rules of the software changed for one year, to see what each would bring. None is in force."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

ASKS, LADDER = "essaim.exchange.actions.asks", "essaim.exchange.escalation.LADDER"
ROOM = "essaim.exchange.scoring.room"


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


RULES: Mapping[str, Callable[[], Any]] = {
    "waves of two": lambda: patch(f"{ASKS}.WAVE", 2),
    "waves of five": lambda: patch(f"{ASKS}.WAVE", 5),
    "steps twice as fast": _twice_as_fast,
    "load squared": _load_squared,
    "load forgotten": lambda: patch(ROOM, lambda candidate: 1.0),
}


@contextmanager
def in_force(name: str) -> Iterator[None]:
    """Nothing for a name that is no rule."""
    if name not in RULES:
        yield
        return
    with RULES[name]():
        yield
