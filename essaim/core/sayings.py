"""Sentences that are kept in the database and said in the language of whoever reads them."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Saying:
    """`text` is an English msgid, marked with `gettext_noop` where it is written."""

    text: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text) % self.facts

    def kept(self) -> dict[str, Any]:
        return {"text": self.text, "facts": self.facts}


def read_back(kept: dict[str, Any]) -> Saying:
    return Saying(kept["text"], kept["facts"])
