"""What takes a host more than one tap from the list of Mondays: phone, introduce, put on the Buzz,
pause, thank. Each folds its line, says when it comes back, and has a way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.models import JournalEntry
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.writing import prose
from essaim.exchange.actions import capacity, hosting
from essaim.exchange.capacity import lock_capacity
from essaim.exchange.matching import kept_apart
from essaim.exchange.models import BuzzPromise, HelpExchange, Need, Pause
from essaim.home import notifications as telling
from essaim.home.actions.monday import Gone, fold
from essaim.home.monday import Kind
from essaim.hubs.models import Invitation
from essaim.hubs.rules import hosts_hub, hosts_person
from essaim.people.models import Person

THANKS = 500
INTRODUCED = 3
# Who was thanked, and who rests, is not shown again at once.
A_MONTH = 30


class NothingWritten(Refusal):
    message = _("Write a few words first.")


class RestsAlready(Refusal):
    message = _("This person is on a pause already: only they change it.")


class NobodyChosen(Refusal):
    message = _("Choose one to three people of the hive.")


class CannotIntroduce(Refusal):
    message = _("These two cannot be introduced to each other: choose somebody else.")


class CallOutcome(models.TextChoices):
    REACHED = "reached", _("we talked")
    MESSAGE = "message", _("I left a message")
    NOBODY = "nobody", _("nobody answered")


# After a call without an answer one tries again soon.
CALLED_AGAIN = {CallOutcome.REACHED: 7, CallOutcome.MESSAGE: 3, CallOutcome.NOBODY: 1}


@dataclass(frozen=True)
class Concern:
    """What a line is about: the row, its hive if it has one, and whom one may phone about it."""

    thing: models.Model
    hub_id: UUID | None
    people: tuple[Person, ...]


def _need(pk: UUID) -> Concern | None:
    need = Need.objects.exclude(published_at=None).select_related("author").filter(pk=pk).first()
    return Concern(need, need.hub_id, (need.author,)) if need else None


def _help(pk: UUID) -> Concern | None:
    found = HelpExchange.objects.select_related("giver", "receiver").filter(pk=pk).first()
    return Concern(found, found.hub_id, (found.giver, found.receiver)) if found else None


def _promise(pk: UUID) -> Concern | None:
    rows = BuzzPromise.objects.select_related("giver", "receiver", "buzz")
    found = rows.filter(pk=pk).first()
    return Concern(found, found.buzz.hub_id, (found.giver, found.receiver)) if found else None


def _invitation(pk: UUID) -> Concern | None:
    found = Invitation.objects.select_related("person").filter(pk=pk).first()
    return Concern(found, found.hub_id, (found.person,)) if found else None


def _person(pk: UUID) -> Concern | None:
    found = Person.objects.present().filter(pk=pk).first()
    return Concern(found, None, (found,)) if found else None


ABOUT: dict[Kind, Callable[[UUID], Concern | None]] = {
    Kind.NEED: _need,
    Kind.NEED_LOOKED_AFTER: _need,
    Kind.NEED_IMPORTED: _need,
    Kind.DISPUTE: _help,
    Kind.UNCLAIMED: _help,
    Kind.PROMISE: _promise,
    Kind.INVITATION: _invitation,
    Kind.NEWCOMER: _person,
    Kind.ISOLATED: _person,
    Kind.SILENT: _person,
    Kind.GENEROUS: _person,
}


def concern_of(*, kind: Kind, thing_id: UUID, by: Person) -> Concern:
    """Of a line that the host may act on; `Gone` when there is nothing any more."""
    found = ABOUT[kind](thing_id) if kind in ABOUT else None
    if found is None:
        raise Gone
    if found.hub_id is None:
        allowed = hosts_person(by, found.people[0])
    else:
        allowed = hosts_hub(by, found.hub_id)
    if not allowed:
        raise NotAllowed
    return found


@transaction.atomic
def note_call(*, kind: Kind, thing_id: UUID, person: Person, outcome: str, by: Person) -> int:
    """In the journal, and on the need if it is about one; answers in how many days it comes back.

    What was said stays between the two.
    """
    found = concern_of(kind=kind, thing_id=thing_id, by=by)
    if person not in found.people:
        raise NotAllowed
    came = CallOutcome(outcome)
    journal.record(
        "host.call", found.thing, by=by, hub_id=found.hub_id, outcome=came, person=str(person.pk)
    )
    if isinstance(found.thing, Need) and came == CallOutcome.REACHED:
        hosting.note_call(need=found.thing, by=by)
    fold(by=by, kind=kind, thing_id=thing_id, days=CALLED_AGAIN[came])
    return CALLED_AGAIN[came]


@transaction.atomic
def put_on_buzz(*, kind: Kind, thing_id: UUID, by: Person) -> Need:
    need = _need_of(kind, thing_id, by)
    hosting.put_on_friday_bell(need=need, by=by)
    fold(by=by, kind=kind, thing_id=thing_id)
    return need


@transaction.atomic
def take_off_buzz(*, kind: Kind, thing_id: UUID, by: Person) -> None:
    need = _need_of(kind, thing_id, by)
    if not need.steps.filter(action="friday_bell", actor=by).exists():
        raise Gone  # another host put it there
    hosting.take_off_friday_bell(need=need, by=by)


def _need_of(kind: Kind, thing_id: UUID, by: Person) -> Need:
    found = concern_of(kind=kind, thing_id=thing_id, by=by).thing
    if not isinstance(found, Need):
        raise Gone
    return found


@transaction.atomic
def pause_asks(*, kind: Kind, thing_id: UUID, days: int, by: Person) -> Person:
    """Nothing is asked of somebody for a while; they are told who did it, and how to come back."""
    person = _person_of(kind, thing_id, by)
    today = timezone.localdate()
    lock_capacity(person)
    if Pause.objects.on(today).filter(person=person).exists():
        # One's own pause may be longer, or without an end.
        raise RestsAlready
    until = today + timedelta(days=days)
    capacity.pause(person=person, until=until, by=by)
    telling.paused(person, until, by)
    fold(by=by, kind=kind, thing_id=thing_id, days=days)
    return person


@transaction.atomic
def offer_pause(*, kind: Kind, thing_id: UUID, by: Person) -> Person:
    """A word: the person says whether they want it."""
    person = _person_of(kind, thing_id, by)
    word = "rest" if kind == Kind.SILENT else "breathe"
    journal.record(f"host.{word}", person, by=by)
    telling.nudged(person, word, by)
    fold(by=by, kind=kind, thing_id=thing_id)
    return person


@transaction.atomic
def end_pause(*, kind: Kind, thing_id: UUID, by: Person) -> None:
    """Taken back: asks reach the person again, who is told."""
    person = _person_of(kind, thing_id, by)
    if not _paused_by(person, by):
        raise Gone
    capacity.resume(person=person, by=by)
    telling.pause_taken_back(person, by)


def _paused_by(person: Person, by: Person) -> bool:
    """A pause that the person took is theirs to end."""
    underway = Pause.objects.on(timezone.localdate()).filter(person=person)
    mine = JournalEntry.objects.filter(verb="pause", actor_id=by.pk)
    return mine.filter(thing_id__in=underway.values("pk")).exists()


def _person_of(kind: Kind, thing_id: UUID, by: Person) -> Person:
    found = concern_of(kind=kind, thing_id=thing_id, by=by)
    if found.hub_id is not None:
        raise Gone
    return found.people[0]


@transaction.atomic
def thank(*, kind: Kind, thing_id: UUID, words: str, by: Person) -> Person:
    """A note from the host, which nobody else reads."""
    person = _person_of(kind, thing_id, by)
    words = prose(words).strip()[:THANKS]
    if not words:
        raise NothingWritten
    journal.record("host.thank", person, by=by)
    telling.thanked(person, words, by)
    fold(by=by, kind=kind, thing_id=thing_id, days=A_MONTH)
    return person


@transaction.atomic
def introduce(*, kind: Kind, thing_id: UUID, others: Sequence[Person], by: Person) -> Person:
    """Each reads who the other is and where their page is; addresses stay behind a yes.

    That two people are kept apart is told to nobody: it reads like any other impossibility.
    """
    person = _person_of(kind, thing_id, by)
    if not 1 <= len(others) <= INTRODUCED:
        raise NobodyChosen
    for other in others:
        if other.pk == person.pk or not hosts_person(by, other) or kept_apart(person.pk, other.pk):
            raise CannotIntroduce
        journal.record("host.introduce", person, by=by, other=str(other.pk))
        telling.introduced(person, other, by)
    fold(by=by, kind=kind, thing_id=thing_id)
    return person
