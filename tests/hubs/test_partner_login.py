"""Staff of a partner come in through their own house, if they are known here."""

import subprocess
import sys
from collections.abc import Iterator
from os import environ
from pathlib import Path
from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from essaim.hubs.actions.invitations import confirm_address
from essaim.people.models import Person, PersonState
from tests.factories import make_person
from tests.hubs.fake_partner import CLIENT, SECRET, FakePartner, open_partner

pytestmark = pytest.mark.django_db

LOGIN = "/compte/oidc/partner/login/"


@pytest.fixture
def partner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePartner]:
    """As an installation with `ESSAIM_OIDC_SERVER` starts; the last test starts one."""
    known = {**registry.provider_map, OpenIDConnectProvider.id: OpenIDConnectProvider}
    monkeypatch.setattr(registry, "provider_map", known)
    settings.ROOT_URLCONF = "tests.hubs.urls_with_partner"
    with open_partner() as fake:
        app = {
            "provider_id": "partner",
            "name": "Télécom",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": fake.url, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        settings.OIDC_DOMAINS = ["telecom.example"]
        yield fake


def through(client: Client, partner: FakePartner, **claims: Any) -> Any:
    """What the browser does: to the partner's house, and back with a code."""
    partner.claims = {"sub": "42", "email_verified": True} | claims
    leaving = client.get(LOGIN)
    assert leaving["Location"].startswith(f"{partner.url}/authorize?")
    back = requests.get(leaving["Location"], allow_redirects=False, timeout=5)
    return client.get(back.headers["Location"].removeprefix("http://testserver"))


def make_staff(email: str = "zoe@telecom.example", **fields: Any) -> Person:
    person = make_person("Zoé", email=email, **fields)
    confirm_address(person=person)
    return person


def test_known_staff_comes_in_through_the_partner(client: Client, partner: FakePartner) -> None:
    person = make_staff()

    answer = through(client, partner, email="zoe@telecom.example")

    assert answer["Location"] == reverse("home:day")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert partner.asked["code_challenge_method"] == "S256"
    assert not SocialAccount.objects.exists(), "nothing of the partner's is kept"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "inconnu@telecom.example"},
        {"email": "zoe@telecom.example", "email_verified": False},
        {"email": "zoe@telecom.example", "email_verified": "false"},
        {"email": "lea@hive.example"},
        {},
    ],
    ids=["unknown", "unverified", "unverified in words", "another domain", "no address"],
)
def test_others_are_told_kindly_and_stay_outside(
    client: Client, partner: FakePartner, claims: dict[str, Any]
) -> None:
    make_staff()
    make_staff("lea@hive.example")
    before = Person.objects.count()

    answer = through(client, partner, **claims)

    assert answer.status_code == 403
    assert "socialaccount/unknown.html" in [t.name for t in answer.templates]
    assert "_auth_user_id" not in client.session
    assert Person.objects.count() == before


def test_staff_who_left_stays_outside(client: Client, partner: FakePartner) -> None:
    make_staff(state=PersonState.LEFT)

    answer = through(client, partner, email="zoe@telecom.example")

    assert answer["Location"] == "/compte/inactive/"
    assert "_auth_user_id" not in client.session


def test_token_for_another_house_is_refused(client: Client, partner: FakePartner) -> None:
    make_staff()

    answer = through(client, partner, email="zoe@telecom.example", aud="another-service")

    assert "_auth_user_id" not in client.session
    assert "socialaccount/authentication_error.html" in [t.name for t in answer.templates]


def test_answer_that_was_not_asked_for_is_refused(client: Client, partner: FakePartner) -> None:
    make_staff()

    answer = client.get(LOGIN + "callback/?code=a-code&state=invented")

    assert "_auth_user_id" not in client.session
    assert "socialaccount/authentication_error.html" in [t.name for t in answer.templates]


def test_partner_that_does_not_answer_breaks_nothing(
    client: Client, partner: FakePartner, settings: Any
) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"

    answer = client.get(LOGIN)

    assert "socialaccount/authentication_error.html" in [t.name for t in answer.templates]


def test_button_shows_the_partner_by_name(client: Client, partner: FakePartner) -> None:
    assert LOGIN in client.get("/compte/login/").content.decode()


def test_without_configuration_there_is_no_button_and_no_page(client: Client) -> None:
    assert "oidc" not in client.get("/compte/login/").content.decode()
    assert client.get(LOGIN).status_code == 404


@pytest.mark.parametrize("configured", [True, False])
def test_a_configured_installation_alone_has_the_way_back_from_the_partner(
    configured: bool,
) -> None:
    """The library that speaks to partners is loaded where one is named, and nowhere else."""
    given = {"SERVER": "https://id.telecom.example", "DOMAINS": "telecom.example"}
    given |= {"CLIENT_ID": CLIENT, "SECRET": SECRET}
    found = {f"ESSAIM_OIDC_{name}": value for name, value in given.items() if configured}
    script = (
        "import sys; from config.wsgi import application; from django.urls import is_valid_path; "
        f"print(bool(is_valid_path('{LOGIN}callback/')), 'requests' in sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**environ, **found, "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=Path(django_settings.BASE_DIR),
        check=True,
        capture_output=True,
        text=True,
    )

    assert ran.stdout.split() == [str(configured)] * 2
