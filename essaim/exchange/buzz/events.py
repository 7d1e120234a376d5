"""What the screens of a Buzz are told, one after the other.

The number of an event is taken from the row of its Buzz, which the writer holds until the end of
the transaction: whoever reads number 7 knows that 1 to 6 are there. A sequence of the database
would not promise that, since a younger transaction may be there before an older one.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from essaim.exchange.models import Buzz, BuzzEvent, BuzzGesture
from essaim.people.models import Person


def lock_buzz(buzz: Buzz) -> Buzz:
    """The Buzz as it stands; nobody else writes into it until the end of the transaction."""
    return lock_buzzes([buzz.pk])[buzz.pk]


def lock_buzzes(ids: Collection[UUID]) -> dict[UUID, Buzz]:
    """In the order of their ids, so that two hives that tell each other something never wait in a
    circle."""
    rows = Buzz.objects.select_related("hub").select_for_update(of=("self",))
    return {buzz.pk: buzz for buzz in rows.filter(pk__in=ids).order_by("pk")}


def tell(buzz: Buzz, kind: str, *, about: Person | None = None, **facts: Any) -> None:
    """Adds an event to a Buzz that `lock_buzz` has given."""
    Buzz.objects.filter(pk=buzz.pk).update(last_event=F("last_event") + 1)
    buzz.last_event += 1
    BuzzEvent.objects.create(buzz=buzz, number=buzz.last_event, kind=kind, about=about, facts=facts)


def is_new(key: UUID | None, by: Person) -> bool:
    """False when this person sent the same gesture before. Without a key each is a new one."""
    if key is None:
        return True
    _gesture, new = BuzzGesture.objects.get_or_create(person=by, key=key)
    return new


def events_after(buzz: Buzz, number: int) -> list[BuzzEvent]:
    return list(buzz.events.filter(number__gt=number).order_by("number"))


def forget_person(person: Person) -> None:
    """Where somebody else's screen named them. The numbers stay."""
    BuzzEvent.objects.filter(facts__icontains=str(person.pk)).update(facts={})


def forget_gestures(before: datetime) -> None:
    BuzzGesture.objects.filter(at__lt=before).delete()
