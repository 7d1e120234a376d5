"""Opens the engine that is measured, whole or with one part off, to see what the part brings."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from essaim.matching import Index
from essaim.matching.encoder import default_encoder
from essaim.matching.ranking import SEMANTIC, Laws
from essaim.matching.request import WEIGHTS, Request
from essaim.matching.spelling import Spelling

WHOLE = ""


def _unread(*_: object) -> None:
    """No correction."""


PARTS = tuple(SEMANTIC.once.of_parts)
SWITCHES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    **dict.fromkeys(PARTS, nullcontext),
    "spelling": partial(patch.object, Spelling, "correct", _unread),
    "phrases": partial(patch.object, Request, "phrases", ()),
    "common_words": partial(patch.dict, WEIGHTS, dict.fromkeys(WEIGHTS, 1.0)),
}


@contextmanager
def opened(path: Path, without: str = WHOLE) -> Iterator[Index]:
    """An index of the shipped engine; within it, this process works without that part."""
    laws = _without(without) if without in PARTS else SEMANTIC
    switch = SWITCHES[without]() if without else nullcontext()
    with switch, Index(path, default_encoder(), laws) as index:
        yield index


def _without(part: str) -> Laws:
    return replace(SEMANTIC, once=replace(SEMANTIC.once, **{part: 0.0}))
