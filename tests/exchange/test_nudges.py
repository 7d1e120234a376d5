from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from essaim.core.models import Channel, JournalEntry, Notice
from essaim.exchange.actions import help as helping
from essaim.exchange.models import Pause, Silence
from essaim.exchange.nudges import Nudge, Side, nudge_for
from essaim.exchange.sweeps.nudges import nudge
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import lend, make_exchange, make_need, make_resident, make_skill

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (Side(), None),
        (Side(received=60), Nudge.OFFER),
        (Side(received=60, lends=True), None),
        (Side(given=60), Nudge.ASK),
        (Side(given=60, asked_lately=True), None),
        (Side(given=60, received=60), None),
        (Side(given=30, received=60), Nudge.OFFER),
    ],
)
def test_which_word_suits_whom(side: Side, expected: Nudge | None) -> None:
    assert nudge_for(side) == expected


def friday(hour: int = 9) -> datetime:
    """The next one, at that hour in Paris."""
    now = timezone.localtime()
    day = now.date() + timedelta(days=(4 - now.weekday()) % 7)
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


def seen(person: Person, days: int) -> None:
    at = friday() - timedelta(days=days)
    Person.objects.filter(pk=person.pk).update(created_at=at, last_login=at)


@pytest.fixture
def giver(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia")


@pytest.fixture
def receiver(hub: Hub, giver: Person) -> Person:
    """Was helped, and lends nothing."""
    person = make_resident(hub, given_name="Omar")
    exchange = make_exchange(giver, person, hub)
    helping.claim_minutes(exchange=exchange, minutes=60, by=giver)
    helping.confirm_help(exchange=exchange, by=person)
    Notice.objects.all().delete()
    JournalEntry.objects.update(at=friday() - timedelta(days=20))
    for one in (giver, person):
        seen(one, 20)
    return person


def told() -> list[tuple[Person, str, str]]:
    rows = Notice.objects.filter(code="nudge").order_by("recipient__given_name")
    return [(n.recipient, n.facts["about"], n.channel) for n in rows]


def test_each_is_told_what_suits_them_in_fridays_letter(giver: Person, receiver: Person) -> None:
    assert nudge(friday()) == 2
    assert told() == [(giver, "ask", Channel.DIGEST), (receiver, "offer", Channel.DIGEST)]


def test_nothing_on_other_days_nor_once_the_letters_left(receiver: Person) -> None:
    assert [nudge(friday() + timedelta(days=1)), nudge(friday(14))] == [0, 0]


@pytest.mark.parametrize(("days", "count"), [(6, 0), (8, 1), (89, 1), (92, 0)])
def test_only_who_was_silent_for_a_week_and_is_not_dormant(
    giver: Person, receiver: Person, days: int, count: int
) -> None:
    JournalEntry.objects.all().delete()
    seen(giver, 1)
    seen(receiver, days)
    assert nudge(friday()) == count


def test_one_word_of_a_kind_in_three_months(receiver: Person, giver: Person) -> None:
    seen(giver, 1)
    assert [nudge(friday()), nudge(friday() + timedelta(hours=1))] == [1, 0]
    Notice.objects.update(created_at=friday() - timedelta(days=90))
    assert nudge(friday()) == 0
    Notice.objects.update(created_at=friday() - timedelta(days=92), key="old")
    assert nudge(friday()) == 1


def test_who_lends_or_asked_lately_is_not_told(giver: Person, receiver: Person, hub: Hub) -> None:
    lend(receiver, make_skill())
    make_need(giver, hub)
    assert nudge(friday()) == 0


def test_who_rests_or_is_asked_how_they_are_is_left_alone(giver: Person, receiver: Person) -> None:
    Pause.objects.create(person=giver)
    Silence.objects.create(person=receiver, cause="unanswered")
    assert nudge(friday()) == 0
