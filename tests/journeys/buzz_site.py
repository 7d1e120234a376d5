"""A real `essaim serve` on the database under test: web, live events and worker, for browsers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from essaim.people.models import Person
from tests.bench.networks import ROOT
from tests.bench.servers import free_port, until_it_answers
from tests.exchange.test_asks_concurrency import shared_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
WALL = {"width": 1920, "height": 1080}


@dataclass
class Site:
    port: int
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "config", "serve", "--workers", "1"]
        command += ["--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        until_it_answers(self.port, "/compte/login/", 200)
        until_it_answers(self.port + 1, "/", 404)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def page_of(self, browser: "Browser", session: str, size: Any, **how: Any) -> "Page":
        """Somebody's page, with the session that `sessions_of` made before the site started."""
        context = browser.new_context(
            base_url=self.url, locale="fr-FR", viewport=size, reduced_motion="reduce", **how
        )
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": self.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page


# What scripts of the pages complained of, for the test to look at.
complaints: list[str] = []


def sessions_of(*people: Person) -> list[str]:
    """Signed in beforehand: the site has a copy of the database, or shares it."""
    found = []
    for person in people:
        client = Client()
        client.force_login(person)
        found.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return found


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """What happened there is in the test's database once it is left."""
    complaints.clear()
    with shared_database(folder) as url:
        given = {key: value for key, value in os.environ.items() if not key.startswith("ESSAIM_")}
        environment = given | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ESSAIM_DATABASE_URL": url,
            "ESSAIM_VAR": str(folder),
            "ESSAIM_DEBUG": "1",
            "ESSAIM_SECRET_KEY": settings.SECRET_KEY,
            "ESSAIM_LOG_LEVEL": "WARNING",
        }
        running = Site(free_port(), environment)
        running.start()
        try:
            yield running
        finally:
            running.stop()
