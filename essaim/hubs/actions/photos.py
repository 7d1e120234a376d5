"""An unsuitable photo of a resident, which a host takes down; to put another stays the person's."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.notifications import notify
from essaim.core.refusals import NotAllowed, Refusal
from essaim.hubs import notifications
from essaim.hubs.rules import hosts_person
from essaim.people.actions import photos
from essaim.people.models import Person


class NoPhoto(Refusal):
    message = _("There is no photo any more.")


def take_photo_down(*, person: Person, by: Person) -> None:
    """Never in silence: the person is told who did it, and may ask why or put another."""
    if person.pk == by.pk or not hosts_person(by, person):
        raise NotAllowed
    with transaction.atomic():
        before = photos.take_away(person)
        if not before:
            raise NoPhoto
        journal.record("person.take_photo_down", person, by=by)
        notify(
            notifications.PHOTO_TAKEN_DOWN,
            to=person,
            title=format_lazy(_("{name} has taken your photo down"), name=by.name),
            key=f"photo_taken_down:{before[0].pk}:{timezone.localdate()}",
            name=by.name,
        )
    photos.forget(before)
