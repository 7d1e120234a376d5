"""The pages one lands on, with rows that are hard to draw: all may enter, nothing overflows."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from essaim.core.models import OutboxRow
from essaim.exchange import index
from essaim.exchange.models import AskState, HelpState, Need, Thanks, ThanksAudience
from essaim.hubs.models import Hub, Invitation
from essaim.people.models import Audience, Person, SkillState
from tests.factories import (
    lend,
    make_administrator,
    make_ask,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
    make_skill,
    make_venture,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
THEMES: list[Any] = ["light", "dark"]


@pytest.fixture(autouse=True)
def _indexes_closed() -> "Iterator[None]":
    yield
    index.close()


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle", address="3 rue des Abeilles", opening_hours="9 h – 18 h")


@pytest.fixture
def lea(hub: Hub) -> Person:
    """A member on whose day everything happens at once."""
    lea = make_resident(hub, given_name="Léa", family_name="Tournesol")
    lend(lea, make_skill("Comptabilité"))
    author = make_resident(hub, given_name="سلمى", family_name="العلوي")
    make_ask(make_need(author, hub, text=f"Qui relit {LONG} avant lundi ?"), lea)
    make_ask(make_need(author, hub, title=LONG), lea)
    make_ask(make_need(lea, hub, title="Un fourgon samedi"), author, state=AskState.DECLINED)
    done = {"claimed_minutes": 45, "claimed_by": author, "state": HelpState.CLAIMED}
    make_exchange(author, lea, hub, **done)
    make_exchange(lea, author, hub, created_at=timezone.now() - timedelta(days=20))
    make_residency(make_person("Zoé", family_name=LONG), hub, since_on=timezone.localdate())
    return lea


@pytest.fixture
def host(hub: Hub, lea: Person) -> Person:
    """A host on whose Monday every kind of line waits."""
    host = make_host(hub, given_name="Hugo")
    month = timezone.now() - timedelta(days=8)
    make_need(lea, hub, level=3, title=f"{LONG} à relire", acknowledged_by=None)
    kept = make_need(lea, hub, level=3, acknowledged_by=host, acknowledged_at=month)
    make_exchange(lea, host, hub, state=HelpState.DISPUTED, claimed_minutes=60)
    make_resident(hub, given_name="Alma")
    make_skill("Apiculture", state=SkillState.PROPOSED)
    Invitation.objects.create(
        hub=hub, person=make_person("Iris"), sent_at=month, expires_at=timezone.now()
    )
    kept.steps.create(level=3, action="acknowledged", actor=host)
    return host


def page_of(
    browser: "Browser", live_server: Any, person: Person | None, width: int, theme: Any
) -> "Page":
    context: BrowserContext = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        color_scheme=theme,
        viewport={"width": width, "height": 740},
    )
    if person is not None:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
    return context.new_page()


def complaints(page: "Page", path: str) -> list[str]:
    page.goto(path)
    found = [
        f"{path} {violation['id']}: {node['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{path} is wider than the window")
    if page.locator("h1").count() != 1:
        found.append(f"{path} has {page.locator('h1').count()} titles")
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_members_and_visitors_are_at_home(
    browser: "Browser", live_server: Any, hub: Hub, lea: Person, width: int, theme: Any
) -> None:
    make_venture(LONG, lea, audience=Audience.PUBLIC)
    exchange = make_exchange(make_resident(hub), lea, hub)
    Thanks.objects.create(
        exchange=exchange, author=lea, text=f"Merci ! {LONG}", audience=ThanksAudience.PUBLIC
    )
    over = make_need(lea, hub, expires_at=timezone.now() - timedelta(hours=1))
    newcomer = make_resident(make_hub(), minutes=0, given_name="Zoé")
    found = []
    for person, paths in (
        (None, ["/", "/visiter/", "/decouvrir/"]),
        (lea, ["/ma-journee/", f"/besoins/{over.pk}/suite/"]),
        (newcomer, ["/ma-journee/"]),
    ):
        page = page_of(browser, live_server, person, width, theme)
        found += [fault for path in paths for fault in complaints(page, path)]
        page.context.close()
    assert found == []


def _gestures(need: Need) -> list[str]:
    """Of Monday: on a need, and on somebody of the hive."""
    alma = Person.objects.get(given_name="Alma")
    words = ("presenter", "pause", "merci")
    kinds = dict(zip(words, ("newcomer", "silent", "generous"), strict=True))
    mine = [f"/lundi/{kinds[word]}/{alma.pk}/{word}/" for word in words]
    return [*mine, f"/lundi/need/{need.pk}/appeler/", f"/lundi/need/{need.pk}/plus-tard/"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_hosts_and_those_who_run_the_network_are_at_home(
    browser: "Browser", live_server: Any, host: Person, width: int, theme: Any
) -> None:
    OutboxRow.objects.create(kind="mail", key="x", dead_at=timezone.now(), error="E: " + LONG)
    need = Need.objects.filter(level=3).first()
    assert need is not None
    found = []
    for person, paths in (
        (host, ["/lundi/", "/hote/besoins/", f"/hote/besoins/{need.pk}/?q=alma"]),
        (host, ["/chiffres-de-la-ruche/", *_gestures(need)]),
        (make_director(), ["/lundi/", "/chiffres-de-la-ruche/?days=365"]),
        (make_administrator(), ["/machine/"]),
    ):
        page = page_of(browser, live_server, person, width, theme)
        found += [fault for path in paths for fault in complaints(page, path)]
        page.context.close()
    assert found == []


def test_a_no_is_one_tap_on_my_day(browser: "Browser", live_server: Any, lea: Person) -> None:
    page = page_of(browser, live_server, lea, 360, "light")
    page.goto("/ma-journee/")
    page.locator("#asks").get_by_role("button", name="Non", exact=True).click()
    expect(page.get_by_text("Quelqu’un d’autre")).to_be_visible()
    assert lea.asks.filter(state=AskState.DECLINED).count() == 1
    page.context.close()


def test_a_line_of_monday_is_done_where_it_stands(
    browser: "Browser", live_server: Any, host: Person
) -> None:
    page = page_of(browser, live_server, host, 1280, "light")
    page.goto("/lundi/")
    page.get_by_role("button", name="Je m’en occupe").first.click()
    expect(page.get_by_text("La ligne se replie")).to_be_visible()
    assert Need.objects.filter(acknowledged_by=host).count() == 2
    page.get_by_text("Pas maintenant").first.click()
    page.get_by_text("quelqu’un d’autre s’en charge").click()
    page.get_by_role("button", name="Mettre de côté").first.click()
    expect(page.get_by_text("mises de côté").or_(page.get_by_text("mise de côté"))).to_be_visible()
    page.context.close()
