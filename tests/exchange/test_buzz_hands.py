"""Hands raised, promises made, needs relayed from hive to hive."""

from uuid import uuid4

import pytest

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import buzz_hands as actions
from essaim.exchange.actions import buzz_words as words
from essaim.exchange.actions.buzz import NotInRoom, name_scribe
from essaim.exchange.actions.help import NoTimeLeft
from essaim.exchange.actions.needs import withdraw_need
from essaim.exchange.buzz.stage import stage_of
from essaim.exchange.models import (
    Ask,
    AskState,
    AvoidPair,
    Buzz,
    BuzzHand,
    BuzzPromise,
    Consent,
    HandState,
    HelpExchange,
    HelpState,
    Need,
    NeedAudience,
    NeedState,
    Pledge,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import facts_of, give_next, ring, told, turn_of
from tests.factories import make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement"


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


@pytest.fixture
def buzz(hub: Hub, host: Person, author: Person, helpers: list[Person]) -> Buzz:
    """The author has said a need."""
    found = ring(hub, host, author, *helpers)
    give_next(found, host)
    words.type_need(turn=turn_of(found, author), text=SENTENCE, version=1, by=author)
    return found


def consent(
    buzz: Buzz,
    author: Person,
    what: str = Consent.AT_ONCE,
    audience: str = NeedAudience.NETWORK,
) -> None:
    words.give_consent(turn=turn_of(buzz, author), consent=what, by=author, audience=audience)


def states(buzz: Buzz) -> dict[str, str]:
    hands = BuzzHand.objects.filter(turn__buzz=buzz)
    return dict(hands.values_list("person__given_name", "state"))


def test_the_first_hand_becomes_an_accepted_ask_and_a_promise(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    nadia, omar = helpers[:2]
    actions.raise_hand(turn=turn_of(buzz, author), by=nadia)
    actions.raise_hand(turn=turn_of(buzz, author), by=omar)

    consent(buzz, author)

    assert states(buzz) == {"Nadia": HandState.TAKEN, "Omar": HandState.SPARE}
    ask = Ask.objects.get()
    assert (ask.helper, ask.state) == (nadia, AskState.ACCEPTED)
    exchange = HelpExchange.objects.get()
    assert (exchange.giver, exchange.receiver, exchange.state) == (nadia, author, HelpState.AGREED)
    assert BuzzPromise.objects.get().exchange == exchange
    assert Need.objects.get().state == NeedState.IN_HAND


def test_a_hand_raised_for_a_published_need_is_a_yes_at_once(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    consent(buzz, author)

    actions.raise_hand(turn=turn_of(buzz, author), by=helpers[4])
    actions.raise_hand(turn=turn_of(buzz, author), by=helpers[3])

    assert states(buzz) == {"Rosa": HandState.TAKEN, "Quentin": HandState.SPARE}
    assert HelpExchange.objects.get().giver == helpers[4]


def test_the_guards_of_any_yes_hold_in_the_room(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    nadia, omar = helpers[:2]
    Pledge.objects.filter(person=nadia).delete()
    actions.raise_hand(turn=turn_of(buzz, author), by=nadia)
    actions.raise_hand(turn=turn_of(buzz, author), by=omar)

    consent(buzz, author)

    assert states(buzz) == {"Nadia": HandState.REFUSED, "Omar": HandState.TAKEN}
    assert HelpExchange.objects.get().giver == omar


def test_who_has_no_time_left_is_told_so_and_no_hand_is_noted(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    consent(buzz, author)
    Pledge.objects.filter(person=helpers[4]).delete()

    with pytest.raises(NoTimeLeft):
        actions.raise_hand(turn=turn_of(buzz, author), by=helpers[4])

    assert not BuzzHand.objects.exists()


def test_when_no_hand_may_help_three_others_are_asked(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    Pledge.objects.filter(person=helpers[0]).delete()
    actions.raise_hand(turn=turn_of(buzz, author), by=helpers[0])

    consent(buzz, author)

    need = Need.objects.get()
    assert need.state == NeedState.OPEN
    assert need.asks.filter(state=AskState.SENT).count() == 3


def test_a_hand_is_raised_once_may_be_lowered_and_raised_again(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    turn, key = turn_of(buzz, author), uuid4()
    actions.raise_hand(turn=turn, by=helpers[0], key=key)
    actions.raise_hand(turn=turn, by=helpers[0], key=key)
    assert told(buzz).count("hands") == 1
    assert [card["given"] for card in facts_of(buzz, "hands")["hands"]] == ["Nadia"]

    actions.lower_hand(turn=turn, by=helpers[0])
    assert facts_of(buzz, "hands")["hands"] == []
    actions.raise_hand(turn=turn, by=helpers[0])

    assert states(buzz) == {"Nadia": HandState.RAISED}


def test_whose_hand_is_not_taken(buzz: Buzz, author: Person, helpers: list[Person]) -> None:
    turn = turn_of(buzz, author)
    AvoidPair.objects.create(person=author, other=helpers[0])
    with pytest.raises(actions.OwnNeed):
        actions.raise_hand(turn=turn, by=author)
    with pytest.raises(actions.NotForYou):
        actions.raise_hand(turn=turn, by=helpers[0])
    with pytest.raises(NotAllowed):
        actions.raise_hand(turn=turn, by=make_resident(make_hub("Ailleurs")))
    with pytest.raises(NotAllowed):
        actions.raise_hand(turn=turn, by=helpers[1], person=helpers[2])
    with pytest.raises(actions.NothingToHelpWith):
        actions.raise_hand(turn=turn_of(buzz, helpers[1]), by=helpers[2])
    assert states(buzz) == {}


def test_the_scribe_notes_a_hand_seen_in_the_room(
    buzz: Buzz, author: Person, helpers: list[Person], host: Person
) -> None:
    actions.raise_hand(turn=turn_of(buzz, author), by=host, person=helpers[2])

    assert states(buzz) == {"Pia": HandState.RAISED}


def test_hands_left_are_taken_when_the_author_publishes_later(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    from essaim.exchange.actions.needs import publish_need
    from essaim.exchange.sweeps.buzz import take_hands_left

    actions.raise_hand(turn=turn_of(buzz, author), by=helpers[4])
    publish_need(need=Need.objects.get(), by=author)

    take_hands_left(Need.objects.get().created_at)
    take_hands_left(Need.objects.get().created_at)

    assert states(buzz) == {"Rosa": HandState.TAKEN}
    assert HelpExchange.objects.get().giver == helpers[4]


def test_a_promise_said_aloud_is_noted_once(
    buzz: Buzz, author: Person, helpers: list[Person], host: Person
) -> None:
    nadia, key = helpers[0], uuid4()
    for _ in range(2):
        actions.make_promise(
            buzz=buzz,
            giver=nadia,
            receiver=author,
            text="Le contact de la banque",
            by=host,
            key=key,
        )
    with pytest.raises(actions.PromisedToOneself):
        actions.make_promise(buzz=buzz, receiver=nadia, text="Rien", by=nadia)
    with pytest.raises(NotAllowed):
        actions.make_promise(buzz=buzz, giver=nadia, receiver=author, text="Tout", by=helpers[1])

    promise = BuzzPromise.objects.get()
    assert (promise.giver, promise.receiver) == (nadia, author)
    assert facts_of(buzz, "promise")["promises"] == 1


def test_a_need_is_relayed_to_the_hives_that_run_and_a_hand_comes_from_there(
    buzz: Buzz, author: Person
) -> None:
    lyon = make_hub("Lyon")
    there, zoe = make_host(lyon), make_resident(lyon, given_name="Zoé")
    other = ring(lyon, there, zoe)
    consent(buzz, author)

    count = actions.relay_need(turn=turn_of(buzz, author), by=author)
    again = actions.relay_need(turn=turn_of(buzz, author), by=author)

    assert (count, again) == (1, 0)
    facts = facts_of(other, "relay")
    assert (facts["hub"], facts["text"]) == ("La Halle", SENTENCE)
    actions.raise_hand(turn=turn_of(buzz, author), by=zoe)
    assert HelpExchange.objects.get().giver == zoe
    assert [card["given"] for card in facts_of(other, "hands")["hands"]] == ["Zoé"]
    assert [card["given"] for card in facts_of(buzz, "hands")["hands"]] == ["Zoé"]


def test_nothing_leaves_the_hive_without_consent(buzz: Buzz, author: Person, host: Person) -> None:
    lyon = make_hub("Lyon")
    other = ring(lyon, make_host(lyon))
    with pytest.raises(actions.NotToBeRelayed):
        actions.relay_need(turn=turn_of(buzz, author), by=host)
    consent(buzz, author, Consent.AFTER, audience=NeedAudience.HUB)
    with pytest.raises(actions.NotToBeRelayed):
        actions.relay_need(turn=turn_of(buzz, author), by=host)

    assert told(other) == ["bell"]


def test_a_need_goes_to_few_hives_those_that_received_least(buzz: Buzz, author: Person) -> None:
    for number in range(7):
        hive = make_hub(f"Ruche {number}")
        ring(hive, make_host(hive))
    consent(buzz, author)

    assert actions.relay_need(turn=turn_of(buzz, author), by=author) == actions.RELAYED_TO
    assert actions.relay_need(turn=turn_of(buzz, author), by=author) == 2


def test_alone_there_is_nobody_to_tell(buzz: Buzz, author: Person) -> None:
    consent(buzz, author)
    with pytest.raises(actions.NobodyElse):
        actions.relay_need(turn=turn_of(buzz, author), by=author)


def test_a_need_taken_back_is_told_in_no_other_hive_any_more(buzz: Buzz, author: Person) -> None:
    lyon = make_hub("Lyon")
    there = ring(lyon, make_host(lyon))
    consent(buzz, author, Consent.AFTER)
    actions.relay_need(turn=turn_of(buzz, author), by=author)
    assert [said.turn for said in stage_of(there, author).relayed] == [turn_of(buzz, author)]

    consent(buzz, author, Consent.KEPT)

    assert stage_of(there, author).relayed == []


def test_a_withdrawn_need_is_not_relayed(buzz: Buzz, author: Person) -> None:
    consent(buzz, author)
    withdraw_need(need=Need.objects.get(), by=author)

    with pytest.raises(actions.NotToBeRelayed):
        actions.relay_need(turn=turn_of(buzz, author), by=author)


def test_nothing_is_put_into_the_mouth_of_who_is_not_in_the_room(
    buzz: Buzz, author: Person, host: Person
) -> None:
    far = make_resident(make_hub("Brest"))

    with pytest.raises(NotInRoom):
        words.note(buzz=buzz, kind="thanks", text="Merci", by=host, person=far)
    with pytest.raises(NotInRoom):
        actions.make_promise(buzz=buzz, giver=far, receiver=author, text="Tout", by=host)
    with pytest.raises(NotInRoom):
        name_scribe(buzz=buzz, person=far, by=host)
    assert not BuzzPromise.objects.exists()
