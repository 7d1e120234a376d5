"""What people say of themselves, and to whom it is shown."""

from django.db import transaction

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.people.freshness import touch
from essaim.people.models import Person

WORDS = frozenset({"given_name", "family_name", "phone", "about", "language"})
CHOICES = frozenset({"profile_audience", "email_audience", "phone_audience"})


@transaction.atomic
def update_profile(*, person: Person, by: Person, **words: str) -> None:
    _write(person, by, words, WORDS)
    touch([person.pk])
    journal.record("person.update", person, by=by, fields=" ".join(sorted(words)))


@transaction.atomic
def set_visibility(*, person: Person, by: Person, **audiences: str) -> None:
    """The journal keeps what was chosen and when: a choice of this kind must be shown later."""
    _write(person, by, audiences, CHOICES)
    journal.record("person.set_visibility", person, by=by, hub_id=None, **audiences)


def _write(person: Person, by: Person, values: dict[str, str], writable: frozenset[str]) -> None:
    if by.pk != person.pk:
        raise NotAllowed
    assert values.keys() <= writable, f"not for this action: {values.keys() - writable}"
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=values.keys())
