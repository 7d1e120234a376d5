"""Taking an import back: what it created goes, what it changed becomes as before.

A thing on which something was built since stays, with the reason; the rest is taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from essaim.core import outbox
from essaim.core.imports import checking
from essaim.core.imports.kinds import KINDS, Kind
from essaim.core.models import (
    IMPORT,
    ImportLine,
    ImportRun,
    ImportState,
    Outcome,
)

USED = gettext_noop("Something was built on it since: it stays.")
CHANGED = gettext_noop("It was changed since: it stays as it is.")

BATCH = 500
# Rows of our own book-keeping do not keep a thing alive.
BOOKS = (ImportLine, ImportRun)
NOWHERE = UUID(int=0)
Created = Mapping[str, set[UUID]]


def undo(run_id: UUID) -> None:
    while _undo_piece(run_id):
        pass


def _undo_piece(run_id: UUID) -> bool:
    """From the last line up: what a line leans on was created by it or above it."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None or run.state != ImportState.UNDOING:
            return False
        written = run.lines.filter(outcome=Outcome.WRITTEN)
        lines = list(written.order_by("-number")[:BATCH])
        if not lines:
            IMPORT.fire(run, "finish_undo", finished_at=timezone.now())
            return False
        _undo_lines(KINDS[run.kind], lines)
        ImportRun.objects.filter(pk=run_id).update(position=F("position") + len(lines))
    return True


def _undo_lines(kind: Kind, lines: list[ImportLine]) -> None:
    _mark_those_that_stay(kind, lines)
    _restore([line for line in lines if line.outcome == Outcome.UNDONE])
    _delete(kind, [line for line in lines if line.outcome == Outcome.UNDONE])
    checking.save(lines, ("problems", "outcome"))


def _mark_those_that_stay(kind: Kind, lines: list[ImportLine]) -> None:
    created = _created_by(lines)
    mine = {line.thing_id for line in lines if _is_new(line)}
    used = {
        thing_id
        for label, ids in created.items()
        for thing_id in still_used(apps.get_model(label), ids & mine, created)
    }
    obstacles = kind.obstacles([thing_id for thing_id in mine if thing_id])
    for line in lines:
        line.outcome = Outcome.UNDONE
        if _is_new(line) and (why := obstacles.get(line.thing_id or NOWHERE)):
            _keep(line, why.text, **why.facts)
        elif _is_new(line) and line.thing_id in used:
            _keep(line, USED)


def _keep(line: ImportLine, text: str, **facts: Any) -> None:
    line.outcome = Outcome.KEPT
    line.object_to(text, **facts)


def _is_new(line: ImportLine) -> bool:
    return any(thing_id == str(line.thing_id) for _label, thing_id in line.created)


def _created_by(lines: Iterable[ImportLine]) -> dict[str, set[UUID]]:
    created: dict[str, set[UUID]] = defaultdict(set)
    for line in lines:
        for label, thing_id in line.created:
            created[label].add(UUID(thing_id))
    return created


def still_used(model: type[models.Model], ids: Iterable[UUID], created: Created) -> set[UUID]:
    """Those of `ids` to which a row leads that is not itself in `created`."""
    used: set[UUID] = set()
    for batch in _batches(ids):
        for relation in _relations_to(model):
            other = relation.related_model
            ours = created.get(other._meta.label_lower, set())
            rows = other._base_manager.filter(**{f"{relation.field.name}__among": batch})
            for row_id, thing_id in rows.values_list("pk", relation.field.attname):
                if row_id not in ours:
                    used.add(thing_id)
    return used


def _relations_to(model: type[models.Model]) -> Iterator[Any]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or not (relation.one_to_many or relation.one_to_one):
            continue
        other: Any = relation.related_model
        # The rows of its own many-to-many links go with the thing.
        if other not in BOOKS and other._meta.auto_created is not model:
            yield relation


def _restore(lines: Iterable[ImportLine]) -> None:
    for line in lines:
        for label, thing_id, changes in reversed(line.changed):
            model: Any = apps.get_model(label)
            thing = model._base_manager.filter(pk=thing_id).first()
            if thing is None:
                continue
            if any(str(getattr(thing, name)) != str(now) for name, (_was, now) in changes.items()):
                _keep(line, CHANGED)
                continue
            for name, (was, _now) in changes.items():
                setattr(thing, name, was)
            thing.save(update_fields=list(changes))


def _delete(kind: Kind, lines: list[ImportLine]) -> None:
    created = _created_by(lines)
    for label in kind.creates:
        model: Any = apps.get_model(label)
        ids = created.pop(label, set())
        for batch in _batches(ids - still_used(model, ids, {})):
            model._base_manager.filter(pk__among=batch).delete()


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    todo = list(ids)
    for start in range(0, len(todo), BATCH):
        yield todo[start : start + BATCH]


@outbox.handler("import_undo")
def _undo_later(payload: dict[str, str], key: str) -> None:
    undo(UUID(payload["run"]))
