"""The way of a need, from the sentence typed to the thanks, between two people in two browsers."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from essaim.core import outbox
from essaim.core.models import OutboxRow
from essaim.exchange.models import HelpExchange, HelpState, Need, NeedState, Thanks, Transfer
from essaim.people.models import Person
from tests.factories import lend, make_hub, make_resident, make_skill

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


def page_of(browser: "Browser", live_server: Any, person: Person | None, size: Any) -> "Page":
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", viewport=size)
    if person is not None:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
    return context.new_page()


def path_in_last_mail(label: str) -> str:
    # The test may run at night, when mails wait for the morning.
    OutboxRow.objects.update(due_at=timezone.now())
    outbox.deliver(limit=100)
    body = str(mail.outbox[-1].body)
    found = re.search(rf"{label}\n(http\S+)", body)
    assert found, body
    return found[1].removeprefix(settings.PUBLIC_URL)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_need_is_asked_accepted_done_confirmed_and_thanked(
    browser: "Browser", live_server: Any, size: Any
) -> None:
    hub = make_hub("La Halle")
    lea = make_resident(hub, given_name="Léa", family_name="Tournesol")
    nadia = make_resident(hub, given_name="Nadia", family_name="Bleuet", email="nadia@example.org")
    lend(nadia, make_skill("Plan de financement"), "J’en ai monté trois.")

    # Léa types a sentence and sees who will be asked, and why.
    author = page_of(browser, live_server, lea, size)
    author.goto("/besoins/nouveau/")
    expect(author.get_by_label("De quoi as-tu besoin")).to_be_focused()
    author.keyboard.type("Je cherche quelqu’un pour relire mon plan de financement")
    author.get_by_role("button", name="Voir à qui on demande").click()
    expect(author.get_by_text("Nadia Bleuet")).to_be_visible()
    expect(author.get_by_text("J’en ai monté trois")).to_be_visible()
    author.get_by_role("button", name="Demander").click()
    need = Need.objects.get()
    assert need.state == NeedState.OPEN
    expect(author.get_by_role("heading", level=1)).to_contain_text("lan de financement")

    # Nadia answers from the mail, without signing in; opening the link changed nothing.
    helper = page_of(browser, live_server, None, size)
    helper.goto(path_in_last_mail("Oui, je peux"))
    need.refresh_from_db()
    assert need.state == NeedState.OPEN
    expect(helper.get_by_text(lea.email)).to_have_count(0)
    helper.get_by_role("button", name="Oui, je peux").click()
    expect(helper.get_by_text(lea.email)).to_be_visible()
    need.refresh_from_db()
    assert need.state == NeedState.IN_HAND

    # She says that it is done; Léa confirms and thanks.
    helper = page_of(browser, live_server, nadia, size)
    helper.goto(f"/coups-de-main/{HelpExchange.objects.get().pk}/")
    helper.get_by_role("button", name="30 min").click()
    expect(helper.get_by_text("attend une confirmation")).to_be_visible()
    author.goto(f"/coups-de-main/{HelpExchange.objects.get().pk}/")
    author.get_by_role("button", name="Oui, c’est bien ça").click()
    author.get_by_role("textbox").first.fill("Merci Nadia, la banque a dit oui.")
    author.get_by_role("button", name="Dire merci").click()
    expect(author.get_by_text("Merci Nadia, la banque a dit oui.")).to_be_visible()

    exchange = HelpExchange.objects.get()
    assert exchange.state == HelpState.CONFIRMED
    transfer = Transfer.objects.get()
    assert (transfer.minutes, transfer.payee.person, transfer.payer.person) == (30, nadia, lea)
    assert Thanks.objects.get().text == "Merci Nadia, la banque a dit oui."
    need.refresh_from_db()
    assert need.state == NeedState.MET


def test_the_keyboard_alone_leads_from_the_need_to_the_thanks(
    browser: "Browser", live_server: Any
) -> None:
    hub = make_hub()
    lea = make_resident(hub)
    nadia = make_resident(hub, given_name="Nadia")
    lend(nadia, make_skill("Plan de financement"))
    page = page_of(browser, live_server, lea, DESK)

    page.goto("/besoins/nouveau/")
    page.keyboard.type("relire mon plan de financement")
    press_until(page, "Voir à qui on demande")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nadia").first).to_be_visible()
    press_until(page, "Demander")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("lan de financement")
    assert Need.objects.get().asks.count() == 1

    helper = page_of(browser, live_server, nadia, DESK)
    helper.goto("/ma-journee/")
    press_until(helper, "Oui, je peux")
    helper.keyboard.press("Enter")
    expect(helper.get_by_text(lea.email)).to_be_visible()
    help_path = f"/coups-de-main/{HelpExchange.objects.get().pk}/"
    helper.goto(help_path)
    press_until(helper, "30\u00a0min")
    helper.keyboard.press("Enter")
    expect(helper.get_by_text("attend une confirmation")).to_be_visible()
    page.goto(help_path)
    press_until(page, "Oui, c’est bien ça")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Oui, c’est bien ça")).to_have_count(0)
    page.wait_for_load_state()
    press_until(page, "TEXTAREA", "tagName")
    page.keyboard.type("Merci Nadia.")
    press_until(page, "Dire merci")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Merci Nadia.")).to_be_visible()
    assert Thanks.objects.get().text == "Merci Nadia."


def press_until(page: "Page", name: str, what: str = "innerText") -> None:
    """Tabs on until what has the focus is called so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{what}").strip() == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_double_click_asks_once(browser: "Browser", live_server: Any) -> None:
    hub = make_hub()
    lea = make_resident(hub)
    lend(make_resident(hub, given_name="Nadia"), make_skill("Plan de financement"))
    page = page_of(browser, live_server, lea, DESK)
    page.goto("/besoins/nouveau/")
    page.keyboard.type("relire mon plan de financement")
    page.get_by_role("button", name="Voir à qui on demande").click()

    page.get_by_role("button", name="Demander").dblclick()

    expect(page.get_by_role("heading", level=1)).to_contain_text("lan de financement")
    assert Need.objects.get().asks.count() == 1


def test_what_is_typed_offline_is_still_there(browser: "Browser", live_server: Any) -> None:
    page = page_of(browser, live_server, make_resident(), PHONE)
    page.goto("/besoins/nouveau/")
    page.keyboard.type("relire mon plan de financement")
    page.context.set_offline(True)
    page.get_by_role("button", name="Voir à qui on demande").click()

    page.context.set_offline(False)
    page.goto("/besoins/nouveau/")

    expect(page.get_by_label("De quoi as-tu besoin")).to_have_value(
        "relire mon plan de financement"
    )


def test_the_whole_way_works_without_scripts(browser: "Browser", live_server: Any) -> None:
    hub = make_hub()
    lea = make_resident(hub)
    lend(make_resident(hub, given_name="Nadia"), make_skill("Plan de financement"))
    client = Client()
    client.force_login(lea)
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", java_script_enabled=False
    )
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto("/besoins/nouveau/")
    page.get_by_label("De quoi as-tu besoin").fill("relire mon plan de financement")
    page.get_by_role("button", name="Voir à qui on demande").click()
    page.get_by_role("button", name="Demander").click()

    assert Need.objects.get().asks.count() == 1
