"""When what can be found about a person last changed."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from essaim.people.models import Person


def touch(person_ids: Iterable[UUID]) -> None:
    """Call it at the end of an action that changes what finds people.

    That is: their words about themselves, toolbox card, ventures, residencies, state, and needs
    they met. The index of matching reads again whoever was touched since it last looked.
    """
    Person.objects.filter(pk__in=list(person_ids)).update(matched_at=timezone.now())
