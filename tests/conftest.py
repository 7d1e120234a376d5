"""What all tests share: fast hashing, strict templates, files apart, a browser."""

import gc
import gettext as gettext_module
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template.base import VariableDoesNotExist
from django.test import TransactionTestCase
from django.utils import translation
from django.utils.translation import trans_real

from tests.exchange import guards

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


def pytest_configure() -> None:
    call_command("catalogue", compile=True)
    # Django may have read the older ones while it started.
    for module in (trans_real, gettext_module):
        vars(module)["_translations"].clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.WHITENOISE_AUTOREFRESH = True
    if on_server := settings.DATABASES["default"]["OPTIONS"].get("options"):
        # A test database need not survive a power cut.
        settings.DATABASES["default"]["OPTIONS"]["options"] = (
            f"{on_server} -c synchronous_commit=off"
        )
    # An undefined variable in a template is a mistake, not an empty string.
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out what no database can change, to run the rest again on another one",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        left_out = [item for item in items if not _touches_a_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _touches_a_database(item)]


def _touches_a_database(item: pytest.Item) -> bool:
    """Whatever is not marked is refused a connection by pytest-django."""
    asked = {"db", "transactional_db", "on_postgres", "postgres_url"}
    marked = item.get_closest_marker("django_db") is not None
    return marked or bool(asked & set(getattr(item, "fixturenames", ())))


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage was a twelfth of the processor."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class UndefinedVariable(str):
    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, variable: object) -> str:
        raise VariableDoesNotExist(
            "the template uses %s, which the view does not give", (variable,)
        )


@pytest.fixture(autouse=True, scope="session")
def _ledger_may_be_flushed() -> None:
    """Between tests only: see `tests/exchange/guards.py`."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush_without_guards(test: Any) -> None:
        with guards.lifted():
            flush(test)

    TransactionTestCase._fixture_teardown = flush_without_guards  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "documents"
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that run at night send their mail; those about the night ask for it: `nights`."""
    monkeypatch.setattr("essaim.core.nights.MORNINGS", [])


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch, _always_day: None) -> None:
    from essaim.exchange.quiet_hours import when_it_is_day

    monkeypatch.setattr("essaim.core.nights.MORNINGS", [when_it_is_day])


@pytest.fixture(autouse=True)
def _language_of_its_own() -> None:
    """A page asked in English leaves English active in the thread: not for the next test."""
    translation.deactivate()


@pytest.fixture
def on_postgres() -> bool:
    return connection.vendor == "postgresql"


def chromium_path() -> str | None:
    return os.environ.get("ESSAIM_CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: set ESSAIM_CHROMIUM or install chromium")
    from playwright.sync_api import sync_playwright

    # The test process runs Django and the browser's loop in one thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=quiet)
        yield launched
        launched.close()


@pytest.fixture
def browser(chromium: "Browser") -> Iterator["Browser"]:
    """Windows close, and the answers to them end, while the database is still shared with them."""
    yield chromium
    for opened in chromium.contexts:
        opened.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def context(browser: "Browser", live_server: Any) -> Iterator["BrowserContext"]:
    """A French visitor's browser on the live server; any page error fails the test."""
    opened = browser.new_context(base_url=live_server.url, locale="fr-FR")
    errors: list[str] = []
    opened.on("weberror", lambda error: errors.append(str(error.error)))
    yield opened
    opened.close()
    assert errors == []
