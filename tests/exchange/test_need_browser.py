"""The road of a need in a browser: on a phone, with and without scripts, for everybody."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, expect

from essaim.exchange import answer_links
from essaim.exchange.actions import asks, needs
from essaim.exchange.models import Need
from essaim.people.models import Person
from tests.core.test_design_browser import complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEED = "Je cherche quelqu’un pour relire mon plan de financement"


def sign_in(context: "BrowserContext", person: Person, url: str) -> None:
    client = Client()
    client.force_login(person)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


@pytest.fixture
def phone(
    browser: "Browser", live_server: Any, author: Person, helpers: list[Person]
) -> Iterator["Page"]:
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", viewport={"width": 360, "height": 740}
    )
    sign_in(context, author, live_server.url)
    yield context.new_page()
    context.close()


def test_title_and_skills_come_while_one_types(phone: "Page") -> None:
    phone.goto(reverse("exchange:need_new"))
    expect(phone.get_by_label("De quoi as-tu besoin")).to_be_focused()
    phone.keyboard.type(NEED)
    expect(phone.get_by_label("En bref")).to_have_value("Relire mon plan de financement")
    expect(phone.get_by_label("Plan de financement", exact=True)).to_be_checked()


def test_a_title_that_the_author_wrote_is_left_alone(phone: "Page") -> None:
    phone.goto(reverse("exchange:need_new"))
    phone.keyboard.type(NEED)
    phone.get_by_label("En bref").fill("Mon dossier")
    with phone.expect_response("**/propositions/"):
        phone.get_by_label("De quoi as-tu besoin").press_sequentially(" avant vendredi")
    expect(phone.get_by_label("En bref")).to_have_value("Mon dossier")


def test_an_answer_that_comes_late_covers_nothing(phone: "Page") -> None:
    """The first answer is held back until the second is there; then while the title is edited."""
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    phone.route("**/propositions/", hold)
    phone.goto(reverse("exchange:need_new"))
    sentence, title = phone.get_by_label("De quoi as-tu besoin"), phone.get_by_label("En bref")
    with phone.expect_request("**/propositions/"):
        sentence.fill("Porter des étagères")
    with phone.expect_request("**/propositions/"):
        sentence.fill(NEED)
    while len(held) < 2:
        phone.wait_for_timeout(20)
    held[1].continue_()
    expect(title).to_have_value("Relire mon plan de financement")
    with suppress(Error):
        held[0].continue_()
    with phone.expect_request("**/propositions/"):
        sentence.press_sequentially(" avant vendredi")
    while len(held) < 3:
        phone.wait_for_timeout(20)
    title.fill("Mon dossier")
    with phone.expect_response("**/propositions/"):
        held[-1].continue_()
    expect(title).to_have_value("Mon dossier")
    expect(title).to_be_focused()


def test_proposals_are_announced_and_reached_by_keyboard(phone: "Page") -> None:
    phone.goto(reverse("exchange:need_new"))
    phone.keyboard.type(NEED)
    expect(phone.locator("#proposals-told")).to_have_text(
        "Un titre et 1 compétence sont proposés sous ta phrase."
    )
    phone.keyboard.press("Tab")
    expect(phone.get_by_label("En bref")).to_be_focused()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    expect(phone.get_by_label("Plan de financement", exact=True)).not_to_be_checked()


def test_the_sentence_stays_when_the_network_goes(phone: "Page") -> None:
    phone.goto(reverse("exchange:need_new"))
    phone.context.set_offline(True)
    phone.keyboard.type(NEED)
    expect(phone.locator("#offline")).to_be_visible()
    expect(phone.get_by_label("De quoi as-tu besoin")).to_have_value(NEED)
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Voir à qui on demande").click()
    expect(phone.get_by_role("heading", name="À qui on demande")).to_be_visible()


def test_what_is_typed_survives_until_the_server_has_it(phone: "Page") -> None:
    phone.goto(reverse("exchange:need_new"))
    phone.keyboard.type(NEED)
    phone.reload()
    sentence = phone.get_by_label("De quoi as-tu besoin")
    expect(sentence).to_have_value(NEED)
    phone.get_by_role("button", name="Voir à qui on demande").click()
    expect(phone.get_by_role("heading", name="À qui on demande")).to_be_visible()
    phone.goto(reverse("exchange:need_new"))
    expect(sentence).to_have_value("")


def test_the_whole_road_without_scripts(
    browser: "Browser", live_server: Any, author: Person, helpers: list[Person]
) -> None:
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", java_script_enabled=False
    )
    sign_in(context, author, live_server.url)
    page = context.new_page()
    page.goto(reverse("exchange:need_new"))
    page.locator("textarea").fill(NEED)
    page.get_by_role("button", name="Voir à qui on demande").click()
    first = page.get_by_role("link", name="Plutôt pas").first.inner_text()
    page.get_by_role("link", name="Plutôt pas").first.click()
    assert first not in page.locator("main").inner_text()
    page.get_by_role("button", name="Demander", exact=True).click()
    page.get_by_role("button", name="C’est trouvé").click()
    context.close()
    assert Need.objects.get().state == "met"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_pages_of_needs(
    width: int,
    theme: Any,
    browser: "Browser",
    live_server: Any,
    author: Person,
    helpers: list[Person],
    draft: Need,
) -> None:
    told = needs.draft_need(by=author, text=NEED, skills=list(draft.skills.all()))
    sent = needs.publish_need(need=told, by=author)
    asks.suggest_other(ask=sent[0], by=sent[0].helper, person=helpers[4])
    context = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        color_scheme=theme,
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    found = {}
    for who, paths in (
        (None, [answer_links.path_for(sent[1]) + "?a=other"]),
        (author, [reverse("exchange:needs") + "?q=plan", reverse("exchange:need_new")]),
        (author, [reverse("exchange:need_preview", args=[draft.pk])]),
        (author, [reverse("exchange:need", args=[told.pk])]),
        (sent[1].helper, [reverse("exchange:ask", args=[sent[1].pk])]),
    ):
        if who is not None:
            sign_in(context, who, live_server.url)
        for path in paths:
            page.goto(path)
            for closed in page.locator("main details:not([open]) summary").all():
                closed.click()
            found[path] = complaints(page)
    context.close()
    assert found == {path: [] for path in found}
