"""Uploaded files: checked by what they are, not by what they say; served to who may read them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile as DjangoUploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from essaim.core.duties import duty
from essaim.core.models import Document
from essaim.core.refusals import Refusal

UploadedFile = DjangoUploadedFile[Any]

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
PNG = "image/png"
JPEG = "image/jpeg"
WEBP = "image/webp"

# How a file of each type begins. A CSV file is text: it has no zero byte.
MAGIC: Mapping[str, bytes] = {
    PDF: b"%PDF-",
    XLSX: b"PK\x03\x04",
    PNG: b"\x89PNG\r\n\x1a\n",
    JPEG: b"\xff\xd8\xff",
    # Then its length, then its name; other kinds of files begin so, and no one sends them.
    WEBP: b"RIFF",
}
NAMES: Mapping[str, str] = {
    PDF: "PDF",
    XLSX: "Excel (.xlsx)",
    CSV: "CSV",
    PNG: "PNG",
    JPEG: "JPEG",
    WEBP: "WebP",
}


class FileTooLarge(Refusal):
    message = ngettext_lazy(
        "This file is too large: the limit is %(mb)d MB. Nothing was kept of it.",
        "This file is too large: the limit is %(mb)d MB. Nothing was kept of it.",
        "mb",
    )


class FileEmpty(Refusal):
    message = _("This file is empty.")


class FileNotAccepted(Refusal):
    pass


@dataclass(frozen=True)
class Purpose:
    code: str
    types: tuple[str, ...]
    max_bytes: int
    may_read: Callable[[Any, Document], bool]


PURPOSES: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    assert purpose.code not in PURPOSES, f"two purposes are called {purpose.code}"
    PURPOSES[purpose.code] = purpose
    return purpose


def store(
    upload: UploadedFile, *, purpose: Purpose, by: Any, hub_id: UUID | None = None
) -> Document:
    """Keeps the file, or raises a refusal that says what is wrong with it."""
    content_type = check(upload, purpose)
    document = Document(
        purpose=purpose.code,
        owner_id=by.pk,
        hub_id=hub_id,
        name=(upload.name or "")[-200:],
        content_type=content_type,
        size=upload.size or 0,
        sha256=_sha256(upload),
    )
    upload.seek(0)
    document.file.save("", upload, save=False)
    document.save()
    return document


def check(upload: UploadedFile, purpose: Purpose) -> str:
    """The true type of the file, if the purpose accepts it."""
    if not upload.size:
        raise FileEmpty
    if upload.size > purpose.max_bytes:
        raise FileTooLarge(str(FileTooLarge.message % {"mb": purpose.max_bytes // 1_000_000}))
    found = sniff(upload)
    if found not in purpose.types:
        raise FileNotAccepted(_not_accepted(found, purpose))
    return found


def sniff(upload: UploadedFile) -> str:
    upload.seek(0)
    start = upload.read(4096)
    upload.seek(0)
    for content_type, magic in MAGIC.items():
        if start.startswith(magic):
            return content_type
    return "" if b"\0" in start else CSV


def _not_accepted(found: str, purpose: Purpose) -> Promise | str:
    wanted = ", ".join(NAMES[content_type] for content_type in purpose.types)
    if not found:
        return _(
            "We cannot read this kind of file. Choose one of: %(wanted)s. Nothing was kept of it."
        ) % {"wanted": wanted}
    return _("This file is a %(found)s. Choose one of: %(wanted)s. Nothing was kept of it.") % {
        "found": NAMES[found],
        "wanted": wanted,
    }


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def may_read(document: Document, person: Any) -> bool:
    purpose = PURPOSES.get(document.purpose)
    owns = person.is_authenticated and document.owner_id == person.pk
    return purpose is not None and (owns or purpose.may_read(person, document))


@duty(every=timedelta(days=1), words=_("Remove files of which no row is left"))
def remove_files_without_rows(now: datetime) -> int:
    """A transaction that is rolled back takes its row back, not the file that it wrote.

    Nothing younger than a day is touched: its transaction may not have ended.
    """
    root = Path(settings.MEDIA_ROOT)
    old = [path for path in root.rglob("*") if path.is_file() and _is_old(path, now)]
    return sum(_remove_lost(root, old[at : at + 500]) for at in range(0, len(old), 500))


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - timedelta(days=1)).timestamp()
    except FileNotFoundError:  # gone since the folder was read
        return False


def _remove_lost(root: Path, files: list[Path]) -> int:
    lost = {path.relative_to(root).as_posix(): path for path in files}
    for kept in Document.objects.filter(file__in=list(lost)).values_list("file", flat=True):
        del lost[kept]
    for path in lost.values():
        path.unlink(missing_ok=True)
    return len(lost)
