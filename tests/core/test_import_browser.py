"""A host brings a list in on a phone, with and without scripts."""

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from essaim.core import outbox
from essaim.core.imports import views
from essaim.core.models import ImportRun
from essaim.people.models import Person
from tests.core.test_design_browser import complaints
from tests.factories import make_host, make_hub, make_resident

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = (
    "Prénom;Nom;Courriel;Structure;Pointure\n"
    "Zoé;Martin;zoe@example.org;Les Bocaux;38\n"
    "Elodie;Lefebvre;elodie.l@example.org;Donaudampfschifffahrtsgesellschaftskapitän;39\n"
    "سلمى;العلوي;salma@example.org;;40\n"
    "Ana;Bel;pas une adresse;;41\n"
)


@pytest.fixture
def host() -> Person:
    hub = make_hub("Ruche de Nantes")
    make_resident(hub, given_name="Élodie", family_name="Lefèvre")
    return make_host(hub)


def enter(context: "BrowserContext", host: Person, url: str) -> "Page":
    client = Client()
    client.force_login(host)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    return page


def send(page: "Page", raw: bytes, name: str = "membres.csv") -> None:
    page.goto(reverse("core:import_new", args=["people"]))
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": raw}
    page.set_input_files("input[type=file]", files=[file])
    page.get_by_role("button", name="Regarder ce fichier").click()


def test_list_goes_in_and_out_again_on_a_phone(
    context: "BrowserContext", live_server: Any, host: Person
) -> None:
    page = enter(context, host, live_server.url)
    send(page, LIST.encode())
    expect(page.get_by_label("Pointure")).to_have_value("")
    assert complaints(page) == []

    page.get_by_role("button", name="Vérifier les lignes").click()
    expect(page.get_by_text("n’est pas une adresse e-mail")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("link", name="Peut-être déjà ici").click()
    assert complaints(page) == []
    page.get_by_role("button", name="l’ajouter comme nouvelle").click()
    page.get_by_role("button", name="Importer seulement les 3 bonnes lignes").click()
    expect(page.get_by_role("heading", name="3 lignes importées")).to_be_visible()
    assert complaints(page) == []

    page.get_by_role("button", name="Annuler cet import").click()
    expect(page.get_by_role("heading", name="3 lignes retirées")).to_be_visible()
    assert not Person.objects.filter(email="zoe@example.org").exists()


def test_bar_moves_on_to_the_preview_by_itself(
    context: "BrowserContext", live_server: Any, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 0)
    page = enter(context, host, live_server.url)
    send(page, LIST.encode())
    page.get_by_role("button", name="Vérifier les lignes").click()
    expect(page.get_by_text("0 lignes lues sur 4")).to_be_visible()
    assert complaints(page) == []

    outbox.deliver()

    expect(page.get_by_role("heading", name="Avant d’écrire quoi que ce soit")).to_be_visible()


def test_list_goes_in_without_scripts(
    browser: "Browser", live_server: Any, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 0)
    bare = browser.new_context(base_url=live_server.url, locale="fr-FR", java_script_enabled=False)
    page = enter(bare, host, live_server.url)
    send(page, LIST.encode())
    page.get_by_role("button", name="Vérifier les lignes").click()
    outbox.deliver()
    # The page asks again by itself.
    page.get_by_role("button", name="Importer seulement les 2 bonnes lignes").click()
    outbox.deliver()
    expect(page.get_by_role("heading", name="2 lignes importées")).to_be_visible()
    bare.close()


def test_hundred_megabytes_are_told_on_the_page(
    context: "BrowserContext", live_server: Any, host: Person, tmp_path: Any
) -> None:
    page = enter(context, host, live_server.url)
    page.goto(reverse("core:import_new", args=["people"]))
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(100_000_000)

    page.set_input_files("input[type=file]", str(huge))
    page.get_by_role("button", name="Regarder ce fichier").click()

    expect(page.get_by_text("Ce fichier dépasse 10 Mo")).to_be_visible()
    assert ImportRun.objects.count() == 0
