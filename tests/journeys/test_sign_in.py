"""The ways in, in a real browser: passkeys, a code by mail, an invitation; without scripts too."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail

from essaim.core import outbox
from essaim.hubs.actions import invitations
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Host, Hub, Invitation
from essaim.people.models import Person
from tests.factories import make_host, make_hub, make_person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOGIN = "/compte/login/?next=/compte/"
MY_WAYS_IN = re.compile(r"\d/compte/$")
PASSWORD = "un mur de briques rousses"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def member(live_server: Any) -> Person:
    person = make_person("Léa", email="lea@example.org")
    person.set_password(PASSWORD)
    person.save()
    invitations.confirm_address(person=person)
    return person


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.complaints = complaints  # type: ignore[attr-defined]
    return page


@pytest.fixture
def plain(browser: "Browser", live_server: Any) -> Iterator["Page"]:
    """A phone of 360 px whose browser runs no script."""
    opened = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
    )
    yield opened.new_page()
    opened.close()


def invite(hub: Hub, host: Person, email: str) -> Invitation:
    invitation = invitations.invite_person(
        hub=hub,
        email=email,
        given_name="Nadia",
        family_name="",
        plan="",
        message="On t’attend pour le Buzz de vendredi.",
        by=host,
    )
    assert isinstance(invitation, Invitation)
    return invitation


def carry_device(page: "Page") -> None:
    """Gives the browser a device that keeps passkeys and whose owner is always there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_in_with_password(page: "Page") -> None:
    page.goto(LOGIN)
    page.get_by_label("Ton adresse e-mail").fill("lea@example.org")
    page.get_by_label("Ton mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(MY_WAYS_IN)


def code_in_mailbox() -> str:
    outbox.deliver()
    found = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert found
    return found.group()


def test_passkey_is_made_then_opens_the_account_alone(member: Person, page: "Page") -> None:
    carry_device(page)
    sign_in_with_password(page)

    page.goto("/compte/2fa/webauthn/add/")
    page.get_by_label("Ton mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="C’est moi").click()
    page.get_by_label("Son nom").fill("Mon téléphone")
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.wait_for_url(MY_WAYS_IN)
    assert page.get_by_text("Mon téléphone").is_visible()

    page.context.clear_cookies()
    page.goto(LOGIN)
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    page.wait_for_url(MY_WAYS_IN)
    assert page.get_by_text("lea@example.org").is_visible()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_passkey_that_the_device_refuses_leaves_the_other_ways(
    member: Person, page: "Page"
) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    refusing = DEVICE | {"isUserVerified": False}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": refusing})

    page.goto(LOGIN)
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()

    page.get_by_text("La clé d’accès n’a pas servi").wait_for()
    sign_in_with_password(page)


def test_removed_passkey_opens_nothing(member: Person, page: "Page") -> None:
    carry_device(page)
    sign_in_with_password(page)
    page.goto("/compte/2fa/webauthn/add/")
    page.get_by_label("Ton mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="C’est moi").click()
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.wait_for_url(MY_WAYS_IN)

    page.get_by_role("link", name="Retirer").first.click()
    page.get_by_role("button", name="La retirer").click()
    page.wait_for_url(MY_WAYS_IN)
    page.context.clear_cookies()
    page.goto(LOGIN)
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()

    page.get_by_text("Cela n’ouvre rien.").wait_for()
    page.goto("/compte/")
    assert page.url.endswith(LOGIN)


def test_code_by_mail_is_one_tap_without_scripts(member: Person, plain: "Page") -> None:
    plain.goto(LOGIN)
    assert not plain.get_by_role("button", name="Entrer avec une clé d’accès").is_visible()
    plain.get_by_label("Ton adresse e-mail").fill("lea@example.org")
    plain.get_by_role("button", name="Recevoir un code").click()

    plain.get_by_label("Le code reçu").fill(code_in_mailbox())
    plain.get_by_role("button", name="Continuer").click()

    assert MY_WAYS_IN.search(plain.url)


def test_invited_person_comes_in_without_scripts(live_server: Any, plain: "Page") -> None:
    hub = make_hub("La Halle")
    invitation = invite(hub, make_host(hub, given_name="Aïcha"), "nadia@example.net")

    plain.goto(invitation_path(invitation))
    plain.get_by_label("nom", exact=False).last.fill("Ben Salem")
    plain.get_by_role("button", name="Entrer").click()

    plain.goto("/compte/")
    assert plain.get_by_text("nadia@example.net").is_visible()


@pytest.mark.parametrize(
    ("width", "theme"), [(360, "dark"), (1280, "light")], ids=["phone at night", "desk"]
)
def test_nobody_is_shut_out_of_the_ways_in(
    member: Person, page: "Page", width: int, theme: Any
) -> None:
    """By size, contrast or names of things, for members and for hosts."""
    hub = make_hub("La Halle")
    Host.objects.create(person=member, hub=hub)
    letter = invite(hub, member, "nadia@example.net")
    carry_device(page)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 740})
    outside = [
        "/compte/login/",
        "/compte/password/reset/",
        invitation_path(letter),
        "/bienvenue/x/",
    ]
    wrong = {path: faults(page, path) for path in outside}
    sign_in_with_password(page)
    page.goto("/compte/2fa/totp/activate/")
    page.get_by_label("Ton mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="C’est moi").click()

    inside = ["", "sessions/", "password/change/", "email/", "2fa/totp/activate/"]
    inside = [f"/compte/{path}" for path in [*inside, "2fa/webauthn/add/", "logout/"]]
    wrong |= {path: faults(page, path) for path in inside}
    hosting = ["/hote/inviter/", "/hote/invitations/", "/hote/invitations/a-inviter/"]
    wrong |= {path: faults(page, path) for path in hosting}

    assert {path: found for path, found in wrong.items() if found} == {}


def faults(page: "Page", path: str) -> list[str]:
    """What axe finds, and what sticks out of the window."""
    page.goto(path)
    found = [
        f"{violation['id']}: {node['html']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page is wider than the window")
    return found
