"""People as lists call them: by their address, or by a name that only one of them bears."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop

from essaim.core.imports import cleaning
from essaim.core.models import ImportLine
from essaim.core.writing import folded
from essaim.exchange.imports.places import hosted
from essaim.people.models import Person

NOT_OURS = gettext_noop("“%(value)s” is not among the people of the hive: import people first.")
WHICH = gettext_noop(
    "Nobody of the hive is called “%(value)s”, or several people are: write the e-mail address."
)


def who(cell: str, line: ImportLine) -> str:
    return str(cleaning.email(cell, line) if "@" in cell else cleaning.text(160)(cell, line))


def called(spoken: Iterable[str], by: Any) -> dict[str, Person]:
    """For each way to call someone the person meant, of those whom `by` hosts."""
    wanted = set(spoken)
    addresses = {words for words in wanted if "@" in words}
    present = Person.objects.present()
    people = {person.email: person for person in present.filter(email__in=addresses)}
    mine = hosted(by, [person.pk for person in people.values()])
    found = {email: person for email, person in people.items() if person.pk in mine}
    return found | _by_name(wanted - addresses, by)


def _by_name(names: set[str], by: Any) -> dict[str, Person]:
    if not names:
        return {}
    wanted = {_key(name) for name in names}
    people = Person.objects.present().only("pk", "email", "given_name", "family_name", "state")
    alike = [person for person in people.iterator() if _key(person.name) in wanted]
    mine = hosted(by, [person.pk for person in alike])
    bearers = defaultdict(list)
    for person in alike:
        if person.pk in mine:
            bearers[_key(person.name)].append(person)
    return {name: bearers[_key(name)][0] for name in names if len(bearers[_key(name)]) == 1}


def _key(name: str) -> tuple[str, ...]:
    """« MARTIN Léa » is « Léa Martin »."""
    return tuple(sorted(folded(name).split()))


def object_to(line: ImportLine, spoken: str) -> None:
    line.object_to(NOT_OURS if "@" in spoken else WHICH, value=spoken[:60])
