"""After the Buzz: needs published, minutes sent, promises followed for two weeks."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from essaim.core import outbox
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import buzz as meeting
from essaim.exchange.actions import buzz_after as actions
from essaim.exchange.actions import buzz_hands as hands
from essaim.exchange.actions import buzz_words as words
from essaim.exchange.actions.cancelling import cancel_help
from essaim.exchange.actions.help import claim_minutes
from essaim.exchange.actions.needs import NEEDS_A_DAY, withdraw_need
from essaim.exchange.buzz.minutes import last_record, minutes_of
from essaim.exchange.models import (
    Buzz,
    BuzzEvent,
    BuzzPromise,
    BuzzState,
    Consent,
    HelpExchange,
    Need,
    NeedState,
    PromiseState,
)
from essaim.exchange.sweeps.buzz import forget_events
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import give_next, reread, ring, told, turn_of
from tests.exchange.helping import deliver, notices_of
from tests.factories import make_host, make_need

pytestmark = pytest.mark.django_db
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement"


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, language="fr")


@pytest.fixture
def buzz(hub: Hub, host: Person, author: Person, helpers: list[Person]) -> Buzz:
    found = ring(hub, host, author, *helpers)
    give_next(found, host)
    words.type_need(turn=turn_of(found, author), text=SENTENCE, version=1, by=author)
    return found


def agree(buzz: Buzz, author: Person, consent: str = Consent.AFTER) -> None:
    words.give_consent(turn=turn_of(buzz, author), consent=consent, by=author)


def end(buzz: Buzz, host: Person) -> None:
    meeting.close_buzz(buzz=buzz, by=host)
    outbox.deliver()


def test_at_the_end_needs_are_published_hands_taken_and_minutes_sent(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    hands.raise_hand(turn=turn_of(buzz, author), by=helpers[2])
    words.note(buzz=buzz, kind="news", text="On a signé le bail", by=author)
    agree(buzz, author)
    assert Need.objects.get().state == NeedState.DRAFT

    end(buzz, host)
    deliver()

    assert Need.objects.get().state == NeedState.IN_HAND
    assert HelpExchange.objects.get().giver == helpers[2]
    assert reread(buzz).minutes_sent_at is not None
    [letter] = [m for m in mail.outbox if m.to == [host.email]]
    assert "plan de financement" in letter.body
    assert "On a signé le bail" in letter.body
    assert f"/buzz/{buzz.pk}/compte-rendu/" in letter.body
    assert told(buzz)[-3:] == ["closed", "hands", "minutes"]


def test_minutes_are_sent_once_to_those_who_were_there_and_the_hosts(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    end(buzz, host)
    actions.send_minutes(buzz_id=buzz.pk)

    for person in (host, author, *helpers):
        assert notices_of(person).count("buzz_minutes") == 1


def test_who_said_nothing_of_it_is_asked_and_the_draft_is_in_no_minutes(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    hands.raise_hand(turn=turn_of(buzz, author), by=helpers[2])
    end(buzz, host)
    deliver()

    assert Need.objects.get().state == NeedState.DRAFT
    assert minutes_of(reread(buzz)).needs == []
    assert "buzz_need_kept" in notices_of(author)
    [letter] = [m for m in mail.outbox if "brouillon" in m.subject]
    assert (letter.to, SENTENCE in letter.body, "Pia" in letter.body) == (
        [author.email],
        True,
        True,
    )


def test_a_draft_kept_on_purpose_is_not_asked_about(
    buzz: Buzz, host: Person, author: Person
) -> None:
    agree(buzz, author, Consent.KEPT)
    end(buzz, host)

    assert "buzz_need_kept" not in notices_of(author)


def test_one_need_too_many_keeps_no_minutes_waiting(
    buzz: Buzz, hub: Hub, host: Person, author: Person
) -> None:
    for _ in range(NEEDS_A_DAY):
        make_need(author, hub)
    agree(buzz, author)

    end(buzz, host)

    assert reread(buzz).minutes_sent_at is not None
    assert turn_of(buzz, author).need.state == NeedState.DRAFT  # type: ignore[union-attr]
    assert "buzz_need_kept" in notices_of(author)


def test_a_buzz_that_nobody_ended_ends_by_itself(buzz: Buzz, author: Person) -> None:
    now = timezone.now()
    assert actions.close_forgotten(now + timedelta(minutes=20)) == 0

    assert actions.close_forgotten(now + timedelta(minutes=31)) == 1
    outbox.deliver()

    # Within the hour: the minutes have left.
    assert reread(buzz).state == BuzzState.CLOSED
    assert "buzz_minutes" in notices_of(author)


def test_a_buzz_that_goes_on_and_on_ends_after_three_hours(buzz: Buzz) -> None:
    later = timezone.now() + timedelta(hours=3, minutes=1)
    BuzzEvent.objects.update(at=later)

    assert actions.close_forgotten(later) == 1


def test_help_that_is_done_keeps_its_promise(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    agree(buzz, author, Consent.AT_ONCE)
    hands.raise_hand(turn=turn_of(buzz, author), by=helpers[0])
    now = timezone.now()
    actions.follow_promises(now)
    assert BuzzPromise.objects.get().state == PromiseState.MADE

    claim_minutes(exchange=HelpExchange.objects.get(), minutes=30, by=helpers[0])
    actions.follow_promises(now)

    assert BuzzPromise.objects.get().state == PromiseState.KEPT


def test_help_that_is_cancelled_counts_for_nobody(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    agree(buzz, author, Consent.AT_ONCE)
    hands.raise_hand(turn=turn_of(buzz, author), by=helpers[0])

    cancel_help(exchange=HelpExchange.objects.get(), by=author)
    actions.follow_promises(timezone.now())

    assert BuzzPromise.objects.get().state == PromiseState.RELEASED


def test_a_promise_is_reminded_once_and_past_two_weeks_it_is_not_kept(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    hands.make_promise(buzz=buzz, giver=helpers[0], receiver=author, text="Le contact", by=host)
    now = timezone.now()

    for days in (9, 11, 12, 15):
        actions.follow_promises(now + timedelta(days=days))

    assert notices_of(helpers[0]).count("promise_reminder") == 1
    assert BuzzPromise.objects.get().state == PromiseState.BROKEN


def test_what_became_of_a_promise_is_said_by_its_two_people(
    buzz: Buzz, host: Person, author: Person, helpers: list[Person]
) -> None:
    hands.make_promise(buzz=buzz, giver=helpers[0], receiver=author, text="Le contact", by=host)
    promise = BuzzPromise.objects.select_related("buzz").get()
    with pytest.raises(NotAllowed):
        actions.settle_promise(promise=promise, kept=True, by=host)
    with pytest.raises(NotAllowed):
        actions.release_promise(promise=promise, by=helpers[0])

    actions.settle_promise(promise=promise, kept=False, by=author)
    actions.settle_promise(promise=promise, kept=True, by=helpers[0])
    with pytest.raises(actions.AlreadySettled):
        actions.settle_promise(promise=promise, kept=False, by=author)

    assert BuzzPromise.objects.get().state == PromiseState.KEPT


def test_the_next_buzz_shows_how_many_promises_were_kept(
    buzz: Buzz, hub: Hub, host: Person, author: Person, helpers: list[Person]
) -> None:
    assert last_record(hub) is None
    for helper in helpers[:4]:
        hands.make_promise(buzz=buzz, giver=helper, receiver=author, text="Oui", by=host)
    first, second, third, _fourth = BuzzPromise.objects.select_related("buzz").order_by("pk")
    actions.settle_promise(promise=first, kept=True, by=author)
    actions.settle_promise(promise=second, kept=False, by=author)
    actions.release_promise(promise=third, by=author)
    assert last_record(hub) is None

    end(buzz, host)

    record = last_record(hub)
    assert record is not None
    assert (record.buzz, record.made, record.kept, record.broken) == (buzz, 3, 1, 1)


def test_what_the_screens_were_told_is_forgotten_two_hours_after_the_end(
    buzz: Buzz, host: Person
) -> None:
    later = timezone.now() + timedelta(hours=3)
    forget_events(later)
    assert BuzzEvent.objects.exists()
    end(buzz, host)

    forget_events(later)

    assert not BuzzEvent.objects.exists()


def test_a_need_taken_back_leaves_the_minutes(buzz: Buzz, author: Person, host: Person) -> None:
    agree(buzz, author)
    end(buzz, host)
    assert [turn.person for turn in minutes_of(buzz).needs] == [author]

    withdraw_need(need=Need.objects.get(), by=author)

    assert minutes_of(buzz).needs == []


def test_help_that_is_done_a_little_late_keeps_its_promise_too(
    buzz: Buzz, author: Person, helpers: list[Person]
) -> None:
    agree(buzz, author, Consent.AT_ONCE)
    hands.raise_hand(turn=turn_of(buzz, author), by=helpers[0])
    late = timezone.now() + timedelta(days=15)
    actions.follow_promises(late)
    assert BuzzPromise.objects.get().state == PromiseState.BROKEN

    claim_minutes(exchange=HelpExchange.objects.get(), minutes=30, by=helpers[0])
    actions.follow_promises(late)

    assert BuzzPromise.objects.get().state == PromiseState.KEPT
