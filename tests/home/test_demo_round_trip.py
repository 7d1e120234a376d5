"""The whole demonstration, taken out as one workbook and brought in again, is the same."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from essaim.core.imports import receiving, workbook_pages
from essaim.core.models import Workbook
from essaim.home.demo.build import build
from essaim.home.demo.sizes import SIZES
from essaim.hubs.models import Hub
from essaim.people.models import NetworkRole, Person, Role
from essaim.people.seeding import seed_skills
from tests.core.importing import check, write
from tests.exchange import guards
from tests.factories import make_director

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 18, 9, 45, tzinfo=UTC)
LISTS = ("Personnes", "Structures", "Boîte à outils", "Besoins", "Compétences")


def exported(client: Client) -> bytes:
    answer: Any = client.get(reverse("core:export_all"), {"hub": "network"})
    assert answer.status_code == 200
    return b"".join(answer)


def rows(raw: bytes) -> dict[str, list[tuple[str, ...]]]:
    book = load_workbook(io.BytesIO(raw), read_only=True)
    return {
        title: sorted(
            tuple(str(cell.value or "") for cell in row) for row in book[title].iter_rows()
        )
        for title in LISTS
    }


def empty(director: Person) -> None:
    """Hives are opened by hand: they, and who brings the file, are all that is left."""
    hubs = list(Hub.objects.all())
    with guards.lifted():
        call_command("flush", interactive=False, verbosity=0)
    Hub.objects.bulk_create(hubs)
    Person.objects.bulk_create([director])
    NetworkRole.objects.create(person=director, role=Role.DIRECTOR)


def test_demonstration_goes_out_and_in_again_with_nothing_lost(client: Client) -> None:
    seed_skills()
    build(SIZES["demo"], seed=1, now=NOW, tell=lambda done, total: None)
    director = make_director(email="bureau@example.org")
    client.force_login(director)
    raw = exported(client)
    first = rows(raw)
    assert {title: len(lines) for title, lines in first.items()}["Personnes"] > 300
    empty(director)
    client.force_login(director)

    found = receiving.receive_file(
        upload=SimpleUploadedFile("tout.xlsx", raw), kind=None, hub_id=None, by=director
    )
    assert isinstance(found, Workbook)
    book = workbook_pages.of_document(found.document)
    assert book is not None
    for sheet in book.sheets:
        if sheet.kind is not None:
            run = receiving.open_sheet(
                document=found.document, title=sheet.title, kind=sheet.kind, by=director
            )
            write(check(run))
            assert [str(p) for line in run.lines.all() for p in line.told_problems] == []

    second = rows(exported(client))
    for title in LISTS:
        assert second[title] == first[title]
