"""A host moves Friday's asks with the mouse, with the keys alone, and without scripts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from essaim.exchange import index
from essaim.exchange.actions import friday
from essaim.exchange.models import Ask, FridayBatch, ProposalState
from essaim.people.models import Person
from tests.exchange.fridays import chosen, make_helper, make_waiting
from tests.factories import make_host, make_hub, make_resident, make_skill
from tests.journeys.test_home_pages import LONG, complaints, page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/hote/vendredi/"


@pytest.fixture(autouse=True)
def _indexes_closed() -> Iterator[None]:
    yield
    index.close()


@pytest.fixture
def host() -> Person:
    hub, skill = make_hub("La Halle"), make_skill("Plan de financement")
    for name in ("Nadia", "Omar", "سلمى"):
        make_helper(hub, skill, name)
    make_waiting(make_resident(hub, given_name="Léa"), hub, skill, title="Relire mon bail")
    make_waiting(make_resident(hub), hub, skill, title=LONG)
    host = make_host(hub, given_name="Hugo")
    friday.draft_batch(hub=hub, by=host)
    return host


@pytest.fixture
def batch(host: Person) -> FridayBatch:
    return FridayBatch.objects.get()


def enter(context: "BrowserContext", person: Person, url: str) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def spare_of(batch: FridayBatch) -> Person:
    rows = batch.proposals.filter(need__title="Relire mon bail", state=ProposalState.SPARE)
    return rows.order_by("rank")[0].helper


def test_a_need_is_dragged_onto_a_name(
    context: "BrowserContext", live_server: Any, host: Person, batch: FridayBatch
) -> None:
    enter(context, host, live_server.url)
    spare, page = spare_of(batch), context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(PAGE)
    need = page.locator("[data-need]", has=page.get_by_text("Relire mon bail"))
    page.locator("[data-free] summary").click()

    need.locator("[data-grip]").drag_to(page.locator(f'[data-person="{spare.pk}"]'))

    expect(page.get_by_text(f"On demandera à {spare.given_name}")).to_be_visible()
    assert chosen(batch)["Relire mon bail"] == spare.given_name


def test_keys_alone_move_and_send(
    context: "BrowserContext", live_server: Any, host: Person, batch: FridayBatch
) -> None:
    enter(context, host, live_server.url)
    spare, page = spare_of(batch), context.new_page()
    page.goto(PAGE)
    need = page.locator("[data-need]", has=page.get_by_text("Relire mon bail"))
    need.locator("summary").focus()
    page.keyboard.press("Enter")
    need.locator(f'button[value="{spare.pk}"]').focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"On demandera à {spare.given_name}")).to_be_visible()

    page.get_by_role("button", name="Demander à ces 2 personnes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("on demande à 2 personnes")).to_be_visible()
    assert Ask.objects.get(need__title="Relire mon bail").helper == spare


def test_it_works_without_scripts(
    browser: "Browser", live_server: Any, host: Person, batch: FridayBatch
) -> None:
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", java_script_enabled=False
    )
    enter(context, host, live_server.url)
    spare, page = spare_of(batch), context.new_page()
    page.goto(PAGE)
    assert page.locator("[data-grip]:visible").count() == 0
    need = page.locator("[data-need]", has=page.get_by_text("Relire mon bail"))
    need.locator("summary").click()
    need.locator(f'button[value="{spare.pk}"]').click()
    assert chosen(batch)["Relire mon bail"] == spare.given_name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_all_may_enter_and_nothing_overflows(
    browser: "Browser", live_server: Any, host: Person, width: int, theme: Any
) -> None:
    page = page_of(browser, live_server, host, width, theme)
    assert complaints(page, PAGE) == []
