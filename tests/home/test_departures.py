"""Those who left, and whoever runs the network."""

import pytest
from django.test import Client
from django.urls import reverse

from essaim.home.actions.leaving import leave_network
from essaim.people.models import Person, PersonState
from tests.factories import make_administrator, make_director, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def left() -> Person:
    person = make_resident(given_name="Ysé", family_name="Partie")
    leave_network(person=person, by=person)
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_director_forgets_somebody_who_left(left: Person) -> None:
    client = signed_in(make_director())
    url = reverse("home:departed_erase", args=[left.pk])

    assert url in client.get(reverse("home:departures")).content.decode()
    refused = client.post(url, {"name": "Yves"})
    assert refused.context["form"].errors["name"]
    after = client.post(url, {"name": "yse"}, follow=True)

    left.refresh_from_db()
    assert left.state == PersonState.ERASED
    assert "Partie" not in after.content.decode()


def test_whoever_is_still_here_is_not_erased_by_another() -> None:
    here = make_resident(given_name="Léa")

    url = reverse("home:departed_erase", args=[here.pk])

    assert signed_in(make_administrator()).post(url, {"name": "Léa"}).status_code == 404


def test_hosts_neither_see_nor_erase_those_who_left(left: Person) -> None:
    client = signed_in(make_host(make_hub()))

    assert client.get(reverse("home:departures")).status_code == 404
    url = reverse("home:departed_erase", args=[left.pk])
    assert client.post(url, {"name": "Ysé"}).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_those_who_left_has_a_fixed_cost(
    size: int, django_assert_num_queries: object
) -> None:
    for _ in range(size):
        person = make_resident()
        leave_network(person=person, by=person)
    client = signed_in(make_director())

    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(reverse("home:departures"))
