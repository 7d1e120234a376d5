"""Signs of life; what follows when none comes, and what does not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import journal
from essaim.core.models import Notice
from essaim.exchange import matching, signs, silence_links
from essaim.exchange.actions import asks, capacity, silences
from essaim.exchange.capacity import load_of
from essaim.exchange.models import (
    Ask,
    Buzz,
    BuzzPresence,
    Need,
    Pause,
    Silence,
)
from essaim.exchange.signs import Presence
from essaim.home.directory import Wanted, search_people
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonState
from tests.factories import (
    make_host,
    make_need,
    make_person,
    make_resident,
)

pytestmark = pytest.mark.django_db


def long_gone(person: Person, days: int) -> Person:
    at = timezone.now() - timedelta(days=days)
    Person.objects.filter(pk=person.pk).update(created_at=at, last_login=None)
    return person


@pytest.fixture
def nadia(hub: Hub) -> Person:
    return make_resident(hub, given_name="Nadia", language="fr")


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, Presence.ACTIVE), (29, Presence.ACTIVE), (31, Presence.QUIET), (91, Presence.DORMANT)],
)
def test_presence_follows_the_last_sign_of_life(days: int, expected: Presence) -> None:
    person = long_gone(make_resident(), days)
    assert signs.standing_of(person, timezone.now()).presence == expected


def test_who_left_is_neither_quiet_nor_dormant() -> None:
    person = long_gone(make_person(state=PersonState.LEFT), 200)
    assert signs.standing_of(person, timezone.now()).presence == Presence.LEFT


@pytest.mark.parametrize("sign", ["sign_in", "act", "buzz"])
def test_every_act_is_a_sign_of_life(sign: str, hub: Hub) -> None:
    person, yesterday = long_gone(make_resident(hub), 200), timezone.now() - timedelta(days=1)
    if sign == "sign_in":
        Person.objects.filter(pk=person.pk).update(last_login=yesterday)
    elif sign == "act":
        journal.record("anything", person, by=person)
    else:
        buzz = Buzz.objects.create(hub=hub, starts_at=yesterday)
        BuzzPresence.objects.create(buzz=buzz, person=person, since_at=yesterday)
    assert signs.standing_of(person, timezone.now()).presence == Presence.ACTIVE


def test_what_others_do_about_somebody_is_no_sign_of_theirs(hub: Hub) -> None:
    person = long_gone(make_resident(hub), 200)
    capacity.set_pledge(person=person, minutes=60, by=make_host(hub))
    assert signs.standing_of(person, timezone.now()).presence == Presence.DORMANT


def test_the_machine_asks_no_one_who_is_quiet(draft: Need, helpers: list[Person]) -> None:
    for person in helpers[:4]:
        long_gone(person, 31)

    found = matching.suggest(draft, now=timezone.now(), count=3)

    assert [suggestion.person_id for suggestion in found] == [helpers[4].pk]


def test_a_quiet_person_is_found_in_the_directory(hub: Hub, helpers: list[Person]) -> None:
    long_gone(helpers[0], 400)
    wanted = Wanted(words="plan de financement", hub=hub)
    assert helpers[0] in list(search_people(helpers[1], wanted).people)


def test_a_quiet_person_is_asked_by_who_knows_their_name(
    hub: Hub, author: Person, nadia: Person
) -> None:
    long_gone(nadia, 200)
    need = make_need(author, hub, next_step_at=timezone.now() + timedelta(days=1))

    asks.send_wave(need=need, wave=1, by=author, first=nadia)

    assert Ask.objects.get().helper == nadia


def test_a_dormant_person_is_told_twice_a_year_and_stays(nadia: Person) -> None:
    long_gone(nadia, 91)
    now = timezone.now()

    assert [silences.renew(now) for _time in range(2)] == [1, 0]
    assert silences.renew(now + timedelta(days=181)) == 0
    assert silences.renew(now + timedelta(days=183)) == 1

    nadia.refresh_from_db()
    assert (nadia.state, Silence.objects.get().cause) == (PersonState.ACTIVE, "dormant")
    assert Notice.objects.filter(code="silence").count() == 2


def test_who_said_stop_or_lives_nowhere_or_is_quiet_only_is_not_told(hub: Hub) -> None:
    stopped, nowhere = long_gone(make_resident(hub), 200), long_gone(make_person(), 200)
    quiet = long_gone(make_resident(hub), 89)
    Pause.objects.create(person=stopped)

    assert silences.renew(timezone.now()) == 0
    assert {stopped.state, nowhere.state, quiet.state} == {PersonState.ACTIVE}


def test_a_word_of_a_dormant_person_is_a_sign_of_life(nadia: Person, client: Client) -> None:
    long_gone(nadia, 200)
    silences.renew(timezone.now())

    client.post(silence_links.path_for(Silence.objects.get()), {"a": "back"})

    now = timezone.now()
    assert load_of(nadia, now=now).may_be_asked(now)


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, ""), (45, "depuis un moment"), (120, "depuis longtemps")],
)
def test_hosts_read_that_somebody_is_silent_and_others_do_not(
    hub: Hub, nadia: Person, client: Client, days: int, words: str
) -> None:
    long_gone(nadia, days)
    page = reverse("home:person", args=[nadia.pk])

    client.force_login(make_host(hub))
    told = client.get(page).content.decode()
    client.force_login(make_resident(hub))
    member = client.get(page).content.decode()

    assert ("signe de vie" in told, words in told) == (days > 30, True)
    assert "signe de vie" not in member
