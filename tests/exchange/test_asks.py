from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.actions import asks, needs
from essaim.exchange.actions.help import HandsFull, NoTimeLeft
from essaim.exchange.models import (
    Ask,
    AskState,
    AvoidPair,
    DeclineCode,
    HelpExchange,
    HelpState,
    Need,
    NeedAudience,
    NeedState,
    Pause,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_venture,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(author: Person, hub: Hub) -> Need:
    return make_need(author, hub, next_step_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def nadia(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia", phone="0601020304")


@pytest.fixture
def omar(hub: Hub) -> Person:
    return make_resident(hub, given_name="Omar")


@pytest.fixture
def ask(need: Need, nadia: Person) -> Ask:
    return make_ask(need, nadia)


def send_mails() -> list[str]:
    OutboxRow.objects.filter(kind="mail").update(due_at=timezone.now())
    outbox.deliver(limit=50)
    return [str(message.body) for message in mail.outbox]


def test_a_yes_takes_the_need_in_hand_and_agrees_help(ask: Ask, nadia: Person, need: Need) -> None:
    exchange = asks.accept_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    need.refresh_from_db()
    assert (ask.state, need.state, need.next_step_at) == (
        AskState.ACCEPTED,
        NeedState.IN_HAND,
        None,
    )
    assert (exchange.giver, exchange.receiver, exchange.state) == (
        nadia,
        need.author,
        HelpState.AGREED,
    )


def test_after_a_yes_both_receive_the_address_of_the_other(
    ask: Ask, nadia: Person, need: Need
) -> None:
    asks.accept_ask(ask=ask, by=nadia)
    to_author, to_helper = sorted(send_mails(), key=lambda body: need.author.email in body)
    assert nadia.email in to_author
    assert "0601020304" in to_author
    assert need.author.email in to_helper


def test_an_ask_tells_no_address(
    need: Need, hub: Hub, helpers: list[Person], author: Person
) -> None:
    sent = asks.send_wave(need=need, wave=1, by=author)
    bodies = send_mails()
    assert len(sent) == len(bodies) == 3
    assert not any(author.email in body for body in bodies)


def test_a_mail_that_lost_its_object_does_not_leave(
    need: Need, helpers: list[Person], author: Person
) -> None:
    asks.send_wave(need=need, wave=1, by=author)
    needs.withdraw_need(need=need, by=author)
    assert send_mails() == []


def test_what_people_write_never_becomes_a_button(
    need: Need, helpers: list[Person], author: Person
) -> None:
    need.text = "Bonjour\n\n-> Cliquez | https://example.org/piege\n\nplan de financement"
    need.save()
    asks.send_wave(need=need, wave=1, by=author)
    send_mails()
    message = mail.outbox[0]
    assert isinstance(message, mail.EmailMultiAlternatives)
    letter = str(message.alternatives[0][0])
    assert "example.org/piege" in letter
    assert 'href="https://example.org/piege"' not in letter


def test_a_second_yes_of_the_same_person_finds_the_same_help(ask: Ask, nadia: Person) -> None:
    first = asks.accept_ask(ask=ask, by=nadia)
    assert asks.accept_ask(ask=ask, by=nadia) == first
    assert HelpExchange.objects.count() == 1


def test_the_others_are_thanked_when_one_says_yes(
    ask: Ask, nadia: Person, omar: Person, need: Need
) -> None:
    other = make_ask(need, omar)
    asks.accept_ask(ask=ask, by=nadia)
    other.refresh_from_db()
    assert other.state == AskState.WITHDRAWN
    notice = Notice.objects.get(recipient=omar)
    assert notice.title.startswith("Quelqu’un a été trouvé, merci")


def test_the_second_yes_of_two_people_is_told_that_someone_was_found(
    ask: Ask, nadia: Person, omar: Person, need: Need
) -> None:
    other = make_ask(need, omar)
    asks.accept_ask(ask=ask, by=nadia)
    with pytest.raises(asks.SomeoneFound):
        asks.accept_ask(ask=other, by=omar)
    assert HelpExchange.objects.count() == 1


def test_nobody_answers_for_another(ask: Ask, omar: Person, author: Person) -> None:
    for stranger in (omar, author):
        with pytest.raises(NotAllowed):
            asks.accept_ask(ask=ask, by=stranger)
        with pytest.raises(NotAllowed):
            asks.decline_ask(ask=ask, by=stranger)


def test_a_yes_past_the_pledge_is_refused_and_changes_nothing(
    ask: Ask, nadia: Person, need: Need
) -> None:
    make_exchange(nadia, make_person(), need.hub, planned_minutes=240)
    with pytest.raises(NoTimeLeft):
        asks.accept_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    need.refresh_from_db()
    assert (ask.state, need.state) == (AskState.SENT, NeedState.OPEN)


def test_a_third_help_at_once_is_refused(ask: Ask, nadia: Person, hub: Hub) -> None:
    for _number in range(2):
        make_exchange(nadia, make_person(), hub, planned_minutes=15)
    with pytest.raises(HandsFull):
        asks.accept_ask(ask=ask, by=nadia)


@pytest.mark.parametrize("state", [AskState.EXPIRED, AskState.DECLINED])
def test_a_late_yes_is_welcome_while_the_need_waits(state: str, need: Need, nadia: Person) -> None:
    ask = make_ask(need, nadia, state=state)
    asks.accept_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    assert ask.state == AskState.LATE_YES


@pytest.mark.parametrize("state", [NeedState.MET, NeedState.WITHDRAWN])
def test_a_yes_to_a_closed_need_is_told(state: str, ask: Ask, nadia: Person) -> None:
    Need.objects.filter(pk=ask.need_id).update(state=state)
    with pytest.raises(asks.NeedOver):
        asks.accept_ask(ask=ask, by=nadia)


def test_a_no_needs_no_reason(ask: Ask, nadia: Person) -> None:
    asks.decline_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    assert (ask.state, ask.decline_code, ask.remark) == (AskState.DECLINED, "", "")
    assert ask.answered_at is not None


def test_an_unknown_reason_is_dropped_and_a_long_remark_cut(ask: Ask, nadia: Person) -> None:
    asks.decline_ask(ask=ask, by=nadia, code="x" * 80, remark="y" * 900)
    ask.refresh_from_db()
    assert (ask.decline_code, len(ask.remark)) == ("", asks.REMARK)


def test_a_no_said_twice_is_one_no(ask: Ask, nadia: Person) -> None:
    asks.decline_ask(ask=ask, by=nadia, code=DeclineCode.NO_TIME)
    asks.decline_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    assert ask.decline_code == DeclineCode.NO_TIME


def test_a_no_after_a_yes_is_refused(ask: Ask, nadia: Person) -> None:
    asks.accept_ask(ask=ask, by=nadia)
    with pytest.raises(asks.AlreadyAnswered):
        asks.decline_ask(ask=ask, by=nadia)


def test_when_all_said_no_the_next_step_comes_at_once(
    ask: Ask, nadia: Person, omar: Person, need: Need
) -> None:
    other = make_ask(need, omar)
    asks.decline_ask(ask=ask, by=nadia)
    need.refresh_from_db()
    assert need.next_step_at is not None
    assert need.next_step_at > timezone.now()
    asks.decline_ask(ask=other, by=omar)
    need.refresh_from_db()
    assert need.next_step_at <= timezone.now()


def test_not_me_but_is_kept_told_and_asks_nobody(
    ask: Ask, nadia: Person, omar: Person, author: Person
) -> None:
    asks.suggest_other(ask=ask, by=nadia, person=omar)
    ask.refresh_from_db()
    assert (ask.state, ask.decline_code, ask.instead) == (
        AskState.DECLINED,
        DeclineCode.OTHER_PERSON,
        omar,
    )
    assert not Ask.objects.filter(helper=omar).exists()
    notice = Notice.objects.get(recipient=author)
    assert notice.title.startswith("Nadia ne peut pas, et pense à Omar")


def test_not_me_but_in_free_words(ask: Ask, nadia: Person, author: Person) -> None:
    asks.suggest_other(ask=ask, by=nadia, words="La comptable du marché")
    ask.refresh_from_db()
    assert (ask.instead, ask.remark) == (None, "La comptable du marché")


def test_later_keeps_the_ask_open_and_reminds_once(ask: Ask, nadia: Person, need: Need) -> None:
    asks.postpone_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    assert ask.state == AskState.LATER
    now = timezone.now()
    assert asks.remind(now) == 0
    soon = now + timedelta(days=1, minutes=1)
    asks.remind(soon)
    asks.remind(soon)
    assert Notice.objects.filter(recipient=nadia, code="ask_reminder").count() == 1
    asks.accept_ask(ask=ask, by=nadia)


def test_later_twice_does_not_put_off_again(ask: Ask, nadia: Person) -> None:
    asks.postpone_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    due_at = ask.due_at
    asks.postpone_ask(ask=ask, by=nadia)
    ask.refresh_from_db()
    assert ask.due_at == due_at


def test_silence_past_the_date_expires(ask: Ask, omar: Person, need: Need) -> None:
    waiting = make_ask(need, omar, due_at=timezone.now() + timedelta(days=3))
    assert asks.expire_asks(ask.due_at) == 1
    ask.refresh_from_db()
    waiting.refresh_from_db()
    assert (ask.state, waiting.state) == (AskState.EXPIRED, AskState.SENT)


def test_a_wave_of_a_need_that_is_in_hand_asks_nobody(need: Need, helpers: list[Person]) -> None:
    Need.objects.filter(pk=need.pk).update(state=NeedState.IN_HAND)
    assert asks.send_wave(need=need, wave=2, by=None) == []


def test_a_second_wave_asks_others(need: Need, helpers: list[Person]) -> None:
    first = asks.send_wave(need=need, wave=1, by=None)
    second = asks.send_wave(need=need, wave=2, by=None)
    assert (len(first), len(second)) == (3, 2)
    assert len(set(Ask.objects.values_list("helper_id", flat=True))) == 5


def test_nobody_is_asked_a_third_time_in_a_week(
    author: Person, hub: Hub, helpers: list[Person]
) -> None:
    for _number in range(4):
        asks.send_wave(need=make_need(author, hub), wave=1, by=None)
    counts = [person.asks.count() for person in helpers]
    assert max(counts) == 2
    assert sum(counts) == 10


def test_a_host_asks_one_person_by_hand(need: Need, nadia: Person, hub: Hub) -> None:
    host = make_host(hub)
    ask = asks.ask_person(need=need, helper=nadia, by=host)
    assert (ask.helper, ask.asked_by, ask.wave) == (nadia, host, 1)
    assert Notice.objects.filter(recipient=nadia, code="ask_received").count() == 1


def test_the_author_asks_the_person_who_was_named(
    ask: Ask, nadia: Person, omar: Person, author: Person
) -> None:
    asks.suggest_other(ask=ask, by=nadia, person=omar)
    assert asks.ask_person(need=ask.need, helper=omar, by=author).helper == omar


def test_a_host_of_another_hive_asks_nobody(need: Need, nadia: Person) -> None:
    with pytest.raises(NotAllowed):
        asks.ask_person(need=need, helper=nadia, by=make_host(make_hub()))


def test_nobody_is_asked_twice_for_one_need(ask: Ask, nadia: Person, author: Person) -> None:
    with pytest.raises(asks.AlreadyAsked):
        asks.ask_person(need=ask.need, helper=nadia, by=author)


def test_the_guards_hold_for_a_hand_picked_person(
    need: Need, nadia: Person, author: Person
) -> None:
    Pause.objects.create(person=nadia)
    with pytest.raises(asks.CannotBeAsked, match="Nadia"):
        asks.ask_person(need=need, helper=nadia, by=author)


def test_a_pair_kept_apart_reads_like_any_impossibility(
    need: Need, nadia: Person, omar: Person, author: Person
) -> None:
    AvoidPair.objects.create(person=nadia, other=author)
    make_venture("Les Bocaux", omar, author)
    said = []
    for person in (nadia, omar):
        with pytest.raises(asks.CannotBeAsked) as refused:
            asks.ask_person(need=need, helper=person, by=author)
        said.append(str(refused.value).replace(person.given_name, "…"))
    assert said[0] == said[1]


def test_a_need_of_the_hive_is_not_asked_outside(need: Need, author: Person) -> None:
    Need.objects.filter(pk=need.pk).update(audience=NeedAudience.HUB)
    need.refresh_from_db()
    with pytest.raises(asks.CannotBeAsked):
        asks.ask_person(need=need, helper=make_resident(make_hub()), by=author)


def test_an_over_need_asks_nobody_by_hand(need: Need, nadia: Person, author: Person) -> None:
    needs.meet_need(need=need, by=author)
    with pytest.raises(Refusal):
        asks.ask_person(need=need, helper=nadia, by=author)


def test_whoever_reads_a_need_may_come_forward(need: Need, nadia: Person) -> None:
    exchange = asks.volunteer(need=need, by=nadia)
    need.refresh_from_db()
    assert (exchange.giver, need.state) == (nadia, NeedState.IN_HAND)
    assert exchange.ask is not None
    assert (exchange.ask.wave, exchange.ask.asked_by) == (asks.UNASKED, nadia)


def test_who_was_asked_and_comes_forward_says_yes_to_the_ask(ask: Ask, nadia: Person) -> None:
    assert asks.volunteer(need=ask.need, by=nadia).ask == ask


def test_the_author_does_not_come_forward(need: Need, author: Person) -> None:
    with pytest.raises(NotAllowed):
        asks.volunteer(need=need, by=author)


def test_nobody_comes_forward_for_a_need_they_do_not_see(need: Need) -> None:
    Need.objects.filter(pk=need.pk).update(audience=NeedAudience.HUB)
    with pytest.raises(NotAllowed):
        asks.volunteer(need=need, by=make_resident(make_hub()))


def test_a_second_one_who_comes_forward_is_thanked(need: Need, nadia: Person, omar: Person) -> None:
    asks.volunteer(need=need, by=nadia)
    with pytest.raises(asks.SomeoneFound):
        asks.volunteer(need=need, by=omar)


def test_who_is_kept_apart_does_not_come_forward(need: Need, nadia: Person, author: Person) -> None:
    AvoidPair.objects.create(person=author, other=nadia)
    with pytest.raises(asks.CannotBeAsked):
        asks.volunteer(need=need, by=nadia)
    assert not Ask.objects.exists()


def test_who_has_no_time_left_does_not_come_forward(need: Need, hub: Hub) -> None:
    with pytest.raises(NoTimeLeft):
        asks.volunteer(need=need, by=make_resident(hub, minutes=0))
    assert not Ask.objects.exists()
