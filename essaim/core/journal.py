"""One line per action: who, verb, thing, facts; in the same transaction as what it tells."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from essaim.core.models import JournalEntry


def record(
    verb: str,
    thing: models.Model,
    *,
    by: Any | None,
    hub_id: UUID | None = None,
    **facts: str | int | None,
) -> None:
    """`by` is None when a sweep acted. Facts hold ids and numbers, never what people wrote."""
    JournalEntry.objects.create(
        actor_id=by.pk if by is not None else None,
        verb=verb,
        thing_kind=thing._meta.label_lower,
        thing_id=thing.pk,
        hub_id=hub_id,
        facts=facts,
    )


def record_all(
    verb: str, things: Iterable[models.Model], *, by: Any, hub_id: UUID | None = None
) -> None:
    """One line for each thing, for actions on thousands of them."""
    JournalEntry.objects.bulk_create(
        JournalEntry(
            actor_id=by.pk,
            verb=verb,
            thing_kind=thing._meta.label_lower,
            thing_id=thing.pk,
            hub_id=hub_id,
        )
        for thing in things
    )


def of(thing: models.Model) -> models.QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(thing_id=thing.pk).order_by("at", "id")
