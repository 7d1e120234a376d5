"""The guards of the network: who sets them, within which bounds, and that they hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.models import JournalEntry
from essaim.core.refusals import NotAllowed
from essaim.exchange import matching
from essaim.exchange.actions import capacity
from essaim.exchange.actions import guards as actions
from essaim.exchange.actions.needs import publish_need
from essaim.exchange.capacity import Obstacle, load_of
from essaim.exchange.guards import Guards, guards_in_force
from essaim.exchange.models import GUARDS, AskGuards, AskState, HelpState, Need, Pledge
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_administrator,
    make_ask,
    make_director,
    make_exchange,
    make_host,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db
PAGE = "/reseau/garde-fous/"


def posted(**changes: int) -> dict[str, int]:
    return {name: bounds.usual for name, bounds in GUARDS.items()} | changes


def test_without_a_row_the_guards_are_the_usual_ones() -> None:
    assert guards_in_force() == Guards(2, 2, 48, 3, 30, 90, 8, 22)


def test_a_director_sets_them_and_the_journal_tells_what_changed() -> None:
    director = make_director()

    actions.set_guards(by=director, asks_per_week=1, at_once=2)
    actions.set_guards(by=director, asks_per_week=1)

    [line] = JournalEntry.objects.filter(verb="set_guards")
    assert (line.actor, line.facts) == (director, {"asks_per_week": 1})
    assert guards_in_force() == Guards(asks_per_week=1)


@pytest.mark.parametrize("name", list(GUARDS))
@pytest.mark.parametrize("side", ["under", "over"])
def test_a_guard_out_of_its_bounds_is_refused_by_the_action_and_by_the_database(
    name: str, side: str
) -> None:
    value = GUARDS[name].least - 1 if side == "under" else GUARDS[name].most + 1
    director = make_director()

    with pytest.raises(actions.OutOfBounds):
        actions.set_guards(by=director, **{name: value})
    AskGuards.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        AskGuards.objects.update(**{name: value})


def test_there_is_one_row_for_the_network() -> None:
    AskGuards.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        AskGuards.objects.create(pk=make_director().pk)


def test_hosts_and_administrators_do_not_set_them(hub: Hub) -> None:
    for person in (make_host(hub), make_administrator()):
        with pytest.raises(NotAllowed):
            actions.set_guards(by=person, asks_per_week=1)


def test_the_page_says_why_each_guard_is_there_and_keeps_what_is_typed(client: Client) -> None:
    client.force_login(make_director())

    shown = client.get(PAGE).content.decode()
    answer = client.post(PAGE, posted(rest_hours=72), follow=True)

    assert "Un non se passe de raison" in shown
    assert "De 24 à 168" in shown
    assert guards_in_force() == Guards(rest_hours=72)
    assert "Dernier changement" in answer.content.decode()


def test_the_page_refuses_what_is_out_of_bounds(client: Client) -> None:
    client.force_login(make_director())

    answer = client.post(PAGE, posted(asks_per_week=50))

    assert answer.status_code == 200
    assert not AskGuards.objects.exists()
    assert "aria-invalid" in answer.content.decode()


def test_an_administrator_reads_them_and_a_host_has_no_such_page(client: Client, hub: Hub) -> None:
    client.force_login(make_administrator())
    assert 'name="asks_per_week"' not in client.get(PAGE).content.decode()
    client.post(PAGE, posted(asks_per_week=1))
    assert not AskGuards.objects.exists()
    client.force_login(make_host(hub))
    assert client.get(PAGE).status_code == 404


def test_a_lower_guard_holds_at_once_for_who_did_not_choose(hub: Hub, author: Person) -> None:
    leaves_it, chose = make_resident(hub), make_resident(hub)
    capacity.set_pledge(person=chose, minutes=240, max_asks_per_week=3, by=chose)
    for helper in (leaves_it, chose):
        make_ask(make_need(author, hub), helper, state=AskState.WITHDRAWN)

    actions.set_guards(by=make_director(), asks_per_week=1)

    now = timezone.now()
    assert load_of(leaves_it, now=now).why_not_ask(now) == (Obstacle.WEEK_FULL,)
    assert load_of(chose, now=now).why_not_ask(now) == ()


def test_the_rest_after_a_no_lasts_as_long_as_the_network_says(hub: Hub, author: Person) -> None:
    helper, now = make_resident(hub), timezone.now()
    make_ask(
        make_need(author, hub),
        helper,
        state=AskState.DECLINED,
        sent_at=now - timedelta(days=8),
        answered_at=now - timedelta(hours=60),
    )
    assert load_of(helper, now=now).may_be_asked(now)

    actions.set_guards(by=make_director(), rest_hours=72)

    assert load_of(helper, now=now).why_not_ask(now) == (Obstacle.RESTING,)
    assert load_of(helper, now=now + timedelta(hours=12)).may_be_asked(now + timedelta(hours=12))


def test_nobody_is_asked_past_their_pledge_but_who_wished_it(
    draft: Need, helpers: list[Person], hub: Hub
) -> None:
    for helper in helpers:
        make_exchange(
            helper,
            make_resident(hub),
            hub,
            state=HelpState.CONFIRMED,
            minutes=240,
            happened_on=timezone.localdate(),
        )
    assert matching.suggest(draft, now=timezone.now(), count=3) == []

    willing = helpers[2]
    capacity.set_pledge(person=willing, minutes=240, beyond=True, by=willing)

    assert [ask.helper_id for ask in publish_need(need=draft, by=draft.author)] == [willing.pk]


def test_who_wished_to_be_asked_past_their_pledge_may_also_say_yes() -> None:
    person, now = make_resident(), timezone.now()
    capacity.set_pledge(person=person, minutes=15, beyond=True, by=person)

    assert load_of(person, now=now).why_not_accept(60) == ()


def test_choosing_more_than_a_network_ever_may_is_refused() -> None:
    person = make_resident()
    more: tuple[dict[str, Any], ...] = ({"max_asks_per_week": 6}, {"max_parallel": 5})
    for values in more:
        with pytest.raises(capacity.NoSuchPledge):
            capacity.set_pledge(person=person, minutes=60, by=person, **values)


def test_the_toolbox_leaves_to_the_network_what_one_does_not_choose(client: Client) -> None:
    person = make_resident()
    client.force_login(person)

    typed = {"minutes": "90", "max_asks_per_week": "0", "max_parallel": "0", "beyond": "on"}
    client.post(reverse("exchange:toolbox_pledge"), typed)

    pledge = Pledge.objects.get(person=person, valid_to=None)
    assert (pledge.max_asks_per_week, pledge.max_parallel, pledge.beyond) == (None, None, True)


def test_the_page_of_protection_tells_each_count(client: Client, hub: Hub, author: Person) -> None:
    helper = make_resident(hub, given_name="Nadia")
    now = timezone.now()
    make_ask(make_need(author, hub), helper)
    make_ask(
        make_need(author, hub),
        helper,
        state=AskState.DECLINED,
        answered_at=now - timedelta(hours=1),
    )
    make_exchange(helper, author, hub, planned_minutes=45)
    client.force_login(helper)

    page = _plain(client.get(reverse("exchange:protection")).content.decode())

    assert "2 demandes sur 2 ces sept derniers jours : plus personne ne t’est adressé avant" in page
    assert "2 choses en cours, sur 2 à la fois" in page
    assert "45 min prises sur 4 h ce mois-ci" in page
    assert "Tu te reposes jusqu’à" in page
    assert "Tu as répondu à tout" in page
    assert "Aucun mail entre 22 h et 8 h" in page
    assert "Personne ne t’est adressé aujourd’hui" in page


def test_the_page_of_protection_takes_eleven_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(make_resident())
    with django_assert_num_queries(11):
        client.get(reverse("exchange:protection"))


def test_protection_is_one_tap_from_the_toolbox_and_from_brain_time(client: Client) -> None:
    client.force_login(make_resident())
    for name in ("exchange:toolbox", "exchange:brain_time"):
        assert reverse("exchange:protection") in client.get(reverse(name)).content.decode()


def _plain(page: str) -> str:
    return page.replace("\u00a0", " ").replace("\u202f", " ")
