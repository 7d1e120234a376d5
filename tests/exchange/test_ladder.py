"""The end of the ladder: the desk of a partner, then the board of the network."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from essaim.core.models import Notice
from essaim.core.refusals import NotAllowed
from essaim.exchange import escalation
from essaim.exchange.actions import asks, choices
from essaim.exchange.models import AskState, Need, NeedAudience, NeedState, Urgency
from essaim.exchange.sweeps import escalation as sweeps
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.desks import Guichet, plugged
from tests.exchange.test_escalation import (
    MONDAY,
    PARIS,
    at,
    helpers,
    old_ladder,
    steps,
    told,
    waiting_need,
)
from tests.factories import make_ask, make_host, make_hub, make_need, make_resident

pytestmark = pytest.mark.django_db

CLIMBED = ("second_wave", "host_queue", "host_reminder")


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def guichet(hub: Hub) -> Iterator[Guichet]:
    with plugged(Guichet(hubs=[hub.pk])) as found:
        yield found


def climbed_need(hub: Hub, *, due: datetime = MONDAY, **fields: Any) -> Need:
    """Its host was reminded; the desk of a partner is next."""
    need = waiting_need(hub, due=due)
    for level, action in zip((2, 3, 3), CLIMBED, strict=True):
        need.steps.create(level=level, action=action, at=due - timedelta(hours=5), result="hosts")
    Need.objects.filter(pk=need.pk).update(level=3, **fields)
    need.refresh_from_db()
    return need


def new_steps(need: Need) -> list[tuple[str, str]]:
    return [step for step in steps(need) if step[0] not in CLIMBED]


def test_where_no_desk_serves_the_board_comes_at_once_and_the_author_reads_one_line(
    hub: Hub,
) -> None:
    need = climbed_need(hub)

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert new_steps(need) == [("partner_desk", "no_desk"), ("network_board", "on_board")]
    assert (need.level, need.next_step_at) == (5, None)
    assert told(need.author) == [
        "Tout le réseau voit maintenant que ton besoin attend\u00a0: " + need.title
    ]


def test_a_desk_of_another_hive_is_no_desk(hub: Hub) -> None:
    need = climbed_need(hub, desk_consent_at=MONDAY)
    with plugged(Guichet(hubs=[make_hub("Ailleurs").pk])) as guichet:
        sweeps.take_due_steps(MONDAY)
    assert new_steps(need)[0] == ("partner_desk", "no_desk")
    assert guichet.taken == []


def test_a_desk_takes_the_need_of_an_author_who_said_yes(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub, desk_consent_at=MONDAY)

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert guichet.taken == [need.pk]
    assert new_steps(need) == [("partner_desk", "at_desk")]
    assert need.next_step_at == datetime(2026, 12, 2, 10, tzinfo=PARIS)
    assert told(need.author) == [
        "Le guichet Télécom cherche quelqu’un pour toi\u00a0: " + need.title
    ]


def test_without_a_yes_of_the_author_no_desk_reads_it(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub)

    sweeps.take_due_steps(MONDAY)

    assert guichet.taken == []
    assert new_steps(need) == [("partner_desk", "consent_asked")]
    assert told(need.author) == [
        f"Le guichet Télécom peut-il lire ton besoin et chercher quelqu’un\u202f? {need.title}"
    ]


def test_a_late_yes_to_the_desk_hands_it_over_at_once_and_once(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub)
    sweeps.take_due_steps(MONDAY)
    for _time in range(2):
        choices.allow_desk(need=need, by=need.author)
    assert guichet.taken == [need.pk]
    assert new_steps(need) == [("partner_desk", "consent_asked"), ("handed_to_desk", "")]


def test_a_yes_given_early_waits_for_its_step(hub: Hub, guichet: Guichet) -> None:
    need = waiting_need(hub)
    choices.allow_desk(need=need, by=need.author)
    need.refresh_from_db()
    assert need.desk_consent_at is not None
    assert (guichet.taken, steps(need)) == ([], [])


def test_only_the_author_lets_a_desk_read(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub)
    with pytest.raises(NotAllowed):
        choices.allow_desk(need=need, by=make_host(hub))
    assert guichet.taken == []


def test_what_only_the_hive_may_read_waits_for_a_word_of_its_author(hub: Hub) -> None:
    need = climbed_need(hub, audience=NeedAudience.HUB)

    sweeps.take_due_steps(MONDAY)

    assert new_steps(need)[-1] == ("network_board", "widen_asked")
    assert not Need.objects.on_board().exists()
    assert told(need.author) == [
        "Personne de ta ruche n’a pu le prendre. Tout le réseau peut-il le lire\u202f? "
        + need.title
    ]


def test_a_need_stays_a_week_on_the_board_whatever_was_left_of_its_life(hub: Hub) -> None:
    need = climbed_need(hub, expires_at=MONDAY + timedelta(hours=3))
    sweeps.take_due_steps(MONDAY)
    need.refresh_from_db()
    assert need.expires_at == MONDAY + timedelta(days=7)


def test_a_need_of_the_older_ladder_knows_neither_desk_nor_board(
    hub: Hub, guichet: Guichet
) -> None:
    host = make_host(hub)
    need = climbed_need(hub, policy=old_ladder(), desk_consent_at=MONDAY)

    sweeps.take_due_steps(MONDAY)

    need.refresh_from_db()
    assert (new_steps(need), need.level, guichet.taken) == ([], 3, [])
    assert len(told(host)) == 1


@pytest.mark.parametrize("urgency", Urgency.values)
def test_each_urgency_walks_every_step_in_order(hub: Hub, urgency: str, guichet: Guichet) -> None:
    """Over week-ends and Armistice Day, whatever was left of its life."""
    make_host(hub)
    start = datetime(2026, 10, 28, 9, tzinfo=PARIS)
    need = waiting_need(hub, urgency=urgency, due=start)
    Need.objects.filter(pk=need.pk).update(expires_at=start + timedelta(days=90))
    helpers(hub, 3)

    moment = start
    while moment < start + timedelta(days=60):
        sweeps.take_due_steps(moment)
        moment += timedelta(minutes=30)

    taken = list(need.steps.order_by("id").values_list("action", "level"))
    expected = [(step.action, step.level) for step in escalation.steps_of(need)]
    assert taken == expected
    lines = Notice.objects.filter(recipient=need.author)
    assert lines.count() == len(expected)


def test_a_server_down_from_friday_to_monday_takes_one_step_and_counts_from_monday(
    hub: Hub, guichet: Guichet
) -> None:
    need = climbed_need(hub, due=at(20, 15), desk_consent_at=MONDAY)

    sweeps.take_due_steps(at(23, 9))
    sweeps.take_due_steps(at(23, 9, 1))

    need.refresh_from_db()
    assert new_steps(need) == [("partner_desk", "at_desk")]
    assert need.next_step_at == datetime(2026, 12, 1, 18, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "board_at"),
    [
        # Over the change of clock of October 2026 and All Saints' Day, which is a Sunday;
        (datetime(2026, 10, 23, 15), datetime(2026, 11, 3, 15)),
        # over Christmas and New Year's Day;
        (datetime(2026, 12, 23, 11), datetime(2027, 1, 5, 11)),
        # over the change of clock of March 2027 and Easter Monday.
        (datetime(2027, 3, 25, 15), datetime(2027, 4, 6, 15)),
    ],
)
def test_seven_working_days_after_the_desk_are_those_of_the_calendar(
    hub: Hub, guichet: Guichet, now: datetime, board_at: datetime
) -> None:
    need = climbed_need(hub, due=now.replace(tzinfo=PARIS), desk_consent_at=MONDAY)
    sweeps.take_due_steps(now.replace(tzinfo=PARIS))
    need.refresh_from_db()
    assert need.next_step_at == board_at.replace(tzinfo=PARIS)


def test_nothing_of_the_ladder_happens_while_the_hive_is_closed(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub, due=at(20, 17), desk_consent_at=MONDAY)
    sweeps.take_due_steps(at(21, 11))
    sweeps.take_due_steps(datetime(2026, 12, 25, 11, tzinfo=PARIS))
    assert (new_steps(need), guichet.taken) == ([], [])


LEVELS = [1, 2, 3, 4, 5]


@pytest.mark.parametrize("level", LEVELS)
def test_a_late_yes_is_taken_at_any_step(hub: Hub, level: int) -> None:
    author, helper = make_resident(hub, given_name="Nadia"), make_resident(hub)
    need = make_need(author, hub, level=level, next_step_at=timezone.now() + timedelta(days=1))
    ask = make_ask(need, helper, state=AskState.EXPIRED)

    asks.accept_ask(ask=ask, by=helper)

    need.refresh_from_db()
    ask.refresh_from_db()
    assert (need.state, need.next_step_at) == (NeedState.IN_HAND, None)
    assert ask.state == AskState.LATE_YES


def test_a_late_no_takes_no_time_from_the_desk(hub: Hub, guichet: Guichet) -> None:
    need = climbed_need(hub, desk_consent_at=MONDAY, expires_at=timezone.now() + timedelta(days=9))
    helper: Person = make_resident(hub)
    ask = make_ask(need, helper, state=AskState.EXPIRED, sent_at=MONDAY - timedelta(days=3))
    sweeps.take_due_steps(MONDAY)
    need.refresh_from_db()
    due = need.next_step_at

    asks.decline_ask(ask=ask, by=helper)

    need.refresh_from_db()
    assert need.next_step_at == due
