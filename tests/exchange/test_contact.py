"""The matrix: who sees whose e-mail and phone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from essaim.exchange.contact import Contact, contact_of, contacts_of
from essaim.exchange.models import HelpState
from essaim.people.models import Audience, Person, PersonState
from tests.factories import (
    make_administrator,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_person,
    make_residency,
    make_resident,
)

pytestmark = pytest.mark.django_db

VIEWERS = ("oneself", "host", "director", "neighbour", "helped", "promised", "stranger", "visitor")
ALWAYS = {"oneself", "host", "director"}
SEEN_BY = {
    Audience.ON_YES: ALWAYS | {"helped", "promised"},
    Audience.HUB: ALWAYS | {"helped", "promised", "neighbour"},
    Audience.NETWORK: set(VIEWERS) - {"visitor"},
}


def make_viewer(kind: str, person: Person) -> object:
    hub = person.residencies.get().hub
    if kind == "oneself":
        return person
    if kind in ("helped", "promised"):
        other = make_resident(make_hub("Ailleurs"))
        pair = (person, other) if kind == "helped" else (other, person)
        state = HelpState.CONFIRMED if kind == "helped" else HelpState.AGREED
        make_exchange(*pair, hub, state=state, minutes=30)
        return other
    return {
        "host": lambda: make_host(hub),
        "director": make_director,
        "neighbour": lambda: make_resident(hub),
        "stranger": lambda: make_resident(make_hub("Ailleurs")),
        "visitor": AnonymousUser,
    }[kind]()


@pytest.mark.parametrize("kind", VIEWERS)
@pytest.mark.parametrize("audience", SEEN_BY)
def test_address_and_phone_are_shown_to_whom_the_person_chose(audience: str, kind: str) -> None:
    shown = make_resident(make_hub(), email_audience=audience, phone="0601020304")
    hidden = make_resident(make_hub(), phone_audience=audience, phone="0601020304")
    seen = kind in SEEN_BY[Audience(audience)]

    assert bool(contact_of(shown, make_viewer(kind, shown)).email) is seen
    assert bool(contact_of(hidden, make_viewer(kind, hidden)).phone) is seen


@pytest.mark.parametrize("state", [HelpState.CANCELLED, HelpState.NO_SHOW])
def test_help_that_did_not_happen_opens_nothing(state: str) -> None:
    hub = make_hub()
    lea, karim = make_resident(hub), make_resident(hub)
    make_exchange(lea, karim, hub, state=state)

    assert contact_of(lea, karim) == Contact()


def test_administration_is_no_reason_to_call_people() -> None:
    assert contact_of(make_resident(), make_administrator()) == Contact()


def test_who_has_left_shows_nothing() -> None:
    gone = make_person(state=PersonState.LEFT, email_audience=Audience.NETWORK)

    assert contact_of(gone, make_person()) == Contact()


@pytest.mark.parametrize("size", [1, 3])
def test_cost_does_not_grow_with_the_list(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    people, viewer = [make_resident(hub) for _ in range(size)], make_resident(hub)

    with django_assert_num_queries(3):  # type: ignore[operator]
        contacts_of(people, viewer)


def test_second_hive_opens_nothing_to_its_hosts_nor_its_residents() -> None:
    person = make_resident(make_hub(), phone="0601020304", phone_audience=Audience.ON_YES)
    near = make_resident(make_hub(), email_audience=Audience.HUB)
    second = make_hub("Ailleurs")
    long_ago = timezone.localdate() - timedelta(days=9000)
    for one in (person, near):
        make_residency(one, second, since_on=long_ago)

    seen, by_neighbour = (
        contact_of(person, make_host(second)),
        contact_of(near, make_resident(second)),
    )

    assert (seen.email, seen.phone, by_neighbour.email) == ("", "", "")
    assert seen.hosted, "the host still sees and ends the residency"


def test_who_moves_is_at_home_in_the_hive_that_remains() -> None:
    person = make_resident(make_hub(), phone="0601020304", phone_audience=Audience.ON_YES)
    second = make_hub("Ailleurs")
    first = person.residencies.get()
    make_residency(person, second)
    type(first).objects.filter(pk=first.pk).update(until_on=timezone.localdate())

    assert contact_of(person, make_host(second)).phone == person.phone
