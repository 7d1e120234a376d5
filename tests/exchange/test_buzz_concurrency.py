"""A whole room that taps at the same moment, hosts who do the same thing, hives side by side."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from essaim.exchange.actions import buzz_words as words
from essaim.exchange.models import (
    Buzz,
    BuzzHand,
    BuzzNote,
    BuzzPromise,
    BuzzRelay,
    BuzzState,
    BuzzTurn,
    Consent,
    HandState,
    HelpExchange,
    NeedState,
    TurnState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import give_next, ring, turn_of
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_host, make_hub, make_resident

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def numbers(buzz: Buzz) -> list[int]:
    return list(buzz.events.order_by("number").values_list("number", flat=True))


def without_a_gap(buzz: Buzz) -> bool:
    last = Buzz.objects.get(pk=buzz.pk).last_event
    return numbers(buzz) == list(range(1, last + 1))


def said_need(hub: Hub, host: Person, *others: Person) -> BuzzTurn:
    """Somebody has said a need that leaves when the Buzz ends."""
    author = make_resident(hub)
    buzz = ring(hub, host, author, *others)
    give_next(buzz, host)
    turn = turn_of(buzz, author)
    words.type_need(turn=turn, text="Je cherche un local à louer", version=1, by=author)
    words.give_consent(turn=turn_of(buzz, author), consent=Consent.AFTER, by=author)
    return turn_of(buzz, author)


def test_hosts_who_pull_the_bell_at_once_are_in_one_buzz(tmp_path: Path) -> None:
    hub = make_hub()
    hosts = [make_host(hub) for _ in range(3)]

    done = act_at_once(tmp_path, *[[("start_buzz", f"{hub.pk} {host.pk}")] for host in hosts])

    assert done == {"done": 3}
    assert [buzz.state for buzz in Buzz.objects.all()] == [BuzzState.RINGING]
    assert numbers(Buzz.objects.get()) == [1]


def test_a_room_that_joins_at_once_has_one_turn_each_and_no_number_is_missing(
    tmp_path: Path,
) -> None:
    hub = make_hub()
    people = [make_resident(hub) for _ in range(6)]
    buzz = ring(hub, make_host(hub))

    done = act_at_once(tmp_path, *[[("join_buzz", f"{buzz.pk} {one.pk}")] * 2 for one in people])

    assert done == {"done": 12}
    positions = buzz.turns.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5, 6]
    assert without_a_gap(buzz)


def test_two_hosts_who_give_the_floor_at_once_give_one_turn(tmp_path: Path) -> None:
    hub = make_hub()
    hosts = [make_host(hub), make_host(hub)]
    buzz = ring(hub, hosts[0], *[make_resident(hub) for _ in range(3)])
    first = give_next(buzz, hosts[0])
    assert first is not None

    deeds = [[("give_turn", f"{buzz.pk} {host.pk} {first.pk}")] for host in hosts]
    done = act_at_once(tmp_path, *deeds)

    assert done == {"done": 1, "Overtaken": 1}
    states = list(buzz.turns.order_by("position").values_list("state", flat=True))
    assert states == [TurnState.DONE, TurnState.SPEAKING, TurnState.WAITING]


def test_hands_raised_while_the_buzz_ends_give_one_help_and_lose_no_hand(tmp_path: Path) -> None:
    hub = make_hub()
    host, helpers = make_host(hub), [make_resident(hub) for _ in range(4)]
    turn = said_need(hub, host, *helpers)

    hands = [[("raise_hand", f"{turn.pk} {helper.pk}")] for helper in helpers]
    done = act_at_once(tmp_path, [("close_buzz", f"{turn.buzz_id} {host.pk}")], *hands)

    assert done == {"done": 5}
    assert HelpExchange.objects.count() <= 1
    states = list(BuzzHand.objects.values_list("state", flat=True))
    assert len(states) == 4
    assert states.count(HandState.TAKEN) == HelpExchange.objects.count()
    assert BuzzPromise.objects.count() == HelpExchange.objects.count()
    need = turn_of(turn.buzz, turn.person).need
    assert need is not None
    assert need.state == NeedState.IN_HAND
    assert without_a_gap(turn.buzz)


def test_what_a_phone_sends_several_times_at_once_is_noted_once(tmp_path: Path) -> None:
    hub = make_hub()
    host, person = make_host(hub), make_resident(hub)
    buzz, key = ring(hub, host, person), uuid4()

    done = act_at_once(tmp_path, *[[("note_news", f"{buzz.pk} {person.pk} {key}")]] * 3)

    assert done == {"done": 3}
    assert BuzzNote.objects.count() == 1


def test_hives_that_tell_each_other_a_need_at_once_wait_in_no_circle(tmp_path: Path) -> None:
    turns = []
    for _ in range(3):
        hub = make_hub()
        turns.append(said_need(hub, make_host(hub)))

    done = act_at_once(tmp_path, *[[("relay_need", str(turn.pk))] for turn in turns])

    assert done == {"done": 3}
    assert BuzzRelay.objects.count() == 6
    assert all(without_a_gap(turn.buzz) for turn in turns)


def test_two_hosts_who_end_it_at_once_plan_one_next_week(tmp_path: Path) -> None:
    hub = make_hub()
    hosts = [make_host(hub), make_host(hub)]
    buzz = ring(hub, hosts[0])

    done = act_at_once(tmp_path, *[[("close_buzz", f"{buzz.pk} {host.pk}")] for host in hosts])

    assert done == {"done": 2}
    assert Buzz.objects.filter(state=BuzzState.PLANNED).count() == 1
    ahead = Buzz.objects.get(state=BuzzState.PLANNED)
    assert ahead.starts_at - buzz.starts_at > timedelta(days=6)
