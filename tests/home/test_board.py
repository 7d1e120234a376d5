from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.hubs.models import Host, Hub
from essaim.people.models import Person
from tests.factories import (
    make_director,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_each_figure_is_a_link_to_its_records_of_the_same_hive_and_period(
    client: Client, hub: Hub, host: Person
) -> None:
    make_need(make_resident(hub), hub)
    client.force_login(host)
    page = client.get("/chiffres-de-la-ruche/?days=7")
    links = [shown.path for shown in page.context["figures"]]
    since = (timezone.localdate() - timedelta(days=6)).isoformat()
    assert len(links) == 10
    assert all(f"hub={hub.pk}" in link and f"from={since}" in link for link in links)
    assert client.get(links[1]).status_code == 200


def test_the_value_shown_is_the_value_of_the_page_behind(
    client: Client, hub: Hub, host: Person
) -> None:
    for days in (1, 3, 40):
        make_need(make_resident(hub), hub, published_at=timezone.now() - timedelta(days=days))
    client.force_login(host)
    told = client.get("/chiffres-de-la-ruche/").context["figures"][1]
    assert told.value == client.get(told.path).context["value"] == 2


def test_a_figure_leads_back_to_the_board_it_came_from(
    client: Client, hub: Hub, host: Person
) -> None:
    Host.objects.create(person=host, hub=make_hub("Un autre lieu"))
    client.force_login(host)
    board = client.get(f"/chiffres-de-la-ruche/?hub={hub.slug}&days=90")

    page = client.get(board.context["figures"][0].path).content.decode()

    back = f"/chiffres-de-la-ruche/?days=90&amp;hub={hub.pk}"
    assert f'href="{back}"' in page
    again = client.get(back.replace("&amp;", "&"))
    assert (again.context["hub"], again.context["days"]) == (hub, 90)


def test_hosts_look_at_their_hives_alone(client: Client, host: Person) -> None:
    other = make_hub()
    client.force_login(host)
    assert client.get(f"/chiffres-de-la-ruche/?hub={other.slug}").status_code == 404
    client.force_login(make_resident(other))
    assert client.get("/chiffres-de-la-ruche/").status_code == 404


def test_directors_look_at_the_network_then_at_each_hive(client: Client, hub: Hub) -> None:
    client.force_login(make_director())
    assert client.get("/chiffres-de-la-ruche/").context["hub"] is None
    assert client.get(f"/chiffres-de-la-ruche/?hub={hub.slug}").context["hub"] == hub


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    client: Client, hub: Hub, host: Person, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        make_need(make_resident(hub), hub)
    client.force_login(host)
    with django_assert_num_queries(9):
        client.get("/chiffres-de-la-ruche/")
