"""Care for those who carry much."""

from django.db import transaction

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.home import notifications as telling
from essaim.hubs.rules import hosts_person
from essaim.people.models import Person


@transaction.atomic
def offer_rest(*, person: Person, by: Person) -> None:
    """A word of their host, once a month at most; they choose whether to pause."""
    if not hosts_person(by, person):
        raise NotAllowed
    journal.record("host.rest", person, by=by)
    telling.nudged(person, "rest", by)
