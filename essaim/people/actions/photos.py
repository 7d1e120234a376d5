"""The photo of a person, which nobody else puts or changes; a host may take it away (hubs)."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadedfile import UploadedFile as DjangoUploadedFile
from django.db import transaction

from essaim.core import documents, journal, pictures
from essaim.core.models import Document
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.people.documents import PHOTO
from essaim.people.models import Person

SMALL, BIG = 96, 320


def set_photo(*, person: Person, upload: "DjangoUploadedFile[Any]", by: Person) -> None:
    """Instead of the one before, whose files go; who left meanwhile, or was erased, has none."""
    _check_right(person, by)
    # Before the transaction: a tenth of a second is long for those who wait to write.
    small, big = pictures.squares(upload, PHOTO, (SMALL, BIG))
    with transaction.atomic():
        if not _locked(person).is_present():
            raise Overtaken
        before = _photos(person)
        person.photo_small = _keep(small, SMALL, person)
        person.photo = _keep(big, BIG, person)
        person.save(update_fields=["photo", "photo_small"])
        journal.record("person.set_photo", person, by=by)
    forget(before)


def remove_photo(*, person: Person, by: Person) -> None:
    _check_right(person, by)
    with transaction.atomic():
        before = take_away(person)
        journal.record("person.remove_photo", person, by=by)
    forget(before)


def take_away(person: Person) -> list[Document]:
    """For an action that has looked at the right, in its transaction; then `forget` the files."""
    _locked(person)
    before = _photos(person)
    person.photo = person.photo_small = None
    person.save(update_fields=["photo", "photo_small"])
    return before


def _check_right(person: Person, by: Person) -> None:
    if by.pk != person.pk:
        raise NotAllowed


def _locked(person: Person) -> Person:
    """As they are now: of two photos sent at once, the second one replaces the first."""
    now: Person = Person.objects.select_for_update().get(pk=person.pk)
    return now


def _photos(person: Person) -> list[Document]:
    return list(Document.objects.filter(owner=person, purpose=PHOTO.code))


def _keep(picture: bytes, side: int, person: Person) -> Document:
    # The name that the file had is not kept: it may tell of a place or of somebody else.
    upload = SimpleUploadedFile(f"photo-{side}.webp", picture, documents.WEBP)
    return documents.store(upload, purpose=PHOTO, by=person)


def forget(photos: Iterable[Document]) -> None:
    """Once the new one is there for good: a file that is gone does not come back."""
    for photo in photos:
        photo.delete()
