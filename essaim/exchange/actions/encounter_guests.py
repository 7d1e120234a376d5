"""To be drawn or not: one asks for it, pauses it and leaves it oneself, in one tap."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.models import AvoidPair, Encounter, EncounterGuest, EncounterPlace
from essaim.people.models import Person


class NotAGuest(Refusal):
    message = _("You are not among those who are drawn.")


class PauseIsOver(Refusal):
    message = _("Choose a day to come.")


@transaction.atomic
def join_encounters(*, person: Person, by: Person) -> EncounterGuest:
    """Said twice, it is said once; it also ends a pause."""
    _refuse_others(person, by)
    guest, is_new = EncounterGuest.objects.update_or_create(
        person=person, defaults={"paused_until": None}
    )
    journal.record("join_encounters" if is_new else "resume_encounters", guest, by=by)
    return guest


@transaction.atomic
def pause_encounters(*, person: Person, until: date, by: Person) -> None:
    _refuse_others(person, by)
    if until <= timezone.localdate():
        raise PauseIsOver
    guest = EncounterGuest.objects.filter(person=person).first()
    if guest is None:
        raise NotAGuest
    guest.paused_until = until
    guest.save(update_fields=["paused_until"])
    journal.record("pause_encounters", guest, by=by)


@transaction.atomic
def leave_encounters(*, person: Person, by: Person) -> None:
    """From the next round on; what was proposed already can be declined by itself."""
    _refuse_others(person, by)
    guest = EncounterGuest.objects.filter(person=person).first()
    if guest is not None:
        journal.record("leave_encounters", guest, by=by)
        guest.delete()


@transaction.atomic
def never_again(*, encounter: Encounter, other: Person, by: Person) -> None:
    """Not with this person any more: nobody but oneself ever knows."""
    places = EncounterPlace.objects.filter(encounter=encounter)
    people = set(places.values_list("person_id", flat=True))
    if not {by.pk, other.pk} <= people or by.pk == other.pk:
        raise NotAllowed
    AvoidPair.objects.get_or_create(person=by, other=other)


def _refuse_others(person: Person, by: Person) -> None:
    if person.pk != by.pk:
        raise NotAllowed
