"""At night nobody is written to, but for what somebody waits for; on the clock of the reader."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from essaim.core import digest, notifications, outbox
from essaim.core.models import Channel, Notice, OutboxRow
from essaim.exchange.actions.guards import set_guards
from essaim.exchange.notifications import needs as telling
from essaim.exchange.quiet_hours import when_it_is_day
from essaim.exchange.working_hours import next_civil_hour
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_ask,
    make_director,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nights")]
PARIS = ZoneInfo("Europe/Paris")
NIGHT = datetime(2027, 1, 14, 23, 30, tzinfo=PARIS)


@pytest.fixture
def at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NIGHT)


def stop_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(UTC))


@pytest.mark.usefixtures("at_night")
def test_an_ask_of_the_evening_leaves_in_the_morning(
    hub: Hub, author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = make_ask(make_need(author, hub), make_resident(hub))
    telling.asked(ask.need, [ask])

    outbox.deliver()
    assert mail.outbox == []
    row = OutboxRow.objects.get()
    assert row.due_at == datetime(2027, 1, 15, 8, tzinfo=PARIS)
    assert (row.attempts, row.claim, row.dead_at) == (0, None, None)

    stop_clock(monkeypatch, NIGHT + timedelta(hours=9))
    outbox.deliver()
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("at_night")
def test_a_yes_is_told_at_once(hub: Hub, author: Person) -> None:
    notifications.notify(telling.NEED_IN_HAND, to=author, title="Oui", key="yes", exchange=ABSENT)
    outbox.deliver()
    assert OutboxRow.objects.get().done_at is not None


ABSENT = "00000000-0000-0000-0000-000000000000"


@pytest.mark.usefixtures("at_night")
def test_the_clock_is_that_of_the_reader(author: Person, hub: Hub) -> None:
    island = make_resident(make_hub(time_zone="Indian/Reunion"))
    ask = make_ask(make_need(author, hub), island)
    telling.asked(ask.need, [ask])

    outbox.deliver()

    # Half past two there: eight on the island is five in Paris.
    assert OutboxRow.objects.get().due_at == datetime(2027, 1, 15, 5, tzinfo=PARIS)


def test_hosts_read_by_the_clock_of_the_hive_they_animate_and_others_by_that_of_the_network() -> (
    None
):
    host = make_host(make_hub(time_zone="Indian/Reunion"))
    at = NIGHT.astimezone(UTC)
    assert when_it_is_day(host, at) == datetime(2027, 1, 15, 5, tzinfo=PARIS)
    assert when_it_is_day(make_person(), at) == datetime(2027, 1, 15, 8, tzinfo=PARIS)


def test_the_network_says_when_it_sleeps() -> None:
    set_guards(by=make_director(), wakes_at=10, sleeps_at=18)
    evening = datetime(2027, 1, 14, 18, 5, tzinfo=PARIS)
    assert when_it_is_day(make_person(), evening) == datetime(2027, 1, 15, 10, tzinfo=PARIS)


def test_a_worker_that_slept_until_the_night_sends_fridays_letter_in_the_morning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    friday = datetime(2027, 1, 15, 14, 5, tzinfo=PARIS)
    stop_clock(monkeypatch, friday)
    person = make_person()
    kind = notifications.Kind("news", "News", Channel.DIGEST)
    monkeypatch.setattr(digest, "SECTIONS", [])
    notifications.notify(kind, to=person, title="Nadia te remercie", key="k")
    digest.write_fridays_letters(friday)

    stop_clock(monkeypatch, friday + timedelta(hours=12))
    OutboxRow.objects.update(due_at=friday)
    outbox.deliver(limit=50)
    assert (mail.outbox, Notice.objects.filter(digest_on=None).count()) == ([], 1)

    stop_clock(monkeypatch, friday + timedelta(hours=20))
    outbox.deliver(limit=50)
    assert [message.to for message in mail.outbox] == [[person.email]]


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
    zone=st.sampled_from(("Europe/Paris", "Indian/Reunion", "America/Martinique", "Asia/Kolkata")),
    first=st.integers(6, 10),
    last=st.integers(18, 23),
)
def test_mail_leaves_by_day_and_never_later_than_the_next_morning(
    moment: datetime, zone: str, first: int, last: int
) -> None:
    asked = moment.replace(tzinfo=UTC)

    at = next_civil_hour(asked, zone, first=time(first), last=time(last))

    local = at.astimezone(ZoneInfo(zone))
    assert first <= local.hour < last
    assert timedelta(0) <= at - asked <= timedelta(hours=24 - last + first + 1)
    assert at == asked or local.time() == time(first)
