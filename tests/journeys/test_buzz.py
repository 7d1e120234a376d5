"""A Buzz in real browsers on a real server: a wall, phones, a network that goes, two hives."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from essaim.core.models import Notice
from essaim.exchange import index
from essaim.exchange.models import (
    Ask,
    AskState,
    Buzz,
    BuzzGesture,
    BuzzHand,
    BuzzPromise,
    BuzzState,
    HelpExchange,
    Need,
    NeedState,
)
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.buzzing import make_buzz
from tests.factories import lend, make_host, make_hub, make_resident, make_skill
from tests.journeys.buzz_site import DESK, PHONE, WALL, Site, complaints, sessions_of, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENTENCE = "Je cherche quelqu’un pour relire mon plan de financement avant vendredi"
WITHIN = 15_000
expect.set_options(timeout=WITHIN)


@pytest.fixture(autouse=True)
def _no_index_left_open() -> Any:
    yield
    index.close()


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hélène", family_name="Marchand", language="fr")


@pytest.fixture
def lea(hub: Hub) -> Person:
    return make_resident(hub, given_name="Léa", family_name="Tournesol", language="fr")


@pytest.fixture
def nadia(hub: Hub) -> Person:
    nadia = make_resident(hub, given_name="Nadia", family_name="Bleuet", language="fr")
    lend(nadia, make_skill("Plan de financement"), "J’en ai monté trois")
    return nadia


def press_space(page: "Page") -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")


def until_minutes_are_sent(page: "Page") -> None:
    """By the worker of the site, which has just started and may have much to look at first."""
    for _ in range(90):
        if "part dans un instant" not in page.content():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("no minutes after three quarters of a minute")


def axe_is_clean(page: "Page", name: str) -> None:
    found = Axe().run(page)
    serious = [
        (v["id"], [n["target"] for n in v["nodes"]][:3])
        for v in found.response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def test_a_wall_and_two_phones_from_the_bell_to_the_minutes(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person, nadia: Person
) -> None:
    buzz = make_buzz(hub)
    keys = sessions_of(host, host, lea, nadia)
    with site(tmp_path) as running:
        desk, wall, phone, other = (
            running.page_of(browser, key, size)
            for key, size in zip(keys, (DESK, WALL, PHONE, PHONE), strict=True)
        )
        desk.goto(f"/buzz/{buzz.pk}/animer/")
        wall.goto(f"/buzz/{buzz.pk}/mur/")
        for each in (phone, other):
            each.goto(f"/buzz/{buzz.pk}/")
            expect(each.locator("#buzz")).to_have_attribute("data-heard", "live")
            each.get_by_role("button", name="J’y suis").click()
            expect(each.locator("#join")).to_be_empty()
        expect(wall.locator("[data-count=present]")).to_have_text("2")

        # The bell, then the space bar alone.
        desk.get_by_role("button", name="Sonner la cloche").click()
        for each in (wall, phone, other):
            expect(each.get_by_text("La cloche sonne !").first).to_be_visible()
        expect(desk.get_by_role("button", name="Ensuite : Léa")).to_be_visible()
        press_space(desk)
        expect(wall.get_by_text("Léa Tournesol")).to_be_visible()

        # Léa types on her phone: the wall shows the sentence, then who in the room can help.
        phone.get_by_label("Mon besoin, en une phrase").press_sequentially(SENTENCE, delay=15)
        expect(wall.locator("[data-need]")).to_have_text(SENTENCE)
        expect(other.locator("#other [data-need]")).to_have_text(SENTENCE)
        face = wall.locator("[data-faces=here] .face")
        expect(face).to_have_count(1)
        expect(face).to_contain_text("Nadia Bleuet")
        expect(face).to_contain_text("J’en ai monté trois")
        axe_is_clean(wall, "wall")
        axe_is_clean(desk, "desk")
        assert wall.evaluate("document.documentElement.scrollHeight <= window.innerHeight")

        # Nadia raises her hand; Léa publishes at once: the hand is a yes.
        other.locator("#other").get_by_role("button", name="Je peux aider").click()
        expect(wall.locator("[data-hands]")).to_contain_text("Nadia")
        axe_is_clean(other, "phone")
        phone.get_by_role("button", name="Publier maintenant").click()
        expect(phone.get_by_text("Publié : voir le besoin")).to_be_visible()
        expect(wall.locator("[data-count=promises]")).to_have_text("1")

        # The bar gives the floor to Nadia, who has the field to type in her turn.
        press_space(desk)
        expect(other.get_by_text("À toi.")).to_be_visible()
        expect(phone.locator("[data-items=said]")).to_contain_text(SENTENCE)
        desk.get_by_role("button", name="Terminer le Buzz").click()
        expect(wall.get_by_text("À la semaine prochaine")).to_be_visible()
        expect(phone.get_by_role("heading", name="Les besoins")).to_be_visible()
        expect(phone.get_by_text("Nadia").first).to_be_visible()
        until_minutes_are_sent(phone)
    assert complaints == []

    buzz.refresh_from_db()
    assert buzz.state == BuzzState.CLOSED
    assert buzz.minutes_sent_at is not None
    assert Need.objects.get().state == NeedState.IN_HAND
    assert Ask.objects.get().state == AskState.ACCEPTED
    assert HelpExchange.objects.get().giver == nadia
    assert BuzzPromise.objects.get().giver == nadia
    told = Notice.objects.filter(code="buzz_minutes").values_list("recipient", flat=True)
    assert set(told) == {host.pk, lea.pk, nadia.pk}


def speaking(running: Site, browser: "Browser", buzz: Buzz, keys: list[str]) -> "list[Page]":
    """Desk and phones; everybody is there, and the first phone has the floor."""
    desk, *phones = (
        running.page_of(browser, key, size)
        for key, size in zip(keys, (DESK, *[PHONE] * (len(keys) - 1)), strict=True)
    )
    desk.goto(f"/buzz/{buzz.pk}/animer/")
    desk.get_by_role("button", name="Sonner la cloche").click()
    expect(desk.get_by_text("Quand tout le monde est assis")).to_be_visible()
    for phone in phones:
        phone.goto(f"/buzz/{buzz.pk}/")
        phone.get_by_role("button", name="J’y suis").click()
        expect(phone.locator("#join")).to_be_empty()
        expect(phone.locator("#buzz")).to_have_attribute("data-heard", "live")
    expect(desk.get_by_role("button", name="Ensuite : Léa")).to_be_visible()
    press_space(desk)
    expect(phones[0].get_by_label("Mon besoin, en une phrase")).to_be_visible()
    return [desk, *phones]


def test_a_phone_cut_off_comes_back_where_it_was_and_sends_once_what_it_kept(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person, nadia: Person
) -> None:
    buzz = make_buzz(hub)
    keys = sessions_of(host, lea, nadia)
    with site(tmp_path) as running:
        _desk, phone, other = speaking(running, browser, buzz, keys)
        phone.get_by_label("Mon besoin, en une phrase").fill("Je cherche")
        expect(other.locator("#other [data-need]")).to_have_text("Je cherche")

        # Both lose the network: one types on, the other raises a hand.
        phone.context.set_offline(True)
        other.context.set_offline(True)
        phone.get_by_label("Mon besoin, en une phrase").fill(SENTENCE)
        other.locator("#other").get_by_role("button", name="Je peux aider").click()
        expect(other.get_by_text("Pas de connexion.")).to_be_visible()
        expect(phone.get_by_text("Pas de connexion.")).to_be_visible()
        phone.context.set_offline(False)
        other.context.set_offline(False)

        expect(other.locator("#other [data-need]")).to_have_text(SENTENCE)
        expect(other.locator("#other [data-hands]")).to_contain_text("Nadia")
        expect(other.get_by_text("Pas de connexion.")).to_be_hidden()

        # The server goes too, and comes back: the phone is where it was, and so is its sentence.
        running.stop()
        phone.get_by_label("Mon besoin, en une phrase").fill(f"{SENTENCE} prochain")
        expect(phone.get_by_text("Pas de connexion.")).to_be_visible()
        running.start()
        expect(other.locator("#other [data-need]")).to_have_text(f"{SENTENCE} prochain")
    assert complaints == []

    assert Need.objects.get().text == f"{SENTENCE} prochain"
    assert BuzzHand.objects.get().person == nadia
    # Of one hand one gesture, however often it was sent.
    assert BuzzGesture.objects.filter(person=nadia).count() == 2


def test_a_phone_closed_without_a_network_sends_what_it_kept_when_it_opens_again(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person, nadia: Person
) -> None:
    buzz = make_buzz(hub)
    keys = sessions_of(host, lea, nadia)
    with site(tmp_path) as running:
        _desk, phone, other = speaking(running, browser, buzz, keys)
        phone.context.set_offline(True)
        phone.get_by_label("Mon besoin, en une phrase").fill(SENTENCE)
        expect(phone.get_by_text("Pas de connexion.")).to_be_visible()
        context = phone.context
        phone.close()
        context.set_offline(False)

        context.new_page().goto(f"/buzz/{buzz.pk}/")

        expect(other.locator("#other [data-need]")).to_have_text(SENTENCE)
    assert complaints == []
    assert Need.objects.get().author == lea


def test_a_need_is_relayed_and_a_hand_comes_from_the_other_hive(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person
) -> None:
    lyon = make_hub("La Soie", town="Lyon")
    there = make_host(lyon, language="fr")
    zoe = make_resident(lyon, given_name="Zoé", family_name="Aster", language="fr")
    here, far = make_buzz(hub), make_buzz(lyon)
    keys = sessions_of(host, lea, there, zoe)
    with site(tmp_path) as running:
        desk, phone = speaking(running, browser, here, keys[:2])
        desk_there = running.page_of(browser, keys[2], DESK)
        desk_there.goto(f"/buzz/{far.pk}/animer/")
        desk_there.get_by_role("button", name="Sonner la cloche").click()
        expect(desk.locator("[data-count=hives]")).to_have_text("2")
        phone_there = running.page_of(browser, keys[3], PHONE)
        phone_there.goto(f"/buzz/{far.pk}/")
        phone_there.get_by_role("button", name="J’y suis").click()
        expect(phone_there.locator("#join")).to_be_empty()

        phone.get_by_label("Mon besoin, en une phrase").fill(SENTENCE)
        phone.get_by_role("button", name="Publier maintenant").click()
        phone.get_by_role("button", name="Le dire dans les autres ruches").click()
        relayed = phone_there.locator("[data-items=relayed]")
        expect(relayed).to_contain_text(SENTENCE)
        expect(relayed).to_contain_text("La Halle")
        relayed.get_by_role("button", name="Je peux aider").click()

        expect(desk.locator("#hands-up [data-hands]")).to_contain_text("Zoé")
        axe_is_clean(phone_there, "phone of the other hive")
    assert complaints == []

    exchange = HelpExchange.objects.get()
    assert (exchange.giver, exchange.receiver) == (zoe, lea)


def test_without_scripts_a_whole_turn_is_said_and_helped(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person, nadia: Person
) -> None:
    buzz = make_buzz(hub)
    keys = sessions_of(host, lea, nadia)
    with site(tmp_path) as running:
        desk, phone, other = (
            running.page_of(browser, key, size, java_script_enabled=False)
            for key, size in zip(keys, (DESK, PHONE, PHONE), strict=True)
        )
        desk.goto(f"/buzz/{buzz.pk}/animer/")
        desk.get_by_role("button", name="Sonner la cloche").click()
        for each in (phone, other):
            each.goto(f"/buzz/{buzz.pk}/")
            each.get_by_role("button", name="J’y suis").click()
        desk.goto(f"/buzz/{buzz.pk}/animer/")
        desk.get_by_role("button", name="Ensuite : Léa").click()
        phone.goto(f"/buzz/{buzz.pk}/")
        phone.get_by_label("Mon besoin, en une phrase").fill(SENTENCE)
        phone.get_by_role("button", name="Montrer").click()
        expect(phone.get_by_text("Nadia Bleuet")).to_be_visible()
        other.goto(f"/buzz/{buzz.pk}/")
        other.locator("#other").get_by_role("button", name="Je peux aider").click()
        expect(other.get_by_text("Main levée. Merci.")).to_be_visible()
        phone.goto(f"/buzz/{buzz.pk}/")
        phone.get_by_role("button", name="Publier maintenant").click()
        expect(phone.get_by_text("Publié : voir le besoin")).to_be_visible()
        desk.goto(f"/buzz/{buzz.pk}/animer/")
        desk.get_by_role("button", name="Terminer le Buzz").click()
        expect(desk.get_by_role("heading", name="Les promesses")).to_be_visible()

    assert HelpExchange.objects.get().giver == nadia


def test_with_a_scribe_only_no_phone_is_needed(
    browser: "Browser", tmp_path: Path, hub: Hub, host: Person, lea: Person, nadia: Person
) -> None:
    buzz = make_buzz(hub)
    [key] = sessions_of(host)
    with site(tmp_path) as running:
        desk = running.page_of(browser, key, DESK)
        desk.goto(f"/buzz/{buzz.pk}/animer/")
        desk.get_by_role("button", name="Sonner la cloche").click()
        for person in (lea, nadia):
            desk.get_by_label("Quelqu’un est là sans téléphone").select_option(label=person.name)
            desk.get_by_role("button", name="Ajouter").click()
            expect(desk.locator("#turns")).to_contain_text(person.name)
        press_space(desk)
        desk.get_by_label("Le besoin de Léa, tel qu’il se dit").press_sequentially(SENTENCE)
        expect(desk.locator("[data-faces=here]")).to_contain_text("Nadia Bleuet")
        desk.get_by_role("button", name="À la fin du Buzz").click()
        expect(desk.get_by_text("Publié à la fin du Buzz.")).to_be_visible()
        desk.get_by_label("Une main levée que je vois").select_option(label=nadia.name)
        desk.get_by_role("button", name="Noter cette main").click()
        expect(desk.locator("#hands-up [data-hands]")).to_contain_text("Nadia")
        # While one types, the bar writes; Ctrl and Enter give the floor.
        desk.get_by_label("Le besoin de Léa, tel qu’il se dit").press("Control+Enter")
        expect(desk.get_by_label("Le besoin de Nadia, tel qu’il se dit")).to_be_visible()
        desk.get_by_role("button", name="Terminer le Buzz").click()
        expect(desk.get_by_role("heading", name="Les besoins")).to_be_visible()
        until_minutes_are_sent(desk)
    assert complaints == []

    assert Need.objects.get().state == NeedState.IN_HAND
    assert HelpExchange.objects.get().giver == nadia
