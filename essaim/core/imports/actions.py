"""What a person does with an import, from the file to the undoing."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import journal, outbox
from essaim.core.ids import uuid7
from essaim.core.imports.kinds import KINDS, Kind
from essaim.core.models import (
    IMPORT,
    Decision,
    ImportLine,
    ImportMode,
    ImportRun,
    ImportState,
)
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken


class ColumnMissing(Refusal):
    text = _("Say which column holds “%(column)s”: without it no line can be imported.")


class ColumnTwice(Refusal):
    text = _("Two columns are said to be “%(column)s”: keep one of them.")


class NothingToWrite(Refusal):
    message = _("There is no line to import.")


class NotWhole(Refusal):
    message = _(
        "“All or none” needs every line to be in order and decided. Mend those listed, or import "
        "the good lines only."
    )


class DecisionImpossible(Refusal):
    message = _("This cannot be decided for that line.")


class TooLateToUndo(Refusal):
    message = _("The lines of this import are no longer kept: it cannot be taken back.")


def check_right(kind: Kind, hub_id: UUID | None, by: Any) -> None:
    if kind.place(by, hub_id) is None:
        raise NotAllowed


def name_columns(*, run: ImportRun, mapping: list[str], by: Any) -> None:
    """Says what each column is, and has the lines checked."""
    kind = KINDS[run.kind]
    check_right(kind, run.hub_id, by)
    for field in kind.fields:
        times = mapping.count(field.code)
        if times > 1:
            raise ColumnTwice(str(ColumnTwice.text) % {"column": field.label})
        if field.required and not times:
            raise ColumnMissing(str(ColumnMissing.text) % {"column": field.label})
    with transaction.atomic():
        IMPORT.fire(run, "check", mapping=mapping, position=0)
        _put(run, "import_check")


@transaction.atomic
def decide(*, run: ImportRun, number: int, decision: str, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.CHECKED)
    line = run.lines.filter(number=number, problems=[]).first()
    if line is None or decision not in choices_for(line):
        raise DecisionImpossible
    run.lines.filter(number=number).update(decision=decision)


@transaction.atomic
def decide_all(*, run: ImportRun, sure: bool, decision: str, by: Any) -> int:
    """One answer for all the lines that are surely, or perhaps, about something already here."""
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.CHECKED)
    if decision not in allowed_decisions(sure=sure):
        raise DecisionImpossible
    alike = run.lines.filter(problems=[], duplicate_id__isnull=False, sure=sure)
    return alike.update(decision=decision)


def choices_for(line: ImportLine) -> tuple[str, ...]:
    if line.duplicate_id is None:
        return (Decision.CREATE, Decision.SKIP)
    return allowed_decisions(sure=line.sure)


def allowed_decisions(*, sure: bool) -> tuple[str, ...]:
    """What is surely the same (one address, one SIRET) cannot stand here twice."""
    common = (Decision.FILL, Decision.REPLACE, Decision.SKIP)
    return common if sure else (*common, Decision.CREATE)


@transaction.atomic
def start(*, run: ImportRun, mode: str, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    if mode not in ImportMode.values:
        raise DecisionImpossible
    _locked(run, ImportState.CHECKED)
    if mode == ImportMode.ALL and run.lines.exclude(problems=[], decision__gt="").exists():
        raise NotWhole
    if not run.lines.filter(problems=[]).exclude(decision__in=("", Decision.SKIP)).exists():
        raise NothingToWrite
    IMPORT.fire(run, "run", mode=mode, position=0)
    journal.record("start_import", run, by=by, hub_id=run.hub_id, lines=run.total)
    _put(run, "import_run")


def take_back(*, run: ImportRun, by: Any) -> None:
    check_right(KINDS[run.kind], run.hub_id, by)
    if not run.lines.exists():
        raise TooLateToUndo
    with transaction.atomic():
        IMPORT.fire(run, "undo", position=0)
        journal.record("undo_import", run, by=by, hub_id=run.hub_id)
        _put(run, "import_undo")


@transaction.atomic
def drop(*, run: ImportRun, by: Any) -> None:
    """Forgets an import of which nothing was written, with its file unless it has sheets."""
    check_right(KINDS[run.kind], run.hub_id, by)
    run = _locked(run, ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
    journal.record("drop_import", run, by=by, hub_id=run.hub_id)
    document = run.document
    run.delete()
    if document is not None and not run.sheet:
        document.delete()


def _locked(run: ImportRun, *states: ImportState) -> ImportRun:
    """As it stands now, until the end of the action: two hosts may hold the same page open."""
    rows = ImportRun.objects.select_for_update()
    now: ImportRun | None = rows.filter(pk=run.pk, state__in=states).first()
    if now is None:
        raise Overtaken
    return now


def _put(run: ImportRun, errand: str) -> None:
    outbox.put(errand, {"run": str(run.pk)}, key=f"{errand}:{uuid7()}")
