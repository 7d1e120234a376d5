"""Erases again somebody whom a backup brought back."""

from uuid import UUID

from django.db import transaction

from essaim.core import erasures
from essaim.home.actions.leaving import erase_person
from essaim.people.models import NetworkRole, Person, PersonState


@erasures.register
@transaction.atomic
def erase_again(person_id: UUID) -> bool:
    person = Person.objects.exclude(state=PersonState.ERASED).filter(pk=person_id).first()
    if person is None:
        return False
    # At the time of the backup this may have been the last administrator: no reason to stay.
    NetworkRole.objects.filter(person=person).delete()
    erase_person(person=person, by=person)
    return True
