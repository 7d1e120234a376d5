"""Opens the engine that is measured, whole or with one part off, to see what the part brings."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from essaim.matching import Index
from essaim.matching.ranking import PARTS
from essaim.matching.request import WEIGHTS, Request
from essaim.matching.spelling import Spelling

WHOLE = ""


def _unread(*_: object) -> None:
    """No correction."""


# A part of the score that weighs nothing still helps to choose the hundred that are weighed.
SWITCHES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    **{name: partial(patch.dict, PARTS, {name: 0.0}) for name in PARTS},
    "spelling": partial(patch.object, Spelling, "correct", _unread),
    "phrases": partial(patch.object, Request, "phrases", ()),
    "common_words": partial(patch.dict, WEIGHTS, dict.fromkeys(WEIGHTS, 1.0)),
}


@contextmanager
def opened(path: Path, without: str = WHOLE) -> Iterator[Index]:
    """An index of the shipped engine; within it, this process works without that part."""
    with SWITCHES[without]() if without else nullcontext(), Index(path) as index:
        yield index
