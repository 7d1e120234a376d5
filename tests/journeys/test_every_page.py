"""Every page of the demonstration, as each role, on a phone and wide, in both themes: axe finds
nothing serious, nothing overflows, nothing breaks."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from essaim.core.imports import receiving
from essaim.core.imports.kinds import KINDS
from essaim.core.models import Document, ImportRun, ImportState
from essaim.exchange.actions.buzz import give_turn, join_buzz, ring_bell
from essaim.exchange.actions.buzz_words import type_need
from essaim.exchange.models import Ask, Buzz, BuzzState, Encounter, HelpExchange, Introduction, Need
from essaim.home.demo.build import build
from essaim.home.demo.sizes import Size
from essaim.home.demo.world import DOORS, LEA
from essaim.home.week_counts import Week, count_week
from essaim.home.weeks import mondays
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Person, Skill, SkillState, Venture
from essaim.people.seeding import seed_skills
from tests.core.importing import bring
from tests.core.test_workbooks import HIVE, upload

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL = Size(hubs=2, ventures=20, people=40, weeks=6, needs_per_100_people=15)
ROLES = {"visitor": "", LEA.role: LEA.email} | {door.role: door.email for door in DOORS}
# Pages that are not looked at here: they answer a post, a download, or redirect.
ELSEWHERE = {
    "account_logout", "account_signup", "account_email_verification_sent", "account_inactive",
    "account_confirm_login_code", "account_reauthenticate", "mfa_authenticate",
    "mfa_reauthenticate", "account_reset_password_done", "account_reset_password_from_key_done",
    "account_set_password", "socialaccount_signup", "mfa_login_webauthn",
    "mfa_download_recovery_codes", "core:set_theme", "set_language",
}  # fmt: skip


@pytest.fixture
def network(live_server: Any) -> None:
    seed_skills()
    now = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    build(SMALL, seed=1, now=now, tell=lambda done, total: None)
    host = Person.objects.get(email=DOORS[0].email)
    hub = Hub.objects.get(hosts__person=host)
    bring_spreadsheets(host, hub)
    ring(host, hub)
    for owner in (hub.pk, None):
        for monday in mondays(timezone.localdate(), 3):
            count_week(Week(owner, monday, hub.time_zone), timezone.now())


def bring_spreadsheets(host: Person, hub: Hub) -> None:
    """A workbook whose sheets wait, and a list whose second line is refused."""
    receiving.receive_file(upload=upload(HIVE), kind=None, hub_id=hub.pk, by=host)
    people = "Prénom;Courriel\nZoé;zoe@example.org\nPaul;pas une adresse"
    bring("people", people, by=host, hub_id=hub.pk)


def ring(host: Person, hub: Hub) -> None:
    """The Buzz is underway: somebody has said a need, Léa speaks, others wait."""
    buzz = Buzz.objects.select_related("hub").get(hub=hub, state=BuzzState.PLANNED)
    ring_bell(buzz=buzz, by=host)
    lea = Person.objects.get(email=LEA.email)
    others = Person.objects.filter(residencies__hub=hub).exclude(pk=lea.pk).order_by("pk")
    first, *later = others.distinct()[:4]
    for person in (first, lea, *later):
        join_buzz(buzz=buzz, by=host, person=person)
    after = None
    for words in ("Relire mon plan de financement", "Un vélo cargo pour livrer samedi"):
        give_turn(buzz=buzz, by=host, after=after)
        turn = buzz.turns.select_related("buzz__hub", "person").get(state="speaking")
        type_need(turn=turn, text=words, version=1, by=host)
        after = turn.pk


def addresses_without_arguments() -> Iterator[str]:
    def walk(patterns: list[Any], space: str) -> Iterator[str]:
        for pattern in patterns:
            if pattern.pattern.regex.groups:
                continue
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            elif pattern.name:
                yield f"{space}{pattern.name}"

    for name in walk(get_resolver().url_patterns, ""):
        if name not in ELSEWHERE:
            yield reverse(name)


def paths_as(role: str) -> list[str]:
    """Every address that this role may open and that answers with a page."""
    client = Client()
    if ROLES[role]:
        client.force_login(Person.objects.get(email=ROLES[role]))
    paths = set(addresses_without_arguments())
    if ROLES[role]:
        paths |= set(_addresses_of_things(Person.objects.get(email=ROLES[role])))
    return [path for path in sorted(paths) if _is_page(client, path)]


def paths_new_to(role: str) -> list[str]:
    """What the roles before cannot open: a page is looked at once."""
    roles = list(ROLES)
    earlier = set(paths_as(roles[roles.index(role) - 1])) if role != roles[0] else set()
    return [path for path in paths_as(role) if path not in earlier]


def _addresses_of_things(person: Person) -> Iterator[str]:
    things: dict[str, Any] = {
        "exchange:need": Need.objects.visible_to(person).order_by("-published_at").first(),
        "exchange:ask": Ask.objects.visible_to(person).order_by("-sent_at").first(),
        "exchange:help": HelpExchange.objects.visible_to(person).order_by("-created_at").first(),
        "exchange:introduction": Introduction.objects.visible_to(person).first(),
        "exchange:introduction_offer": Need.objects.visible_to(person)
        .live()
        .exclude(looking_for="")
        .exclude(author=person)
        .first(),
        "exchange:encounter": Encounter.objects.visible_to(person).order_by("pk").last(),
        "home:person": Person.objects.filter(email=LEA.email).first(),
        "home:venture": Venture.objects.order_by("pk").first(),
        "home:venture_edit": Venture.objects.led_by(person).first(),
        "exchange:propose_help": Person.objects.exclude(pk=person.pk).order_by("pk").first(),
        "home:change_plan": Residency.objects.current().order_by("pk").first(),
        "exchange:host_need": Need.objects.visible_to(person).open().first(),
        "home:skill_edit": Skill.objects.filter(state=SkillState.ACCEPTED).order_by("pk").first(),
        "core:workbook": Document.objects.filter(workbook__isnull=False).first(),
        "core:import": ImportRun.objects.filter(state=ImportState.CHECKED).first(),
    }
    buzzes = Buzz.objects.visible_to(person)
    live, over = buzzes.live().first(), buzzes.filter(state=BuzzState.CLOSED).first()
    things |= {f"exchange:buzz{page}": live for page in ("", "_desk", "_wall")}
    things["exchange:buzz_minutes"] = over
    for name, thing in things.items():
        if thing is not None:
            yield reverse(name, args=[thing.pk])
    hub = Hub.objects.order_by("pk").first()
    for name in ("home:hub", "home:hub_edit", "home:hub_hosts", "home:residents", "home:move_in"):
        yield reverse(name, args=[hub.slug if hub else ""])
    for kind in KINDS:
        yield reverse("core:import_new", args=[kind])


def _is_page(client: Client, path: str) -> bool:
    answer: Any = client.get(path)
    assert answer.status_code in (200, 204, 302, 401, 403, 404, 405), (path, answer.status_code)
    if answer.streaming:
        b"".join(answer)  # read to its end, as a browser would: its files close
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return False
    # A fragment (part of a page, for HTMX) is looked at within its page.
    return b"<!doctype html" in answer.content[:200].lower()


def open_as(browser: "Browser", live_server: Any, role: str, width: int, scheme: Any) -> Any:
    context = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    if ROLES[role]:
        client = Client()
        client.force_login(Person.objects.get(email=ROLES[role]))
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
    return context


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_and_whole(
    browser: "Browser", live_server: Any, network: None, role: str
) -> None:
    paths = paths_new_to(role)
    found: list[str] = []
    for width, scheme in ((360, "light"), (1280, "dark")):
        context: BrowserContext = open_as(browser, live_server, role, width, scheme)
        page = context.new_page()
        page.on("console", partial(_note, found))
        for path in paths:
            page.goto(path)
            found += [f"{path} {width} {scheme}: {fault}" for fault in faults(page)]
        context.close()

    assert paths
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_reflows_in_320_pixels(
    browser: "Browser", live_server: Any, network: None, role: str
) -> None:
    """A phone, or a wide window at 400 % (WCAG 1.4.10), with what is folded opened."""
    paths = paths_new_to(role)
    found = []
    context: BrowserContext = open_as(browser, live_server, role, 320, "light")
    page = context.new_page()
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found += [f"{path}: {too_wide(page)} px too wide"] if too_wide(page) else []
    context.close()

    assert paths
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
def test_letters_twice_as_large_push_nothing_out(
    browser: "Browser", live_server: Any, network: None, width: int
) -> None:
    found = []
    context: BrowserContext = open_as(browser, live_server, "host", width, "light")
    page = context.new_page()
    for name in ("home:day", "exchange:needs", "exchange:need_new", "home:directory", "home:me",
                 "home:monday", "home:board", "hubs:invite", "exchange:corrections",
                 "core:notices"):  # fmt: skip
        page.goto(reverse(name))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += [f"{name}: {too_wide(page)} px too wide"] if too_wide(page) else []
    context.close()

    assert found == []


def too_wide(page: "Page") -> int:
    root = "document.documentElement"
    return int(page.evaluate(f"Math.max(0, {root}.scrollWidth - {root}.clientWidth)"))


def _note(found: list[str], message: Any) -> None:
    if message.type == "error":
        found.append(f"console: {message.text} ({message.location})")


def faults(page: "Page") -> Iterator[str]:
    if wide := too_wide(page):
        yield f"{wide} px too wide"
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} titles of the first level"
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            yield f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
