"""What may be imported: each kind says its columns, checks its lines and writes them.

Kinds are registered by the apps above, in their module `imports`. Nothing here knows the trade.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from essaim.core.models import Decision, ImportLine, ImportRun
from essaim.core.sayings import Saying

Words = str | Promise
# Text of the cell -> what is kept; raises `Problem`, and may add a remark to the line.
Clean = Callable[[str, ImportLine], Any]

MISSING = gettext_noop("“%(column)s” is missing.")
FORMULA = gettext_noop(
    "“%(column)s” holds a formula: paste its value instead, so that what you see is what is kept."
)


class Problem(Exception):
    """A cell that cannot be taken, with the reason."""

    def __init__(self, text: str, **facts: Any) -> None:
        super().__init__(text)
        self.saying = Saying(text, facts)


@dataclass(frozen=True)
class Field:
    code: str
    label: Words
    clean: Clean
    synonyms: tuple[str, ...] = ()
    required: bool = False
    help: Words = ""
    width: int = 20


@dataclass(frozen=True)
class Place:
    """Where things are imported to: a hub, or the network (None)."""

    hub_id: UUID | None
    name: Words


@dataclass
class Context:
    """For one pass over lines: who imports, where, and whatever the kind looked up once."""

    run: ImportRun
    by: Any

    @property
    def hub_id(self) -> UUID | None:
        return self.run.hub_id


class Kind(ABC):
    code: str
    name: Words
    sentence: Words
    fields: tuple[Field, ...]
    # Labels of the models that it creates, those that lean on others first: the order of undoing.
    creates: tuple[str, ...]
    # When a file holds several lists: those that others lean on come first.
    turn: int
    # What one does once they are in: words of a link, and the name of its address.
    next_step: tuple[Words, str] | None = None

    @abstractmethod
    def places(self, person: Any) -> list[Place]:
        """Where this person may import and export; nothing for who may nowhere."""

    @abstractmethod
    def examine(self, lines: list[ImportLine], context: Context) -> None:
        """Adds problems, remarks and duplicates to lines whose cells are clean."""

    @abstractmethod
    def write(self, lines: list[ImportLine], context: Context) -> None:
        """Writes lines in bulk: sets `thing_id`, `created`, `changed`; or adds a problem."""

    @abstractmethod
    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        """What is already here, in the words of the columns, as far as `viewer` may see it."""

    @abstractmethod
    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        """Lines in the words of the columns."""

    def obstacles(self, ids: Iterable[UUID]) -> Mapping[UUID, Saying]:
        """Why a thing that was imported cannot be taken back, beyond being used elsewhere."""
        return {}

    def field(self, code: str) -> Field:
        return next(field for field in self.fields if field.code == code)

    def place(self, person: Any, hub_id: UUID | None) -> Place | None:
        return next((place for place in self.places(person) if place.hub_id == hub_id), None)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    assert kind.code not in KINDS, f"two kinds of import are called {kind.code}"
    KINDS[kind.code] = kind
    return kind


def note_created(line: ImportLine, thing: models.Model) -> None:
    line.created.append([thing._meta.label_lower, str(thing.pk)])


def change(line: ImportLine, thing: models.Model, values: Mapping[str, Any]) -> bool:
    """Fills what is empty, or replaces, as decided; notes what was there. Does not save."""
    changes = {}
    for name, value in values.items():
        before = getattr(thing, name)
        wanted = value not in ("", None) and str(value) != str(before)
        if wanted and (line.decision == Decision.REPLACE or before in ("", None)):
            changes[name] = [str(before) if isinstance(before, date) else before, value]
            setattr(thing, name, value)
    if changes:
        line.changed.append([thing._meta.label_lower, str(thing.pk), changes])
    return bool(changes)
