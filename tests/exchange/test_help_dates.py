"""The moment of a help: noted by either, asked for when nobody notes it."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as mailbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import journal
from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import cancelling, dates
from essaim.exchange.actions import help as actions
from essaim.exchange.escalation import date_wanted_by
from essaim.exchange.help_lines import to_do
from essaim.exchange.models import HelpExchange, HelpState, NeedState
from essaim.exchange.sweeps.help import ask_about_forgotten_help, ask_for_missing_dates
from essaim.home.day import day_of
from essaim.home.monday_rows import matters_of
from essaim.home.small_thing import Thing
from tests.exchange.helping import deliver, notices_of
from tests.factories import make_ask, make_exchange, make_host, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
# A Thursday: three working days later is Tuesday at the same hour.
YES = datetime(2027, 3, 4, 11, tzinfo=PARIS)
TUESDAY = datetime(2027, 3, 9, 11, tzinfo=PARIS)


def make_agreed(**fields: Any) -> HelpExchange:
    hub = make_hub()
    giver, receiver = make_resident(hub, given_name="Karim"), make_resident(hub)
    return make_exchange(giver, receiver, hub, **fields)


def make_answered() -> HelpExchange:
    """A yes to the ask of a need, without a date since three working days on Tuesday."""
    hub = make_hub()
    helper, author = make_resident(hub, given_name="Karim"), make_resident(hub)
    need = make_need(author, hub, state=NeedState.IN_HAND)
    ask = make_ask(need, helper, state="accepted")
    return make_exchange(helper, author, hub, need=need, ask=ask, date_by_at=TUESDAY)


def soon(**more: float) -> datetime:
    return timezone.now().replace(second=0, microsecond=0) + timedelta(**more or {"days": 2})


def test_a_yes_asks_for_a_date_within_three_working_days() -> None:
    hub = make_hub()
    ask = make_ask(make_need(make_resident(hub), hub), make_resident(hub))

    exchange = actions.agree_help(ask=ask, by=ask.helper)

    since = timezone.now()
    assert date_wanted_by(hub, agreed_at=YES) == TUESDAY
    assert exchange.date_by_at is not None
    assert timedelta(days=2) < exchange.date_by_at - since < timedelta(days=9)


def test_a_proposal_asks_for_a_date_once_it_is_agreed() -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub), make_resident(hub)
    pair = {"giver": giver, "receiver": receiver}
    exchange = actions.propose_help(**pair, title="Un logo", minutes=30, by=giver)
    assert exchange.date_by_at is None

    actions.agree_spontaneous(exchange=exchange, by=receiver)

    exchange.refresh_from_db()
    assert exchange.date_by_at is not None


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_either_notes_the_moment_and_the_other_is_told(side: str) -> None:
    exchange, at = make_agreed(date_by_at=soon()), soon()
    by = getattr(exchange, side)

    dates.set_date(exchange=exchange, at=at, by=by)

    exchange.refresh_from_db()
    assert (exchange.meets_at, exchange.date_by_at) == (at, None)
    assert [line.verb for line in journal.of(exchange)] == ["set_date"]
    told = {one: notices_of(getattr(exchange, one)) for one in ("giver", "receiver")}
    assert told == {"giver": [], "receiver": []} | {
        "receiver" if side == "giver" else "giver": ["help_dated"]
    }


def test_a_second_tap_tells_nobody_again() -> None:
    exchange, at = make_agreed(), soon()

    for _ in range(2):
        dates.set_date(exchange=exchange, at=at, by=exchange.giver)

    assert notices_of(exchange.receiver) == ["help_dated"]


def test_a_moment_that_changes_back_is_told_each_time_and_written_once() -> None:
    exchange = make_agreed()
    for days in (2, 3, 2):
        dates.set_date(exchange=exchange, at=soon(days=days), by=exchange.giver)

    assert notices_of(exchange.receiver) == ["help_dated"] * 3
    dates.set_date(exchange=exchange, at=soon(days=4), by=exchange.giver)
    deliver()

    assert [message.to for message in mailbox.outbox] == [[exchange.receiver.email]]


def test_a_stranger_notes_no_moment() -> None:
    exchange = make_agreed()

    with pytest.raises(NotAllowed):
        dates.set_date(exchange=exchange, at=soon(), by=make_resident(exchange.hub))


@pytest.mark.parametrize(
    ("at", "refusal"),
    [(timedelta(minutes=-1), dates.MomentIsPast), (timedelta(days=400), dates.MomentIsFar)],
)
def test_a_moment_lies_ahead_and_within_a_year(at: timedelta, refusal: type[Exception]) -> None:
    exchange = make_agreed()

    with pytest.raises(refusal):
        dates.set_date(exchange=exchange, at=timezone.now() + at, by=exchange.giver)


def test_a_cancelled_help_takes_no_moment() -> None:
    exchange = make_agreed(state=HelpState.CANCELLED)

    with pytest.raises(Overtaken):
        dates.set_date(exchange=exchange, at=soon(), by=exchange.giver)


def test_both_are_asked_once_for_the_date_of_a_yes() -> None:
    exchange = make_answered()

    ask_for_missing_dates(TUESDAY - timedelta(minutes=1))
    assert notices_of(exchange.giver) == []
    for hours in (0, 1, 24):
        ask_for_missing_dates(TUESDAY + timedelta(hours=hours))

    assert notices_of(exchange.giver) == ["help_undated"]
    assert notices_of(exchange.receiver) == ["help_undated"]


def test_a_worker_that_slept_for_a_day_asks_when_it_wakes() -> None:
    exchange = make_answered()

    ask_for_missing_dates(TUESDAY + timedelta(hours=26))

    assert notices_of(exchange.receiver) == ["help_undated"]


def test_nobody_is_asked_for_a_date_at_night() -> None:
    exchange = make_answered()

    ask_for_missing_dates(TUESDAY + timedelta(hours=11))
    assert notices_of(exchange.receiver) == []
    ask_for_missing_dates(TUESDAY + timedelta(hours=22, minutes=30))

    assert notices_of(exchange.receiver) == ["help_undated"]


def test_a_help_with_a_date_or_that_is_done_is_not_asked_about() -> None:
    dated, done, gone = (make_answered() for _ in range(3))
    dates.set_date(exchange=dated, at=soon(), by=dated.giver)
    actions.claim_minutes(exchange=done, minutes=30, by=done.giver)
    cancelling.cancel_help(exchange=gone, by=gone.giver)
    Notice.objects.all().delete()

    ask_for_missing_dates(TUESDAY)

    assert not Notice.objects.exists()


def test_the_author_reads_how_to_ask_others_and_the_helper_does_not() -> None:
    exchange = make_answered()
    assert exchange.need is not None
    ask_for_missing_dates(TUESDAY)

    deliver()

    page = reverse("exchange:need", args=[exchange.need.pk])
    assert {m.to[0]: page in m.body for m in mailbox.outbox} == {
        exchange.receiver.email: True,
        exchange.giver.email: False,
    }
    [letter] = (m.body for m in mailbox.outbox if m.to == [exchange.receiver.email])
    assert exchange.giver.email in letter


def test_no_letter_asks_for_a_date_that_was_noted_meanwhile() -> None:
    exchange = make_answered()
    ask_for_missing_dates(TUESDAY)
    dates.set_date(exchange=exchange, at=soon(), by=exchange.receiver)

    deliver()

    assert [m.to for m in mailbox.outbox] == [[exchange.giver.email]]


def test_the_need_tells_that_a_date_was_asked_for(client: Client) -> None:
    exchange = make_answered()
    assert exchange.need is not None
    ask_for_missing_dates(TUESDAY)
    client.force_login(exchange.receiver)

    page = client.get(reverse("exchange:need", args=[exchange.need.pk]))

    assert "pas de date au bout de trois jours" in page.content.decode()


def test_a_dated_help_is_asked_about_the_day_after_and_not_before() -> None:
    now = timezone.now()
    ahead = make_agreed(created_at=now - timedelta(days=20), meets_at=now + timedelta(days=1))
    over = make_agreed(created_at=now - timedelta(days=5), meets_at=now - timedelta(days=1))

    ask_about_forgotten_help(now)

    assert notices_of(ahead.giver) == []
    assert notices_of(over.giver) == ["help_reminder"]


def test_a_help_ahead_waits_for_no_word_on_any_page() -> None:
    long_ago = timezone.now() - timedelta(days=20)
    exchange = make_agreed(created_at=long_ago, meets_at=soon())

    assert not to_do(exchange.giver).exists()
    assert not list(matters_of([exchange.hub.pk], timezone.now()))
    assert day_of(exchange.giver, timezone.now()).thing != Thing.CLAIM


def test_the_moment_is_read_and_shown_on_the_clock_of_the_hive(client: Client) -> None:
    exchange = make_agreed()
    exchange.hub.time_zone = "Indian/Reunion"
    exchange.hub.save()
    day = timezone.localdate() + timedelta(days=5)
    client.force_login(exchange.giver)

    client.post(
        reverse("exchange:help_date", args=[exchange.pk]), {"at": f"{day.isoformat()}T14:30"}
    )

    exchange.refresh_from_db()
    assert exchange.meets_at == datetime(day.year, day.month, day.day, 10, 30, tzinfo=UTC)
    page = client.get(reverse("exchange:help", args=[exchange.pk])).content.decode()
    assert re.search(r"à 14\sh\s30", page)
    assert f'value="{day.isoformat()}T14:30"' in page


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "UTC"])
def test_a_moment_noted_on_the_page_is_written_to_the_other(client: Client, zone: str) -> None:
    exchange = make_agreed()
    exchange.hub.time_zone = zone
    exchange.hub.save()
    day = timezone.localdate() + timedelta(days=5)
    client.force_login(exchange.giver)
    client.post(
        reverse("exchange:help_date", args=[exchange.pk]), {"at": f"{day.isoformat()}T14:30"}
    )

    deliver()

    [letter] = mailbox.outbox
    assert letter.to == [exchange.receiver.email]
    assert re.search(r"à 14\sh\s30", str(letter.body))


@pytest.mark.parametrize("page", ["exchange:helps", "home:day"])
def test_a_list_tells_each_moment_on_the_clock_of_its_hive(client: Client, page: str) -> None:
    exchange = make_agreed()
    elsewhere = make_hub(time_zone="Indian/Reunion")
    at = datetime.combine(timezone.localdate() + timedelta(days=5), time(10, 30), UTC)
    for hub in (exchange.hub, elsewhere):
        make_exchange(exchange.giver, exchange.receiver, hub, meets_at=at)
    client.force_login(exchange.giver)

    words = client.get(reverse(page)).content.decode()

    paris = at.astimezone(PARIS).hour
    assert set(re.findall(r"à (\d+)\sh\s30", words)) == {str(paris), "14"}


@pytest.mark.parametrize("at", ["", "demain", "9" * 400, "2020-01-01T10:00", "0001-01-01T00:00"])
def test_a_moment_that_cannot_be_stays_in_its_field_with_the_reason(
    client: Client, at: str
) -> None:
    exchange = make_agreed()
    client.force_login(exchange.giver)

    answer = client.post(reverse("exchange:help_date", args=[exchange.pk]), {"at": at})

    exchange.refresh_from_db()
    assert (answer.status_code, exchange.meets_at) == (422, None)
    assert 'class="errorlist' in answer.content.decode()


def test_a_moment_noted_too_late_is_refused_in_words(client: Client) -> None:
    exchange = make_agreed(state=HelpState.CANCELLED)
    client.force_login(exchange.giver)
    at = soon().strftime("%Y-%m-%dT%H:%M")

    answer = client.post(reverse("exchange:help_date", args=[exchange.pk]), {"at": at}, follow=True)

    assert "entre-temps" in answer.content.decode()


def test_the_two_take_the_moment_to_their_calendar(client: Client) -> None:
    at = soon()
    exchange = make_agreed(meets_at=at)
    client.force_login(exchange.receiver)

    answer = client.get(reverse("exchange:help_ics", args=[exchange.pk]))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in answer.content.decode()
    assert exchange.giver.name in answer.content.decode()


def test_no_calendar_for_others_nor_without_a_moment(client: Client) -> None:
    dated, undated = make_agreed(meets_at=soon()), make_agreed()
    client.force_login(make_host(dated.hub))
    assert client.get(reverse("exchange:help_ics", args=[dated.pk])).status_code == 404
    client.force_login(undated.giver)

    assert client.get(reverse("exchange:help_ics", args=[undated.pk])).status_code == 404
