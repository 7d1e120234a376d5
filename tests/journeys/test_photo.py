"""My photo, from the file to the hive, in a real browser; and without scripts."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from essaim.people.models import Person
from tests.factories import make_hub, make_resident
from tests.pictures import picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sent() -> "FilePayload":
    return {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": picture((600, 800))}


def page_of(browser: "Browser", live_server: Any, person: Person, *, scripts: bool) -> "Page":
    context = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        java_script_enabled=scripts,
        viewport={"width": 360, "height": 740},
    )
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
    )
    return context.new_page()


def test_it_is_shown_before_it_is_sent(browser: "Browser", live_server: Any) -> None:
    page = page_of(browser, live_server, make_resident(make_hub()), scripts=True)
    page.goto("/moi/photo/")

    page.get_by_label("Une image de toi").set_input_files([sent()])

    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert page.locator("#photo img").evaluate("image => image.naturalWidth") == 600
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_put_and_taken_away(browser: "Browser", live_server: Any, scripts: bool) -> None:
    page = page_of(browser, live_server, make_resident(make_hub()), scripts=scripts)
    page.goto("/moi/photo/")
    page.get_by_label("Une image de toi").set_input_files([sent()])
    page.get_by_role("button", name="Garder cette photo").click()
    expect(page.locator("#main img")).to_have_attribute("width", "320")
    page.get_by_role("link", name="Changer ma photo").click()
    if scripts:
        assert page.locator("#photo img").evaluate("image => image.naturalWidth") == 320
        assert Axe().run(page).response["violations"] == []

    page.get_by_role("button", name="Retirer ma photo").click()

    expect(page.get_by_text("tes initiales sont de retour")).to_be_visible()
    expect(page.locator("#main img")).to_have_count(0)
    page.context.close()
