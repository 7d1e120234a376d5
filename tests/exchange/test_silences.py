"""Signs of life, three silences in a row, and the one word that ends them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import JournalEntry, Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.exchange import silence_links
from essaim.exchange.actions import asks, capacity, hosting
from essaim.exchange.actions.guards import set_guards
from essaim.exchange.actions.help import CannotBeAskedNow, propose_help
from essaim.exchange.actions.silences import answer_silence, unanswered_in_a_row
from essaim.exchange.capacity import Obstacle, load_of
from essaim.exchange.models import (
    Ask,
    AskState,
    Pause,
    Silence,
    SilenceAnswer,
    SilenceCause,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.factories import (
    make_ask,
    make_director,
    make_host,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db


def long_gone(person: Person, days: int) -> Person:
    at = timezone.now() - timedelta(days=days)
    Person.objects.filter(pk=person.pk).update(created_at=at, last_login=None)
    return person


def run_out(helper: Person, author: Person, hub: Hub, times: int) -> None:
    """Asks to which nothing comes, one after the other."""
    for _number in range(times):
        now = timezone.now()
        need = make_need(author, hub)
        make_ask(need, helper, sent_at=now - timedelta(days=1), due_at=now - timedelta(minutes=1))
        asks.expire_asks(now)


@pytest.fixture
def nadia(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia", language="fr")


@pytest.fixture
def silence(nadia: Person, author: Person, hub: Hub) -> Silence:
    run_out(nadia, author, hub, 3)
    return Silence.objects.get(person=nadia)


def test_a_host_asks_a_silent_person_once_and_an_author_does_not(
    hub: Hub, author: Person, nadia: Person, silence: Silence
) -> None:
    long_gone(nadia, 200)
    need = make_need(author, hub, next_step_at=timezone.now() + timedelta(days=1))
    Ask.objects.update(sent_at=timezone.now() - timedelta(days=8))

    with pytest.raises(asks.CannotBeAsked):
        asks.ask_person(need=need, helper=nadia, by=author)
    with pytest.raises(CannotBeAskedNow):
        propose_help(giver=nadia, receiver=author, title="Un œil", minutes=30, by=author)
    hosting.assign_need(need=need, helper=nadia, by=make_host(hub))

    assert Ask.objects.filter(need=need).get().helper == nadia


def test_the_own_limits_of_a_person_hold_for_hosts_too(
    hub: Hub, author: Person, nadia: Person
) -> None:
    capacity.pause(person=nadia, by=nadia)
    with pytest.raises(asks.CannotBeAsked):
        hosting.assign_need(need=make_need(author, hub), helper=nadia, by=make_host(hub))


def test_three_silences_in_a_row_stop_the_asks_and_ask_how_one_is(
    hub: Hub, author: Person, nadia: Person
) -> None:
    run_out(nadia, author, hub, 2)
    assert not Silence.objects.exists()

    run_out(nadia, author, hub, 1)

    silence = Silence.objects.get()
    now = timezone.now()
    assert (silence.person, silence.cause) == (nadia, SilenceCause.UNANSWERED)
    assert Obstacle.UNANSWERING in load_of(nadia, now=now).why_not_ask(now)
    OutboxRow.objects.update(due_at=now)
    outbox.deliver(limit=50)
    [message] = [m for m in mail.outbox if m.to == [nadia.email]]
    html = message.alternatives[0][0]  # type: ignore[attr-defined]
    assert [word in html for word in ("?a=back", "?a=less", "?a=stop")] == [True] * 3


def test_a_fourth_silence_asks_nothing_more(
    hub: Hub, author: Person, nadia: Person, silence: Silence
) -> None:
    run_out(nadia, author, hub, 2)
    assert Silence.objects.get() == silence
    assert Notice.objects.filter(code="silence").count() == 1


@pytest.mark.parametrize("state", [AskState.DECLINED, AskState.LATER, AskState.ACCEPTED])
def test_any_answer_breaks_the_row(hub: Hub, author: Person, nadia: Person, state: str) -> None:
    run_out(nadia, author, hub, 2)
    make_ask(make_need(author, hub), nadia, state=state, answered_at=timezone.now())
    assert unanswered_in_a_row([nadia.pk]) == {}


def test_a_later_that_ran_out_is_no_silence(hub: Hub, author: Person, nadia: Person) -> None:
    now = timezone.now()
    for _number in range(3):
        make_ask(
            make_need(author, hub),
            nadia,
            state=AskState.LATER,
            sent_at=now - timedelta(days=1),
            answered_at=now - timedelta(hours=20),
            due_at=now - timedelta(minutes=1),
        )
    asks.expire_asks(now)
    assert not Silence.objects.exists()


def test_asks_taken_back_because_another_said_yes_count_neither_way(
    hub: Hub, author: Person, nadia: Person
) -> None:
    run_out(nadia, author, hub, 2)
    make_ask(make_need(author, hub), nadia, state=AskState.WITHDRAWN)
    assert unanswered_in_a_row([nadia.pk]) == {nadia.pk: 2}


def test_the_network_says_how_many_silences(hub: Hub, author: Person, nadia: Person) -> None:
    set_guards(by=make_director(), silences=2)
    run_out(nadia, author, hub, 2)
    assert Silence.objects.filter(person=nadia).exists()


def test_a_network_content_with_fewer_silences_asks_at_once_how_one_is(
    hub: Hub, author: Person, nadia: Person
) -> None:
    run_out(nadia, author, hub, 2)
    run_out(make_resident(hub), author, hub, 1)

    set_guards(by=make_director(), silences=2)

    assert Silence.objects.get().person == nadia


def test_a_late_answer_ends_the_silence(nadia: Person, silence: Silence) -> None:
    asks.decline_ask(ask=Ask.objects.filter(helper=nadia)[0], by=nadia)

    silence.refresh_from_db()
    assert silence.answer == SilenceAnswer.ASK
    assert load_of(nadia, now=timezone.now()).unanswering_since is None


def test_back_lets_asks_come_again_and_the_count_begins_anew(
    hub: Hub, author: Person, nadia: Person, silence: Silence
) -> None:
    answer_silence(silence=silence, answer=SilenceAnswer.BACK, by=nadia)

    assert load_of(nadia, now=timezone.now()).unanswering_since is None
    Ask.objects.update(sent_at=timezone.now() - timedelta(days=20))
    run_out(nadia, author, hub, 1)
    assert Silence.objects.open().count() == 0


def test_less_often_is_once_a_week_and_one_thing_at_a_time(nadia: Person, silence: Silence) -> None:
    answer_silence(silence=silence, answer=SilenceAnswer.LESS, by=nadia)

    load = load_of(nadia, now=timezone.now())
    assert (load.pledged, load.max_asks_per_week, load.max_parallel) == (240, 1, 1)


def test_less_than_the_least_is_a_rest_of_four_weeks(nadia: Person, silence: Silence) -> None:
    capacity.set_pledge(person=nadia, minutes=60, max_asks_per_week=1, max_parallel=1, by=nadia)

    assert answer_silence(silence=silence, answer=SilenceAnswer.LESS, by=nadia) is None

    assert Pause.objects.get().to_on == timezone.localdate() + timedelta(weeks=4)


def test_stop_is_a_pause_until_one_says_otherwise(nadia: Person, silence: Silence) -> None:
    answer_silence(silence=silence, answer=SilenceAnswer.STOP, by=nadia)
    assert Pause.objects.get().to_on is None

    answer_silence(silence=silence, answer=SilenceAnswer.BACK, by=nadia)
    assert not Pause.objects.exists()


def test_the_same_word_twice_is_said_once(nadia: Person, silence: Silence) -> None:
    capacity.set_pledge(person=nadia, minutes=60, by=nadia)
    for _number in range(2):
        answer_silence(silence=silence, answer=SilenceAnswer.LESS, by=nadia)
    assert not Pause.objects.exists()


def test_nobody_answers_for_another(silence: Silence, author: Person) -> None:
    with pytest.raises(NotAllowed):
        answer_silence(silence=silence, answer=SilenceAnswer.STOP, by=author)


def test_one_open_silence_each(nadia: Person, silence: Silence) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Silence.objects.create(person=nadia, cause=SilenceCause.DORMANT)


@pytest.mark.parametrize("choice", ["", "?a=back", "?a=less", "?a=stop", "?a=<script>"])
def test_opening_the_link_changes_nothing(choice: str, silence: Silence, client: Client) -> None:
    path = silence_links.path_for(silence)
    for method in (client.get, client.head, client.options):
        assert method(path + choice).status_code == 200
    silence.refresh_from_db()
    assert silence.answered_at is None
    assert not Pause.objects.exists()


def test_a_button_of_the_link_says_the_word_without_signing_in(
    nadia: Person, silence: Silence, client: Client
) -> None:
    answer = client.post(silence_links.path_for(silence), {"a": "stop"})

    assert "tant que tu ne dis pas" in answer.content.decode()
    assert Pause.objects.get().person == nadia


def test_a_nonsense_word_changes_nothing(silence: Silence, client: Client) -> None:
    assert client.post(silence_links.path_for(silence), {"a": "ask"}).status_code == 200
    silence.refresh_from_db()
    assert silence.answered_at is None


def test_the_link_needs_the_token_of_its_form(silence: Silence) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(silence_links.path_for(silence), {"a": "stop"}).status_code == 403


def test_forged_and_old_links_lead_nowhere(
    silence: Silence, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signing.Signer(salt="essaim.exchange.answer").sign_object(
        {"scope": "silence", "silence": str(silence.pk), "until": 9_999_999_999}
    )
    for token in (other, "x", "%00"):
        assert client.post(f"/des-nouvelles/{token}/", {"a": "stop"}).status_code == 404
    monkeypatch.setattr(silence_links, "LIFE", timedelta(seconds=-1))
    assert client.post(silence_links.path_for(silence), {"a": "stop"}).status_code == 410
    assert not Pause.objects.exists()


def test_who_left_says_nothing_by_link(nadia: Person, silence: Silence, client: Client) -> None:
    path = silence_links.path_for(silence)
    Person.objects.filter(pk=nadia.pk).update(state=PersonState.LEFT)
    assert client.post(path, {"a": "stop"}).status_code == 410
    assert not Pause.objects.exists()


@pytest.mark.parametrize("page", ["exchange:toolbox", "exchange:protection"])
def test_the_three_words_wait_on_the_page_too(
    page: str, nadia: Person, silence: Silence, client: Client
) -> None:
    client.force_login(nadia)
    assert 'value="less"' in client.get(reverse(page)).content.decode()

    client.post(reverse("exchange:silence_say"), {"a": "back"})

    assert 'value="less"' not in client.get(reverse(page)).content.decode()


def test_who_was_never_silent_has_nothing_to_say(client: Client) -> None:
    client.force_login(make_resident())
    assert client.post(reverse("exchange:silence_say"), {"a": "stop"}).status_code == 404
    assert not Pause.objects.exists()


def test_the_mail_loses_its_object_once_a_word_was_said(nadia: Person, silence: Silence) -> None:
    answer_silence(silence=silence, answer=SilenceAnswer.BACK, by=nadia)
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=50)
    assert [m.subject for m in mail.outbox if m.to == [nadia.email]] == []


def test_monday_forgets_a_silence_that_was_answered(
    hub: Hub, nadia: Person, silence: Silence
) -> None:
    from essaim.home.monday_rows import matters_of

    def silent() -> list[Any]:
        found = matters_of([hub.pk], timezone.now())
        return [m.thing_id for m in found if m.kind == "silent"]

    assert silent() == [nadia.pk]
    answer_silence(silence=silence, answer=SilenceAnswer.BACK, by=nadia)
    assert silent() == []


def test_a_word_said_again_after_coming_back_is_done_again(nadia: Person) -> None:
    silence = Silence.objects.create(person=nadia, cause=SilenceCause.UNANSWERED)
    answer_silence(silence=silence, answer=SilenceAnswer.STOP, by=nadia)
    capacity.resume(person=nadia, by=nadia)

    answer_silence(silence=silence, answer=SilenceAnswer.STOP, by=nadia)

    assert Pause.objects.on(timezone.localdate()).filter(person=nadia, to_on=None).exists()
    assert JournalEntry.objects.filter(verb="silence.stop").count() == 1
