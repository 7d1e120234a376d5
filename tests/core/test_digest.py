from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from essaim.core import digest, notifications, outbox
from essaim.core.models import Channel, Notice, OutboxRow
from essaim.people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = date(2026, 11, 20)
WEEKLY = notifications.Kind("news", "News", Channel.DIGEST)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(notifications.KINDS, "news", WEEKLY)
    monkeypatch.setattr(digest, "SECTIONS", [])


def tell(person: Person, title: str) -> None:
    notifications.notify(WEEKLY, to=person, title=title, path="/", key=title)


def friday_at(hour: int, *, days_later: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, tzinfo=PARIS) + timedelta(days=days_later)


def send(now: datetime) -> None:
    digest.write_fridays_letters(now)
    OutboxRow.objects.update(due_at=now - timedelta(days=30))
    outbox.deliver(limit=100)


def test_one_letter_a_week_with_all_that_waited() -> None:
    person = make_person()
    tell(person, "Nadia te remercie")
    tell(person, "Deux nouveaux dans la ruche")

    send(friday_at(14))
    send(friday_at(15))

    message: Any = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert message.subject == "Ta semaine à la ruche"
    assert "Nadia te remercie" in message.body
    assert "Deux nouveaux dans la ruche" in message.alternatives[0][0]
    assert Notice.objects.filter(digest_on=FRIDAY).count() == 2


def test_an_empty_letter_does_not_leave() -> None:
    make_person()

    send(friday_at(14))

    assert mail.outbox == []


def test_what_was_read_is_not_told_again() -> None:
    person = make_person()
    tell(person, "Nadia te remercie")
    notifications.read_all(person=person)

    send(friday_at(14))

    assert mail.outbox == []


def test_apps_add_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    make_person()
    seen: list[datetime] = []

    def newcomers(person: Person, since: datetime) -> list[digest.Line]:
        seen.append(since)
        return [("Sami vient d’arriver", "/ruche/")]

    monkeypatch.setattr(digest, "SECTIONS", [newcomers])

    send(friday_at(14))

    assert "Sami vient d’arriver" in mail.outbox[0].body
    assert seen == [friday_at(14, days_later=-7)]


def test_the_letters_of_a_friday_are_written_once() -> None:
    make_person()
    digest.write_fridays_letters(friday_at(14))
    make_person()

    digest.write_fridays_letters(friday_at(15))

    assert OutboxRow.objects.filter(kind="digest").count() == 1


def test_who_unsubscribed_gets_none() -> None:
    person = make_person()
    tell(person, "Nadia te remercie")
    notifications.mute(person_id=person.pk, kind=digest.DIGEST)

    send(friday_at(14))

    assert mail.outbox == []


@pytest.mark.parametrize(
    ("now", "friday"),
    [
        (friday_at(14), FRIDAY),
        (friday_at(13), FRIDAY - timedelta(days=7)),
        (friday_at(10, days_later=3), FRIDAY),
    ],
)
def test_the_last_friday(now: datetime, friday: date) -> None:
    assert digest.last_friday(now) == friday


def test_a_worker_that_slept_sends_it_on_saturday_but_not_on_tuesday() -> None:
    tell(make_person(), "Nadia te remercie")
    digest.write_fridays_letters(friday_at(14, days_later=4))
    assert OutboxRow.objects.filter(kind="digest").count() == 0

    send(friday_at(9, days_later=1))

    assert len(mail.outbox) == 1
