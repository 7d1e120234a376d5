import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from essaim.exchange.models import Thanks, ThanksAudience
from essaim.people.models import Audience
from tests.factories import make_exchange, make_hub, make_person, make_resident, make_venture

pytestmark = pytest.mark.django_db


def test_a_network_of_nothing_still_says_what_it_is(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Prêtez une part" in page.content.decode()


def test_only_what_is_public_is_shown(client: Client) -> None:
    make_venture("Les Bocaux", audience=Audience.PUBLIC)
    make_venture("Entre Nous")
    make_hub("La Halle")
    page = client.get("/").content.decode()
    assert ["Les Bocaux" in page, "La Halle" in page, "Entre Nous" in page] == [True, True, False]
    listed = client.get("/decouvrir/").content.decode()
    assert ["Les Bocaux" in listed, "Entre Nous" in listed] == [True, False]


@pytest.mark.parametrize(
    ("audience", "profile", "seen", "named"),
    [
        (ThanksAudience.PUBLIC, Audience.PUBLIC, True, True),
        (ThanksAudience.PUBLIC, Audience.NETWORK, True, False),
        (ThanksAudience.HUB, Audience.PUBLIC, False, False),
        (ThanksAudience.PRIVATE, Audience.PUBLIC, False, False),
    ],
)
def test_thanks_are_shown_and_signed_as_their_author_chose(
    client: Client, audience: str, profile: str, seen: bool, named: bool
) -> None:
    hub = make_hub()
    author = make_resident(hub, given_name="Philomène", profile_audience=profile)
    exchange = make_exchange(make_resident(hub), author, hub)
    Thanks.objects.create(
        exchange=exchange, author=author, text="Un grand bol d’air.", audience=audience
    )
    page = client.get("/").content.decode()
    assert ("grand bol" in page, "Philomène" in page) == (seen, named)


def test_a_closed_hive_is_not_to_be_visited(client: Client) -> None:
    make_hub("La Halle", address="3 rue des Abeilles")
    make_hub("Fermée", closed_on="2020-01-01")
    page = client.get("/visiter/").content.decode()
    assert ["3 rue des Abeilles" in page, "Fermée" in page] == [True, False]


def test_members_keep_the_front_page(client: Client) -> None:
    client.force_login(make_person())
    page = client.get("/")
    assert page.status_code == 200
    assert 'class="brand" href="/ma-journee/"' in page.content.decode()


def test_the_first_page_is_light_on_a_slow_network(client: Client) -> None:
    """With its sheet, scripts and signs, as a server that squeezes files sends them."""
    for _number in range(20):
        make_hub()
        make_venture(audience=Audience.PUBLIC)
    page = client.get("/").content
    sent = {"page": page}
    for name in set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.decode())):
        path = finders.find(name)
        assert path, name
        sent[name] = Path(path).read_bytes()
    assert len(sent) >= 5
    assert sum(len(gzip.compress(body)) for body in sent.values()) < 60_000


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/", 5), ("/visiter/", 2), ("/decouvrir/", 2)])
def test_queries_do_not_grow(
    client: Client, django_assert_num_queries: Any, rows: int, path: str, queries: int
) -> None:
    for _number in range(rows):
        make_hub()
        make_venture(audience=Audience.PUBLIC)
    with django_assert_num_queries(queries):
        assert len(client.get(path).content) < 30_000
