"""What waits besides needs and people, and what a host puts aside, until when and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.exchange.actions.capacity import pause
from essaim.exchange.models import (
    BuzzPromise,
    FridayBatch,
    FridayProposal,
    Need,
    PromiseState,
    ProposalState,
)
from essaim.home.models import MondayDone, NotNow
from essaim.home.monday import Kind
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
)
from tests.home.mondays import act, found, generous, order, promise_late, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


@pytest.fixture
def hosting(client: Client, host: Person) -> Client:
    client.force_login(host)
    return client


@pytest.fixture
def need(hub: Hub) -> Need:
    return make_need(settled(hub), hub, level=3, title="Un fourgon samedi")


def test_a_promise_past_its_day_is_a_line(hub: Hub) -> None:
    late = promise_late(hub)
    assert found(hub)[Kind.PROMISE].thing_id == late.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"state": PromiseState.MADE},
        {"due_at": timezone.now() - timedelta(days=60)},
        {"due_at": timezone.now() + timedelta(days=9)},
        {"settled_by": True},
        {"exchange": True},
    ],
    ids=[
        "still in time",
        "long ago",
        "said to be broken before its day",
        "said by one of them",
        "its help waits",
    ],
)
def test_other_promises_are_no_lines(hub: Hub, fields: dict[str, Any]) -> None:
    late = promise_late(hub)
    if "settled_by" in fields:
        fields = {"settled_by": late.giver}
    if "exchange" in fields:
        fields = {"exchange": make_exchange(late.giver, late.receiver, hub)}
    BuzzPromise.objects.filter(pk=late.pk).update(**fields)
    assert Kind.PROMISE not in found(hub)


def test_who_gave_very_much_is_a_line_until_they_rest(hub: Hub) -> None:
    nadia = generous(hub)
    line = found(hub)[Kind.GENEROUS]
    assert (line.thing_id, line.facts["minutes"], line.facts["helps"]) == (nadia.pk, 900, 15)
    # 900 of 1,140 minutes by one of six members: one carries the hive.
    assert line.facts["share"] == 79
    assert line.much == 1.5
    pause(person=nadia, by=nadia)
    assert Kind.GENEROUS not in found(hub)


def test_who_gave_a_little_is_no_line(hub: Hub) -> None:
    generous(hub, minutes=120)
    assert Kind.GENEROUS not in found(hub)


def test_a_draft_of_fridays_asks_is_a_line(hub: Hub, need: Need, hosting: Client) -> None:
    batch = FridayBatch.objects.create(hub=hub)
    FridayProposal.objects.create(
        batch=batch, need=need, helper=settled(hub), rank=1, state=ProposalState.CHOSEN
    )
    line = found(hub)[Kind.FRIDAY]
    assert (line.thing_id, line.facts["count"], line.much) == (batch.pk, 1, 1.1)
    page = hosting.get("/lundi/").content.decode()
    assert f'href="/hote/vendredi/?hub={hub.slug}"' in page


def test_not_now_says_why_until_when_and_comes_back(
    hub: Hub, need: Need, hosting: Client, host: Person
) -> None:
    until = timezone.localdate() + timedelta(days=4)
    asked = hosting.get(f"/lundi/need/{need.pk}/plus-tard/").content.decode()
    assert 'value="elsewhere"' in asked
    page = act(
        hosting, "need", need.pk, "plus-tard",
        until=until.isoformat(), why="elsewhere", words="  Karim\x00 l’appelle ",
    )  # fmt: skip
    assert "Mis de côté" in page
    assert "quelqu’un d’autre s’en charge" in page
    assert "Karim l’appelle" in page
    done = MondayDone.objects.get(person=host)
    assert (done.until_on, done.why, done.words) == (until, NotNow.ELSEWHERE, "Karim l’appelle")
    act(hosting, "need", need.pk, "annuler/plus-tard")
    assert MondayDone.objects.count() == 0


def test_a_word_that_is_no_reason_is_forgotten(need: Need, hosting: Client) -> None:
    act(hosting, "need", need.pk, "plus-tard", why="x" * 300, words="y" * 900)
    done = MondayDone.objects.get()
    assert (done.why, len(done.words)) == ("", 200)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("useless", ["Prêter la remorque", "Zoé Deux"]),
        ("no_time", ["Prêter la remorque", "Zoé Deux"]),
        ("too_soon", ["Zoé Deux", "Prêter la remorque"]),
        ("", ["Zoé Deux", "Prêter la remorque"]),
    ],
)
def test_what_was_refused_for_what_it_is_does_not_come_first_again(
    hub: Hub, hosting: Client, why: str, expected: list[str]
) -> None:
    today = timezone.localdate()
    one, two = make_person("Zoé", family_name="Un"), make_person("Zoé", family_name="Deux")
    for person in (one, two):
        make_residency(person, hub, since_on=today - timedelta(days=5))
    promise_late(hub)
    act(hosting, "newcomer", one.pk, "plus-tard", why=why)
    assert order(hosting, "Zoé Deux", "Prêter la remorque") == expected
    MondayDone.objects.update(set_at=timezone.now() - timedelta(days=15))
    assert order(hosting, "Zoé Deux", "Prêter la remorque")[0] == "Zoé Deux"
