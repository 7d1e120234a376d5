"""A Buzz from the date fixed to its end: the bell, who is there, whose turn it is."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from essaim.core.models import JournalEntry, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import buzz as actions
from essaim.exchange.models import Buzz, BuzzState, BuzzTurn, TurnState
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import facts_of, give_next, make_buzz, reread, ring, told, turn_of
from tests.factories import make_director, make_host, make_hub, make_person, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


@pytest.fixture
def people(hub: Hub) -> list[Person]:
    return [make_resident(hub, given_name=name) for name in ("Léa", "Omar", "Pia")]


def test_a_host_fixes_the_date_and_may_move_it(hub: Hub, host: Person) -> None:
    first = timezone.now() + timedelta(days=1)
    actions.plan_buzz(hub=hub, starts_at=first, by=host)

    actions.plan_buzz(hub=hub, starts_at=first + timedelta(hours=1), by=host)

    assert Buzz.objects.get().starts_at == first + timedelta(hours=1)


def test_the_date_is_to_come(hub: Hub, host: Person) -> None:
    with pytest.raises(actions.InThePast):
        actions.plan_buzz(hub=hub, starts_at=timezone.now() - timedelta(days=1), by=host)


def test_a_member_neither_fixes_the_date_nor_rings_the_bell(hub: Hub, people: list[Person]) -> None:
    with pytest.raises(NotAllowed):
        actions.plan_buzz(hub=hub, starts_at=timezone.now(), by=people[0])
    buzz = make_buzz(hub)
    with pytest.raises(NotAllowed):
        actions.ring_bell(buzz=buzz, by=people[0])
    assert reread(buzz).state == BuzzState.PLANNED


def test_the_bell_is_told_once_however_often_it_is_pulled(hub: Hub, host: Person) -> None:
    buzz = make_buzz(hub)

    for _ in range(3):
        actions.ring_bell(buzz=buzz, by=host, key=uuid4())

    assert reread(buzz).state == BuzzState.RINGING
    assert told(buzz) == ["bell"]


def test_one_buzz_at_a_time_in_a_hive(hub: Hub, host: Person) -> None:
    ring(hub, host)
    other = make_buzz(hub)

    with pytest.raises(actions.AlreadyLive):
        actions.ring_bell(buzz=other, by=host)
    with pytest.raises(IntegrityError), transaction.atomic():
        Buzz.objects.filter(pk=other.pk).update(rung_at=timezone.now(), state="ringing")


def test_who_is_there_gets_one_turn_even_when_the_phone_insists(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz, key = ring(hub, host), uuid4()

    for _ in range(3):
        actions.join_buzz(buzz=buzz, by=people[0], key=key)
    actions.join_buzz(buzz=buzz, by=people[0], key=uuid4())

    assert buzz.presences.count() == buzz.turns.count() == 1
    assert told(buzz) == ["bell", "present"]


def test_phones_may_join_before_the_bell(hub: Hub, host: Person, people: list[Person]) -> None:
    buzz = make_buzz(hub)

    actions.join_buzz(buzz=buzz, by=people[0])

    assert facts_of(buzz, "present")["present"] == 1


def test_the_scribe_notes_who_has_no_phone_and_nobody_else_may(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    lea, omar, pia = people
    buzz = ring(hub, host, lea)
    actions.name_scribe(buzz=buzz, person=lea, by=host)

    actions.join_buzz(buzz=reread(buzz), by=lea, person=omar)
    with pytest.raises(NotAllowed):
        actions.join_buzz(buzz=reread(buzz), by=omar, person=pia)
    with pytest.raises(NotAllowed):
        actions.join_buzz(buzz=reread(buzz), by=lea, person=make_resident(make_hub("Ailleurs")))

    assert list(buzz.presences.order_by("pk").values_list("person_id", flat=True)) == [
        lea.pk,
        omar.pk,
    ]


def test_people_of_another_hive_do_not_walk_in(hub: Hub, host: Person) -> None:
    buzz = ring(hub, host)

    with pytest.raises(NotAllowed):
        actions.join_buzz(buzz=buzz, by=make_resident(make_hub("Ailleurs")))


def test_a_guest_seen_by_the_scribe_sees_the_buzz(hub: Hub, host: Person) -> None:
    guest = make_resident(make_hub("Ailleurs"))
    buzz = ring(hub, host)
    assert not Buzz.objects.visible_to(guest).exists()

    actions.join_buzz(buzz=buzz, by=host, person=guest)

    assert list(Buzz.objects.visible_to(guest)) == [buzz]


def test_a_buzz_is_seen_by_its_hive_its_hosts_and_the_direction(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = make_buzz(hub)
    for person in (host, people[0], make_director()):
        assert list(Buzz.objects.visible_to(person)) == [buzz]
    for person in (make_person(), make_resident(make_hub("Ailleurs"))):
        assert not Buzz.objects.visible_to(person).exists()


def test_turns_follow_each_other_until_everyone_has_spoken(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)

    spoke = [turn.person.given_name for _ in range(3) if (turn := give_next(buzz, host))]
    after_all = give_next(buzz, host)

    assert spoke == ["Léa", "Omar", "Pia"]
    assert after_all is None
    assert reread(buzz).state == BuzzState.RUNNING
    assert set(buzz.turns.values_list("state", flat=True)) == {TurnState.DONE}


def test_the_bar_pressed_twice_gives_one_turn(hub: Hub, host: Person, people: list[Person]) -> None:
    buzz, key = ring(hub, host, *people), uuid4()

    actions.give_turn(buzz=buzz, by=host, after=None, key=key)
    actions.give_turn(buzz=buzz, by=host, after=None, key=key)
    with pytest.raises(Overtaken):
        actions.give_turn(buzz=buzz, by=host, after=None, key=uuid4())

    assert buzz.turns.get(state=TurnState.SPEAKING).person == people[0]
    assert told(buzz).count("turn") == 1


def test_the_host_may_give_the_floor_out_of_order(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)

    actions.give_turn(buzz=buzz, by=host, turn=turn_of(buzz, people[2]))

    facts = facts_of(buzz, "turn")
    assert facts["person"]["given"] == "Pia"
    assert facts["next"] == ["Léa", "Omar"]


def test_one_may_pass_and_be_given_the_floor_later(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)
    actions.skip_turn(turn=turn_of(buzz, people[0]), by=people[0])
    with pytest.raises(NotAllowed):
        actions.skip_turn(turn=turn_of(buzz, people[1]), by=people[0])

    assert give_next(buzz, host) == turn_of(buzz, people[1])
    actions.give_turn(
        buzz=buzz,
        by=host,
        after=turn_of(buzz, people[1]).pk,
        turn=turn_of(buzz, people[0]),
    )

    assert buzz.turns.get(state=TurnState.SPEAKING).person == people[0]


def test_the_database_lets_one_person_speak_at_a_time(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)
    with pytest.raises(IntegrityError), transaction.atomic():
        BuzzTurn.objects.filter(buzz=buzz).update(state=TurnState.SPEAKING)


def test_closing_calls_the_worker_and_fixes_next_week_at_the_same_hour(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)
    give_next(buzz, host)
    # The Friday before the clocks change: at noon on the clock of the hive, both times.
    noon = datetime(2026, 10, 23, 12, 30, tzinfo=ZoneInfo("Europe/Paris"))
    Buzz.objects.filter(pk=buzz.pk).update(starts_at=noon)

    actions.close_buzz(buzz=buzz, by=host)
    actions.close_buzz(buzz=buzz, by=host)

    assert OutboxRow.objects.filter(kind="buzz_minutes").count() == 1
    ahead = Buzz.objects.get(state=BuzzState.PLANNED)
    local = ahead.starts_at.astimezone(ZoneInfo("Europe/Paris"))
    assert (local.weekday(), local.hour, local.minute) == (4, 12, 30)
    assert ahead.starts_at > timezone.now()
    assert not buzz.turns.filter(state=TurnState.SPEAKING).exists()


def test_nothing_is_said_before_the_bell_nor_after_the_end(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = make_buzz(hub)
    with pytest.raises(actions.BellNotRung):
        actions.give_turn(buzz=buzz, by=host)
    with pytest.raises(actions.BellNotRung):
        actions.close_buzz(buzz=buzz, by=host)
    actions.ring_bell(buzz=buzz, by=host)
    actions.close_buzz(buzz=buzz, by=host)
    with pytest.raises(actions.BuzzOver):
        actions.join_buzz(buzz=buzz, by=people[0])
    with pytest.raises(actions.BuzzOver):
        actions.ring_bell(buzz=buzz, by=host)


def test_events_are_numbered_without_a_gap_and_each_gesture_is_in_the_journal(
    hub: Hub, host: Person, people: list[Person]
) -> None:
    buzz = ring(hub, host, *people)
    give_next(buzz, host)

    numbers = list(buzz.events.order_by("number").values_list("number", flat=True))

    assert numbers == list(range(1, reread(buzz).last_event + 1))
    verbs = JournalEntry.objects.filter(thing_id=buzz.pk).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "ring_bell", "join_buzz", "join_buzz", "join_buzz", "give_turn",
    ]  # fmt: skip


def test_a_bell_rung_before_its_hour_is_that_of_the_week(hub: Hub, host: Person) -> None:
    early = make_buzz(hub, starts_at=timezone.now() + timedelta(hours=20))
    actions.ring_bell(buzz=early, by=host)

    actions.close_buzz(buzz=early, by=host)

    ahead = Buzz.objects.get(state=BuzzState.PLANNED)
    assert timedelta(days=6) < ahead.starts_at - early.starts_at < timedelta(days=8)


def test_a_bell_that_nobody_rang_is_for_next_week_on_the_clock_of_the_hive(hub: Hub) -> None:
    zone = ZoneInfo("Europe/Paris")
    # Summer time begins on the Sunday in between.
    buzz = make_buzz(hub, starts_at=datetime(2027, 3, 26, 12, 30, tzinfo=zone))

    same_evening = actions.fix_missed(datetime(2027, 3, 26, 20, 0, tzinfo=zone))
    monday = actions.fix_missed(datetime(2027, 3, 29, 8, 0, tzinfo=zone))

    assert (same_evening, monday) == (0, 1)
    assert reread(buzz).starts_at == datetime(2027, 4, 2, 12, 30, tzinfo=zone)


def test_only_hosts_ring_now(hub: Hub, people: list[Person]) -> None:
    with pytest.raises(NotAllowed):
        actions.start_buzz(hub=hub, by=people[0])

    assert not Buzz.objects.exists()
