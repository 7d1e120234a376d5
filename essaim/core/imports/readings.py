"""Sheets that an export adds to be read: what happened, which no import could bring back."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from essaim.core.imports.kinds import Words

# Stands above the columns; by it the sheet is known again when the file comes back.
NOTE = _("To be read: this sheet is never imported.")


class Reading(ABC):
    code: str
    name: Words
    columns: Sequence[tuple[Words, int]]  # name, width

    @abstractmethod
    def rows(self, viewer: Any, hub_id: UUID | None) -> Iterator[list[str]]:
        """As far as `viewer` may see them; nothing for who may see none."""


READINGS: dict[str, Reading] = {}


def register(reading: Reading) -> Reading:
    assert reading.code not in READINGS, f"two sheets to be read are called {reading.code}"
    READINGS[reading.code] = reading
    return reading
