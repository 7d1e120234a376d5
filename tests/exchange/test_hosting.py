"""A host takes up a need that waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import hosting
from essaim.exchange.actions.asks import AlreadyAsked, CannotBeAsked, NeedOver
from essaim.exchange.models import Need, NeedState
from essaim.exchange.notifications.escalation import host_called
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_director,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
)

pytestmark = pytest.mark.django_db

GESTURES: list[Any] = [
    (hosting.acknowledge_need, "acknowledged"),
    (hosting.note_call, "phoned"),
    (hosting.put_on_friday_bell, "friday_bell"),
]


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def need(author: Person, hub: Hub) -> Need:
    return make_need(author, hub, level=3)


@pytest.mark.parametrize(("gesture", "action"), GESTURES)
def test_each_gesture_is_noted_once_and_told(
    need: Need, host: Person, gesture: Any, action: str
) -> None:
    gesture(need=need, by=host)
    gesture(need=need, by=host)

    need.refresh_from_db()
    assert need.acknowledged_by == host
    assert list(need.steps.values_list("action", "actor")) == [(action, host.pk)]
    assert Notice.objects.filter(recipient=need.author, code="need_status").count() == 1


@pytest.mark.parametrize(("gesture", "action"), GESTURES)
def test_hosts_of_elsewhere_and_members_may_not(need: Need, gesture: Any, action: str) -> None:
    for person in (make_host(make_hub()), make_person(), need.author):
        with pytest.raises(NotAllowed):
            gesture(need=need, by=person)
    assert need.steps.count() == 0


def test_who_looks_after_it_first_stays_named(need: Need, host: Person, hub: Hub) -> None:
    hosting.acknowledge_need(need=need, by=host)
    hosting.note_call(need=need, by=make_host(hub))
    need.refresh_from_db()
    assert need.acknowledged_by == host


def test_a_need_in_hand_needs_no_host(need: Need, host: Person) -> None:
    Need.objects.update(state=NeedState.IN_HAND)
    with pytest.raises(NeedOver):
        hosting.acknowledge_need(need=need, by=host)


def test_the_host_asks_somebody_by_name(need: Need, host: Person, hub: Hub) -> None:
    helper = make_resident(hub, given_name="Omar")
    ask = hosting.assign_need(need=need, helper=helper, by=host)
    assert (ask.helper, ask.asked_by) == (helper, host)
    need.refresh_from_db()
    assert need.acknowledged_by == host
    with pytest.raises(AlreadyAsked):
        hosting.assign_need(need=need, helper=helper, by=host)


def test_whoever_cannot_be_asked_is_protected_from_hosts_too(
    need: Need, host: Person, hub: Hub
) -> None:
    with pytest.raises(CannotBeAsked):
        hosting.assign_need(need=need, helper=make_resident(hub, minutes=0), by=host)
    need.refresh_from_db()
    assert need.acknowledged_by is None


def test_words_of_the_host_reach_the_author_by_mail(
    need: Need, host: Person, mailoutbox: list[Any]
) -> None:
    hosting.write_to_author(need=need, words="Et si on disait\n-> vole | /tout", by=host)
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver()
    assert len(mailoutbox) == 1
    assert "Et si on disait -> vole | /tout" in mailoutbox[0].body
    assert mailoutbox[0].subject.startswith("Hugo t’écrit")


def test_no_words_are_not_sent(need: Need, host: Person) -> None:
    with pytest.raises(hosting.NothingWritten):
        hosting.write_to_author(need=need, words="  \n ", by=host)


def test_the_letter_to_a_host_loses_its_object_with_the_need(
    need: Need, host: Person, mailoutbox: list[Any]
) -> None:
    host_called(need, [host])
    OutboxRow.objects.update(due_at=timezone.now())
    Need.objects.update(state=NeedState.MET)
    outbox.deliver()
    assert mailoutbox == []


def test_the_queue_shows_what_reached_the_host_of_that_hive(
    client: Client, need: Need, host: Person, author: Person, hub: Hub
) -> None:
    other = make_hub()
    make_need(author, hub, title="Encore demandé", level=2)
    make_need(make_resident(other), other, title="Ailleurs", level=3)
    make_need(author, hub, title="Trouvé", level=3, state=NeedState.IN_HAND)
    client.force_login(host)
    page = client.get("/hote/besoins/").content.decode()
    assert need.title in page
    assert [word in page for word in ("Encore demandé", "Ailleurs", "Trouvé")] == [False] * 3


def test_an_empty_queue_says_so(client: Client, host: Person) -> None:
    client.force_login(host)
    assert "Aucun besoin ne t’attend" in client.get("/hote/besoins/").content.decode()


def test_members_find_no_queue(client: Client, author: Person, need: Need) -> None:
    client.force_login(author)
    for path in ("/hote/besoins/", f"/hote/besoins/{need.pk}/"):
        assert client.get(path).status_code == 404


def test_a_need_of_another_hive_does_not_exist(client: Client, need: Need) -> None:
    client.force_login(make_host(make_hub()))
    assert client.get(f"/hote/besoins/{need.pk}/").status_code == 404
    assert client.post(f"/hote/besoins/{need.pk}/appel/").status_code == 404
    assert need.steps.count() == 0


def test_directors_may_look_everywhere(client: Client, need: Need) -> None:
    client.force_login(make_director())
    assert client.get(f"/hote/besoins/{need.pk}/").status_code == 200


def test_the_page_offers_who_can_help_and_asks(
    client: Client, need: Need, host: Person, helpers: list[Person]
) -> None:
    client.force_login(host)
    page = client.get(f"/hote/besoins/{need.pk}/").content.decode()
    assert helpers[0].name in page

    path = f"/hote/besoins/{need.pk}/demander/{helpers[0].pk}/"
    said = client.post(path, follow=True).content.decode()

    assert "C’est demandé à Nadia" in said
    assert need.asks.get().helper == helpers[0]


def test_somebody_else_is_found_by_name(client: Client, need: Need, host: Person, hub: Hub) -> None:
    make_resident(hub, given_name="Zélie", family_name="Tandem")
    client.force_login(host)
    assert "Zélie Tandem" in client.get(f"/hote/besoins/{need.pk}/?q=zelie").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_queue_do_not_grow(
    client: Client, host: Person, hub: Hub, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        make_need(make_resident(hub), hub, level=3)
    client.force_login(host)
    with django_assert_num_queries(6):
        client.get("/hote/besoins/")


def test_the_author_keeps_a_need_whose_time_is_over(
    client: Client, author: Person, hub: Hub
) -> None:
    need = make_need(author, hub, expires_at=timezone.now() - timedelta(hours=1))
    client.force_login(author)
    assert "le garder" in client.get(f"/besoins/{need.pk}/suite/").content.decode()

    client.post(f"/besoins/{need.pk}/suite/", {"a": "keep"})

    need.refresh_from_db()
    assert need.expires_at is not None
    assert need.expires_at > timezone.now()


def test_nobody_else_decides_what_becomes_of_it(client: Client, need: Need, host: Person) -> None:
    client.force_login(host)
    assert client.post(f"/besoins/{need.pk}/suite/").status_code == 404


def test_a_need_that_is_not_over_has_no_such_page(
    client: Client, need: Need, author: Person
) -> None:
    client.force_login(author)
    assert client.get(f"/besoins/{need.pk}/suite/")["Location"] == f"/besoins/{need.pk}/"


def test_the_story_of_a_need_tells_what_hosts_did(
    client: Client, need: Need, host: Person, author: Person
) -> None:
    need.steps.create(level=3, action="host_queue")
    need.steps.create(level=3, action="host_reminder", result="acknowledged")
    hosting.put_on_friday_bell(need=need, by=host)
    client.force_login(author)
    page = client.get(f"/besoins/{need.pk}/").content.decode()
    said = ("l’hôte de la ruche", "sur la liste du Buzz de vendredi", "l’hôte a eu un rappel")
    assert [words in page for words in said] == [True, True, False]
