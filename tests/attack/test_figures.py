"""Figures tell hosts of their own hives, and their files run nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core import figures
from essaim.exchange.models import HelpState
from tests.factories import make_director, make_exchange, make_host, make_hub, make_resident

pytestmark = pytest.mark.django_db

CODES = sorted(figures.FIGURES)


@pytest.mark.parametrize("code", CODES)
def test_a_host_does_not_read_the_help_of_all_hives(client: Client, code: str) -> None:
    client.force_login(make_host(make_hub()))

    page = reverse("core:figure", args=[code])

    assert client.get(page).status_code == 404
    assert client.get(page, {"hub": str(make_hub().pk)}).status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_members_open_no_list_of_names(client: Client, code: str) -> None:
    hub = make_hub()
    client.force_login(make_resident(hub))

    answer = client.get(reverse("core:figure", args=[code]), {"hub": str(hub.pk)})

    assert answer.status_code == 404


@pytest.mark.parametrize("other", ["x", "018f0000-0000-7000-8000-000000000000"])
def test_between_hives_only_help_of_ones_own_is_read(client: Client, other: str) -> None:
    hub = make_hub()
    client.force_login(make_host(hub))
    page = reverse("core:figure", args=["help_given"])

    known = client.get(page, {"hub": str(hub.pk), "with": other})

    assert known.status_code == (404 if other == "x" else 200)
    assert client.get(page, {"hub": str(make_hub().pk), "with": str(hub.pk)}).status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "+2026"])
def test_an_impossible_day_is_not_found(client: Client, day: str) -> None:
    client.force_login(make_director())
    page = reverse("core:figure", args=["help_confirmed"])

    assert client.get(page, {"to": day}).status_code == 404
    assert client.get(page, {"from": day}).status_code == 404


def test_a_name_is_no_formula_in_the_file_of_a_figure(client: Client) -> None:
    hub = make_hub()
    giver, receiver = make_resident(hub, given_name="=1+1"), make_resident(hub)
    now = timezone.now() - timedelta(minutes=1)
    make_exchange(giver, receiver, hub, state=HelpState.CONFIRMED, minutes=30, confirmed_at=now)
    client.force_login(make_host(hub))

    page = reverse("core:figure", args=["help_confirmed"])
    answer = client.get(page, {"hub": str(hub.pk), "format": "csv"})

    assert ";'=1+1" in answer.content.decode()


def test_the_line_of_an_active_member_leads_to_their_page(client: Client) -> None:
    hub = make_hub()
    person = make_resident(hub)
    make_exchange(person, make_resident(hub), hub)
    client.force_login(make_host(hub))

    page = client.get(reverse("core:figure", args=["active_members"]), {"hub": str(hub.pk)})

    assert reverse("home:person", args=[person.pk]) in page.content.decode()
