"""« Les Bocaux (fondatrice, 2024-01-15) ; Vélos du Rhône »: who works where, in one cell."""

import re
from dataclasses import dataclass
from datetime import date

from essaim.core.imports import cleaning
from essaim.core.imports.kinds import Problem
from essaim.core.models import ImportLine
from essaim.people.models import AffiliationRole

ENDS_WITH_BRACKETS = re.compile(r"(.*?)\s*\(([^()]*)\)\s*$", re.DOTALL)
ROLE = cleaning.one_of(
    dict(AffiliationRole.choices),
    {
        "fondatrice": AffiliationRole.FOUNDER,
        "fondateur": AffiliationRole.FOUNDER,
        "cofondatrice": AffiliationRole.FOUNDER,
        "cofondateur": AffiliationRole.FOUNDER,
        "co-founder": AffiliationRole.FOUNDER,
        "salarié": AffiliationRole.TEAM,
        "salariée": AffiliationRole.TEAM,
        "employee": AffiliationRole.TEAM,
        "bénévole": AffiliationRole.VOLUNTEER,
    },
)
# Neither a day nor a role has a remark to make on its line.
NO_LINE = ImportLine()


@dataclass(frozen=True)
class Mention:
    name: str
    role: str = ""
    since_on: str = ""


def read(cell: str) -> list[Mention]:
    parts = (part.strip() for part in re.split(r"[;\n]", cell))
    return [_mention(part) for part in parts if part]


def _mention(part: str) -> Mention:
    found = ENDS_WITH_BRACKETS.match(part)
    if not found:
        return Mention(part)
    role = since_on = ""
    for word in filter(None, (word.strip() for word in found[2].split(","))):
        try:
            since_on = cleaning.day(word, NO_LINE)
        except Problem:
            try:
                role = ROLE(word, NO_LINE)
            except Problem:
                return Mention(part)  # the brackets belong to the name
    return Mention(found[1], role, since_on)


def write(name: str, role: str, since_on: date) -> str:
    return f"{name} ({AffiliationRole(role).label}, {since_on.isoformat()})"


def join(mentions: list[str]) -> str:
    return " ; ".join(mentions)
