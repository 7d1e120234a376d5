"""The look and the scripts in a real browser, under the real content security policy."""

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def complaints(page: "Page") -> list[str]:
    """What axe finds, and what sticks out of the window."""
    found = [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page is wider than the window")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("path", ["/galerie/", "/nulle-part/"])
def test_nobody_is_shut_out(
    browser: "Browser", live_server: Any, theme: Any, width: int, path: str
) -> None:
    context = browser.new_context(
        base_url=live_server.url,
        color_scheme=theme,
        viewport={"width": width, "height": 740},
        locale="fr-FR",
    )
    page = context.new_page()
    page.goto(path)
    assert complaints(page) == []
    context.close()


def test_nothing_is_refused_by_the_policy(context: "BrowserContext") -> None:
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto("/galerie/")
    page.wait_for_load_state("networkidle")
    assert errors == []
    assert page.evaluate("htmx.config.allowEval") is False
    assert page.locator("style").count() == 0


def test_what_is_typed_survives_until_the_server_has_it(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    page.locator("[data-theme=dark] textarea").fill("Un fourgon samedi")
    page.reload()
    assert page.locator("[data-theme=dark] textarea").input_value() == "Un fourgon samedi"
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML(
            "beforeend", '<p hx-get="/galerie/" id="sign"></p>')"""
    )
    # A confirming fragment, as htmx announces it.
    page.evaluate(
        """const sign = document.getElementById("sign");
        sign.innerHTML = '<i data-draft-done="gallery"></i>';
        sign.dispatchEvent(new CustomEvent("htmx:load", {bubbles: true}))"""
    )
    page.reload()
    assert page.locator("[data-theme=dark] textarea").input_value() == ""


def test_a_form_is_sent_once(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    sent: list[str] = []

    def keep_the_page(route: "Route") -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)

    page.route("**/apparence/", keep_the_page)
    dark = page.get_by_role("button", name="Sombre")
    dark.click()
    expect(dark).to_be_disabled()
    dark.click(force=True)
    assert len(sent) == 1
    assert dark.get_attribute("aria-busy") == "true"
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    assert dark.is_enabled()


def test_the_chosen_theme_is_drawn_by_the_server(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    page.get_by_role("button", name="Sombre").click()
    page.wait_for_load_state()
    assert page.url.endswith("/galerie/")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_slider_says_its_value_in_words(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    slider = page.locator("[data-theme=dark] input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "3\u00a0h"
    assert page.locator("[data-theme=dark] output").inner_text() == "3\u00a0h"


def test_a_dialog_opens_closes_and_gives_the_focus_back(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    opener = page.get_by_role("link", name="Ouvrir une question")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Retirer ce besoin")
    dialog.get_by_role("button", name="Retirer ce besoin").wait_for()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("link => link === document.activeElement")


def test_without_scripts_the_dialog_is_a_page(browser: "Browser", live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/galerie/?page=3")
    page.get_by_role("link", name="Ouvrir une question").click()
    assert page.url.endswith("/galerie/")
    context.close()


def test_the_network_going_away_is_said(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    assert not page.locator("#offline").is_visible()
    context.set_offline(True)
    page.locator("#offline").wait_for(state="visible")
    context.set_offline(False)
    page.locator("#offline").wait_for(state="hidden")


def test_the_keyboard_reaches_the_content_first(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_target_of_the_frame_and_of_forms_is_wide_enough(context: "BrowserContext") -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/galerie/")
    small = page.evaluate(
        """[...document.querySelectorAll("header a, footer button, .button, .tabs a, .check, "
            + ".choices label, select, textarea, input:is([type=email], [type=range])")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_a_dialog_whose_page_has_nothing_for_it_opens_the_page(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")

    def refuse_the_fragment(route: "Route") -> None:
        if "hx-request" in route.request.headers:
            route.fulfill(status=404, body="<main>Rien</main>", content_type="text/html")
        else:
            route.continue_()

    page.route("**/galerie/", refuse_the_fragment)
    with page.expect_navigation():
        page.get_by_role("link", name="Ouvrir une question").click()
    assert page.get_by_role("heading", name="Composants").is_visible()


@pytest.mark.parametrize(("answer", "notice"), [(500, "#broken"), (None, "#offline")])
def test_an_answer_that_fails_is_said(
    context: "BrowserContext", answer: int | None, notice: str
) -> None:
    page = context.new_page()
    page.goto("/galerie/")
    page.route(
        "**/galerie/",
        lambda route: route.fulfill(status=answer) if answer else route.abort(),
    )
    page.get_by_role("link", name="Ouvrir une question").click()
    page.locator(notice).wait_for(state="visible")
    assert not page.get_by_role("dialog").is_visible()


def test_a_form_sent_by_htmx_may_be_sent_again_after_the_answer(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto("/galerie/")
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
            '<form hx-post="/rien/" hx-swap="none" method="post"><button>Envoyer</button></form>');
        htmx.process(document.querySelector("main"))"""
    )
    answers: list[Route] = []

    def keep_waiting(route: "Route") -> None:
        answers.append(route)

    page.route("**/rien/", keep_waiting)
    button = page.get_by_role("button", name="Envoyer")
    button.click()
    expect(button).to_be_disabled()
    answers[0].fulfill(status=422, body="Non")
    expect(button).to_be_enabled()
    assert len(answers) == 1
