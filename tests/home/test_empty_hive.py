"""A host alone in a new hive is told what to do next; others are told who does it."""

import pytest
from django.test import Client
from django.urls import reverse

from essaim.people.models import Person
from tests.factories import make_host, make_hub, make_person, make_resident

pytestmark = pytest.mark.django_db


def pages_of(client: Client, person: Person, slug: str) -> list[str]:
    client.force_login(person)
    addresses = [
        reverse("home:hub", args=[slug]),
        f"{reverse('home:directory')}?ou={slug}",
        reverse("home:directory"),
    ]
    return [client.get(address).content.decode() for address in addresses]


def test_the_host_of_an_empty_hive_is_led_to_inviting(client: Client) -> None:
    hub = make_hub()

    pages = pages_of(client, make_host(hub), hub.slug)

    link = f'<a class="button button-main" href="{reverse("hubs:invite")}">Inviter du monde</a>'
    assert [link in page for page in pages] == [True, True, True]


def test_a_member_is_not(client: Client) -> None:
    pages = pages_of(client, make_person(), make_hub().slug)

    assert [reverse("hubs:invite") in page for page in pages] == [False] * 3


def test_a_host_who_is_no_longer_alone_or_who_searches_is_not(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    client.force_login(host)
    searched = client.get(reverse("home:directory"), {"q": "zzz"}).content.decode()
    make_resident(hub)

    pages = [searched, *pages_of(client, host, hub.slug)]

    assert [reverse("hubs:invite") in page for page in pages] == [False] * 4
