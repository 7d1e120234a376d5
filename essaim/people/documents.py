"""Photos of people: seen by whoever may see the page of the person."""

from typing import Any

from essaim.core.documents import JPEG, PNG, WEBP, Purpose, register
from essaim.core.models import Document
from essaim.people.models import Person


def _may_see(viewer: Any, photo: Document) -> bool:
    return bool(Person.objects.visible_to(viewer).filter(pk=photo.owner_id).exists())


PHOTO = register(Purpose("photo", (JPEG, PNG, WEBP), 10_000_000, may_read=_may_see))
