"""Back up, restore, move to PostgreSQL, readiness: the commands in their own process."""

import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from essaim.core import duties, readiness
from essaim.core.models import Duty
from tests.factories import make_administrator

ROOT = Path(__file__).resolve().parents[2]
ADD_PERSON = """
import django; django.setup()
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from essaim.core import documents
from essaim.people.models import Person
lea = Person.objects.create_user("lea@example.org", given_name="Léa")
purpose = documents.Purpose("proof", (documents.PDF,), 1000, lambda person, document: False)
documents.store(SimpleUploadedFile("preuve.pdf", b"%PDF-preuve"), purpose=purpose, by=lea)
"""
REMOVE_PERSON = """
import django; django.setup()
from essaim.core.models import Document
from essaim.people.models import Person
Document.objects.get().delete()
Person.objects.all().delete()
"""
SHOW = """
import django; django.setup()
from essaim.core.models import Document
from essaim.people.models import Person
print(*Person.objects.values_list("email", flat=True))
print(*[document.file.read().decode() for document in Document.objects.all()])
"""


class Installation:
    """An Essaim of its own in a temporary folder, driven from outside."""

    def __init__(self, var: Path, url: str = "") -> None:
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ESSAIM_")
        }
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ESSAIM_VAR": str(var),
            "ESSAIM_DATABASE_URL": url or f"sqlite:///{var}/essaim.sqlite3",
        }

    def essaim(self, *words: str) -> str:
        return self._run("-m", "config", *words)

    def python(self, script: str) -> str:
        return self._run("-c", script)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database, on the server under test."""
    if connection.vendor != "postgresql":
        pytest.skip("runs with the tests on PostgreSQL")
    import psycopg
    from psycopg import sql

    server = connection.settings_dict
    address = {"host": server["HOST"], "port": server["PORT"], "user": server["USER"]}
    address = {key: str(value) for key, value in address.items() if value}
    if server["PASSWORD"]:
        address["password"] = server["PASSWORD"]
    name = f"essaim_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    user = ":".join(quote(address[key]) for key in ("user", "password") if key in address)
    yield f"postgres://{user}@{address.get('host', '')}:{address.get('port', '5432')}/{name}"
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def check_round_trip(installation: Installation, archive: Path) -> None:
    installation.essaim("migrate", "-v0")
    installation.python(ADD_PERSON)
    before = installation.python(SHOW)
    installation.essaim("backup", str(archive))
    installation.python(REMOVE_PERSON)
    assert installation.python(SHOW).strip() == ""

    installation.essaim("restore", str(archive), "--yes")

    assert installation.python(SHOW) == before == "lea@example.org\n%PDF-preuve\n"
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_backup_of_sqlite_brings_everything_back(tmp_path: Path) -> None:
    check_round_trip(Installation(tmp_path / "var"), tmp_path / "all.tar.gz")


def test_a_backup_of_postgresql_brings_everything_back(tmp_path: Path, postgres_url: str) -> None:
    check_round_trip(Installation(tmp_path / "var", postgres_url), tmp_path / "all.tar.gz")


ERASE = """
import django; django.setup()
from essaim.home.actions.leaving import erase_person
from essaim.people.models import Person
lea = Person.objects.get(email="lea@example.org")
erase_person(person=lea, by=lea)
"""
NAMES = """
import django; django.setup()
from essaim.people.models import Person
print(*Person.objects.order_by("created_at").values_list("given_name", "state"))
"""


def check_erased_stay_erased(here: Installation, var: Path) -> None:
    archive, record = var.parent / "copies" / "all.tar.gz", var / "backups" / "erased.txt"
    here.essaim("migrate", "-v0")
    here.python(ADD_PERSON)
    here.python(ADD_PERSON.replace("lea@", "zoe@").replace("Léa", "Zoé").replace("-preuve", "-z"))
    here.essaim("backup", str(archive))
    here.python(ERASE)
    with tarfile.open(archive) as holds:
        assert not [name for name in holds.getnames() if "erased" in name]

    told = here.essaim("restore", str(archive), "--yes")

    assert "essaim name-administrator" in told
    erased = "('', 'erased') ('Zoé', 'expected')\n"
    assert "Erased again, because they were after this backup: 1." in told
    assert here.python(NAMES) == erased
    assert here.python(SHOW).splitlines()[1] == "%PDF-z"
    assert len([path for path in (var / "documents").rglob("*") if path.is_file()]) == 1
    # The record travels beside the archives, and is enough when the machine is lost.
    here.essaim("backup", str(archive.parent / "newer.tar.gz"))
    record.unlink()
    here.essaim("restore", str(archive), "--yes")
    assert here.python(NAMES) == erased
    assert "lea" not in record.read_text()


def test_who_was_erased_stays_erased_after_a_restoration_on_sqlite(tmp_path: Path) -> None:
    check_erased_stay_erased(Installation(tmp_path / "var"), tmp_path / "var")


def test_who_was_erased_stays_erased_after_a_restoration_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    check_erased_stay_erased(Installation(tmp_path / "var", postgres_url), tmp_path / "var")


def test_who_was_erased_stays_erased_when_an_older_file_is_put_back_by_hand(
    tmp_path: Path,
) -> None:
    var = tmp_path / "var"
    here = Installation(var)
    here.essaim("migrate", "-v0")
    here.python(ADD_PERSON)
    older = (var / "essaim.sqlite3").read_bytes()
    here.python(ERASE)
    (var / "essaim.sqlite3").write_bytes(older)
    assert "Léa" in here.python(NAMES)

    told = here.essaim("prepare")

    assert "Erased again" in told
    assert here.python(NAMES) == "('', 'erased')\n"


def test_moving_to_postgresql_loses_nothing(tmp_path: Path, postgres_url: str) -> None:
    here = Installation(tmp_path / "var")
    here.essaim("migrate", "-v0")
    here.python(ADD_PERSON)

    told = here.essaim("move-to-postgres", postgres_url)

    there = Installation(tmp_path / "var", postgres_url)
    assert "rows moved and compared" in told
    assert there.python(SHOW) == here.python(SHOW)
    # The counters go on after the rows that came.
    there.python(ADD_PERSON.replace("lea@", "zoe@"))
    with pytest.raises(AssertionError, match="already holds data"):
        here.essaim("move-to-postgres", postgres_url)


@pytest.fixture
def ready(settings: Any, tmp_path: Path, db: None) -> Any:
    duties.run_due()
    make_administrator()
    settings.SECRET_KEY = "x" * 50
    settings.ALLOWED_HOSTS = ["ruche.example.org"]
    settings.HTTPS = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Essaim <bonjour@example.org>"
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "last.tar.gz").touch()
    return settings


def test_an_installation_in_order_has_no_problem(ready: Any) -> None:
    assert list(readiness.problems()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "secret key"),
        ("ALLOWED_HOSTS", ["localhost"], "answers only to this machine"),
        ("ALLOWED_HOSTS", ["*"], "answers to any name"),
        ("HTTPS", False, "in the clear"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "reach nobody"),
        ("DEFAULT_FROM_EMAIL", "Essaim <essaim@localhost>", "does not exist"),
        ("DEBUG", True, "ESSAIM_DEBUG"),
    ],
)
def test_each_danger_is_told(ready: Any, name: str, value: object, said: str) -> None:
    setattr(ready, name, value)

    [(problem, remedy)] = readiness.problems()

    assert said in problem
    assert remedy


def test_old_or_missing_backups_are_told(ready: Any, tmp_path: Path) -> None:
    archive = tmp_path / "backups" / "last.tar.gz"
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(archive, (old, old))
    assert [problem[:19] for problem, _ in readiness.problems()] == ["The last backup is "]

    archive.unlink()

    assert [problem for problem, _ in readiness.problems()] == ["There is no backup."]


def test_a_worker_that_sleeps_or_never_ran_is_told(ready: Any) -> None:
    Duty.objects.update(last_run_at=timezone.now() - timedelta(hours=1))
    assert [problem[:27] for problem, _ in readiness.problems()] == ["The worker has not run sinc"]

    Duty.objects.all().delete()

    assert [problem for problem, _ in readiness.problems()] == [
        "The worker has never run: no mail leaves."
    ]


def test_a_database_that_is_not_up_to_date_is_told(ready: Any) -> None:
    MigrationRecorder(connection).record_unapplied("home", "0003_figure_weeks")

    assert [problem for problem, _ in readiness.problems()] == ["The database is not up to date."]
