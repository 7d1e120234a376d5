"""What is not safe for production, in plain words for the person who operates the installation."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from essaim.core import backups, duties

LOCAL = {"localhost", "127.0.0.1", "[::1]"}

Problems = Iterator[tuple[str, str]]
# What apps look at in the rows of the database.
CHECKS: list[Callable[[], Problems]] = []


def check(function: Callable[[], Problems]) -> Callable[[], Problems]:
    CHECKS.append(function)
    return function


def problems() -> Problems:
    """Pairs of what is wrong and what to do."""
    yield from _secret()
    yield from _address()
    yield from _mail()
    yield from _backups()
    if settings.DEBUG:
        yield "ESSAIM_DEBUG is on: errors show the inside of the site to everyone.", "Remove it."
    if _behind():
        yield "The database is not up to date.", "Run `essaim prepare`."
        return
    yield from _worker()
    yield from in_rows()


def in_rows() -> Problems:
    """What a restored backup may have brought back, too."""
    for look in CHECKS:
        yield from look()


def _behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _worker() -> Problems:
    last = duties.last_run_at()
    if last is None:
        yield "The worker has never run: no mail leaves.", "Start `scripts/serve`."
    elif last < timezone.now() - duties.ASLEEP:
        yield (
            f"The worker has not run since {last:%Y-%m-%d %H:%M} UTC: no mail leaves.",
            "Start `scripts/serve`, or `essaim worker` if the pages are served otherwise.",
        )


def _secret() -> Problems:
    if len(settings.SECRET_KEY) < 50:
        yield (
            "The secret key is too short: someone could guess it and sign in as anyone.",
            "Remove ESSAIM_SECRET_KEY (one is then made and kept in var/), or give 50 characters.",
        )


def _address() -> Problems:
    if set(settings.ALLOWED_HOSTS) <= LOCAL:
        yield "The site answers only to this machine.", "Set ESSAIM_HOSTS=hive.example.org"
    if "*" in settings.ALLOWED_HOSTS:
        yield "The site answers to any name.", "Set ESSAIM_HOSTS to the names it has."
    if not settings.HTTPS:
        yield (
            "Pages and passwords travel in the clear, and passkeys do not work.",
            "Put it behind an HTTPS proxy; set ESSAIM_URL=https://… and ESSAIM_BEHIND_PROXY=1.",
        )


def _mail() -> Problems:
    if "smtp" not in settings.EMAIL_BACKEND:
        yield (
            "Mails are written to files and reach nobody.",
            "Set ESSAIM_EMAIL_URL=smtp+tls://user:password@mail.example.org:587",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        yield "Mails come from an address that does not exist.", "Set ESSAIM_EMAIL_FROM."


def _backups() -> Problems:
    last = backups.latest()
    if last is None:
        yield "There is no backup.", "Run `essaim backup` every night and copy the file elsewhere."
    elif last < timezone.now() - timedelta(days=2):
        yield f"The last backup is of {last:%Y-%m-%d}.", "Look why `essaim backup` stopped running."
