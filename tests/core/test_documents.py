import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from essaim.core import documents
from essaim.core.models import Document
from essaim.core.refusals import Refusal
from tests.factories import make_person

pytestmark = pytest.mark.django_db

PURPOSE = documents.Purpose(
    "proof",
    (documents.PDF, documents.CSV),
    1_000_000,
    may_read=lambda person, document: person.given_name == "Hôte",
)


@pytest.fixture(autouse=True)
def purpose(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(documents.PURPOSES, "proof", PURPOSE)
    return None  # type: ignore[return-value]


def upload(content: bytes, name: str = "preuve.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_kept_and_served_to_its_owner_as_an_attachment(client: Client) -> None:
    owner = make_person()
    document = documents.store(upload(b"%PDF-1.7 hello"), purpose=PURPOSE, by=owner)
    client.force_login(owner)

    response = client.get(f"/documents/{document.pk}/")

    content: Any = response
    assert b"".join(content.streaming_content) == b"%PDF-1.7 hello"
    assert response.headers["Content-Disposition"] == 'attachment; filename="preuve.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("reader", "status"), [("Hôte", 200), ("Paul", 404)])
def test_others_read_it_if_the_purpose_says_so(client: Client, reader: str, status: int) -> None:
    document = documents.store(upload(b"%PDF-1.7"), purpose=PURPOSE, by=make_person())
    client.force_login(make_person(reader))

    response = client.get(f"/documents/{document.pk}/")

    assert response.status_code == status
    response.close()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "vide.pdf", "Ce fichier est vide."),
        (b"%PDF-" + b"x" * 1_000_000, "gros.pdf", "Ce fichier est trop lourd"),
        (b"\x89PNG\r\n\x1a\n", "photo.pdf", "Ce fichier est un PNG"),
        (b"MZ\x00\x01", "virus.pdf", "Nous ne savons pas lire ce genre de fichier"),
    ],
)
def test_a_file_that_is_not_what_is_asked_is_refused(
    content: bytes, name: str, message: str
) -> None:
    with pytest.raises(Refusal, match=message):
        documents.store(upload(content, name), purpose=PURPOSE, by=make_person())

    assert Document.objects.count() == 0


def test_a_file_that_the_disk_lost_is_not_found(client: Client) -> None:
    owner = make_person()
    document = documents.store(upload(b"%PDF-1.7"), purpose=PURPOSE, by=owner)
    document.file.storage.delete(str(document.file.name))
    client.force_login(owner)

    assert client.get(f"/documents/{document.pk}/").status_code == 404


def test_the_name_given_is_never_a_path() -> None:
    document = documents.store(
        upload(b"%PDF-", "../../etc/passwd.pdf"), purpose=PURPOSE, by=make_person()
    )

    assert document.file.name == f"proof/{document.pk}"


def test_the_file_goes_with_its_row() -> None:
    document = documents.store(upload(b"%PDF-"), purpose=PURPOSE, by=make_person())
    storage, name = document.file.storage, str(document.file.name)
    assert storage.exists(name)

    document.delete()

    assert not storage.exists(name)


def written(document: Document, *, days_ago: int) -> Path:
    """The file of the document, as old as that."""
    path = Path(document.file.path)
    at = (timezone.now() - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))
    return path


def rolled_back(*, days_ago: int) -> Path:
    """What a transaction that did not end leaves on the disk."""
    with transaction.atomic():
        document = documents.store(upload(b"%PDF-lost"), purpose=PURPOSE, by=make_person())
        transaction.set_rollback(True)
    return written(document, days_ago=days_ago)


def test_a_file_that_a_rolled_back_transaction_left_is_removed_after_a_day() -> None:
    kept = documents.store(upload(b"%PDF-kept"), purpose=PURPOSE, by=make_person())
    files = [written(kept, days_ago=2), rolled_back(days_ago=2), rolled_back(days_ago=0)]

    removed = documents.remove_files_without_rows(timezone.now())

    assert removed == 1
    assert [path.exists() for path in files] == [True, False, True]


def test_without_any_document_no_file_is_looked_for() -> None:
    assert documents.remove_files_without_rows(timezone.now()) == 0
