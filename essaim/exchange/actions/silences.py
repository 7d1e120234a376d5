"""After a silence: nobody is sent, the person is asked how they are, and one word ends it.

Nobody is ever struck off for having been silent.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.exchange import signs
from essaim.exchange.actions import capacity
from essaim.exchange.capacity import lock_capacity
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import Ask, AskState, Pause, Silence, SilenceAnswer, SilenceCause
from essaim.exchange.notifications import silences as telling
from essaim.hubs.models import Residency
from essaim.people.models import Person, PersonState

HALF_YEAR = timedelta(days=182)
# Of who was asked the least possible already.
REST = timedelta(weeks=4)
LEAST = 1
# A network that wakes up after years writes to so many a day.
A_DAY = 500


def unanswered_in_a_row(person_ids: Collection[UUID]) -> dict[UUID, int]:
    """Asks to which nothing was said, since the last word of each. « Later » and « no » are words.

    Those that were taken back because somebody else said yes count neither way.
    """
    spoke = Ask.objects.filter(helper=OuterRef("helper"), answered_at__gt=OuterRef("sent_at"))
    ended = Silence.objects.filter(person=OuterRef("helper"), answered_at__gt=OuterRef("sent_at"))
    rows = Ask.objects.filter(
        ~Exists(spoke),
        ~Exists(ended),
        helper__among=list(person_ids),
        state=AskState.EXPIRED,
        answered_at__isnull=True,
    )
    counted = rows.order_by().values("helper").annotate(n=Count("pk"))
    return dict(counted.values_list("helper", "n"))


@transaction.atomic
def notice_silences(person_ids: Collection[UUID], now: datetime) -> int:
    """To be called when asks of these people have just run out: who was silent too often rests."""
    most = guards_in_force().silences
    people = Person.objects.filter(pk__in=person_ids).order_by("pk")
    lock_capacity(*people)
    silent = {pk for pk, n in unanswered_in_a_row(person_ids).items() if n >= most}
    silent -= _asked_already(silent)
    for person in people:
        if person.pk in silent:
            _begin(person, SilenceCause.UNANSWERED, now)
    return len(silent)


def notice_all_silences(now: datetime) -> int:
    """For when the network is content with fewer silences than before."""
    unanswered = Ask.objects.filter(state=AskState.EXPIRED, answered_at__isnull=True)
    ids = set(unanswered.order_by().values_list("helper_id", flat=True))
    most = guards_in_force().silences
    return notice_silences({pk for pk, n in unanswered_in_a_row(ids).items() if n >= most}, now)


def _asked_already(person_ids: Collection[UUID]) -> set[UUID]:
    rows = Silence.objects.open().filter(person__in=person_ids)
    rows.filter(cause=SilenceCause.DORMANT).update(cause=SilenceCause.UNANSWERED)
    return set(rows.values_list("person_id", flat=True))


def _begin(person: Person, cause: SilenceCause, now: datetime) -> None:
    silence = Silence.objects.create(person=person, cause=cause, since_at=now, told_at=now)
    journal.record(f"silence.{cause}", silence, by=None)
    telling.asked_how_they_are(silence)


def heard(person: Person, now: datetime) -> None:
    """Whoever answers an ask, whatever they say, is no longer silent."""
    silence = Silence.objects.open().filter(person=person)
    if silence.exists():
        lock_capacity(person)
        silence.update(answered_at=now, answer=SilenceAnswer.ASK)


@transaction.atomic
def answer_silence(*, silence: Silence, answer: SilenceAnswer, by: Person) -> SilenceAnswer | None:
    """Does what the word says; said twice it is the same word, and another one may follow.

    None instead of « less often » when less was not possible: the person rests for four weeks.
    """
    if by.pk != silence.person_id or not by.is_reachable():
        raise NotAllowed
    lock_capacity(by)
    silence.refresh_from_db()
    if silence.answer != answer:
        silence.answer, silence.answered_at = answer, silence.answered_at or timezone.now()
        silence.save(update_fields=["answer", "answered_at"])
        journal.record(f"silence.{answer}", silence, by=by)
    elif answer == SilenceAnswer.LESS:
        return answer
    # Said again, it is done again: the person may have changed their mind on another page since.
    return DOING[answer](by)


def _back(person: Person) -> SilenceAnswer | None:
    capacity.resume(person=person, by=person)
    return SilenceAnswer.BACK


def _less(person: Person) -> SilenceAnswer | None:
    pledge = capacity.current_pledge(person)
    capacity.resume(person=person, by=person)
    if pledge is None or (pledge.max_asks_per_week, pledge.max_parallel) == (LEAST, LEAST):
        capacity.pause(person=person, until=timezone.localdate() + REST, by=person)
        return None
    capacity.set_pledge(
        person=person,
        minutes=pledge.minutes_per_month,
        max_asks_per_week=LEAST,
        max_parallel=LEAST,
        beyond=pledge.beyond,
        by=person,
    )
    return SilenceAnswer.LESS


def _stop(person: Person) -> SilenceAnswer | None:
    capacity.pause(person=person, by=person)
    return SilenceAnswer.STOP


DOING = {SilenceAnswer.BACK: _back, SilenceAnswer.LESS: _less, SilenceAnswer.STOP: _stop}


def renew(now: datetime) -> int:
    """Twice a year, those of whom nothing was heard for long are asked whether they are there.

    Not who said to stop: their pause lasts until they say otherwise.
    """
    gone = signs.silent_since(now - guards_in_force().dormant).filter(state=PersonState.ACTIVE)
    me = OuterRef("pk")
    told = Silence.objects.open().filter(person=me, told_at__gt=now - HALF_YEAR)
    answered = Silence.objects.filter(person=me, answered_at__gt=now - HALF_YEAR)
    paused = Pause.objects.on(timezone.localdate(now)).filter(person=me)
    due = gone.filter(Exists(Residency.objects.current().filter(person=me)))
    ids = due.filter(~Exists(told), ~Exists(answered), ~Exists(paused)).order_by("pk")
    return sum(_renew(pk, now) for pk in list(ids.values_list("pk", flat=True)[:A_DAY]))


@transaction.atomic
def _renew(person_id: UUID, now: datetime) -> bool:
    person = Person.objects.get(pk=person_id)
    lock_capacity(person)
    silence = Silence.objects.open().filter(person=person).first()
    if silence is None:
        _begin(person, SilenceCause.DORMANT, now)
        return True
    again = Silence.objects.open().filter(pk=silence.pk, told_at__lte=now - HALF_YEAR)
    if not again.update(told_at=now):
        return False
    silence.told_at = now
    telling.asked_how_they_are(silence)
    return True
