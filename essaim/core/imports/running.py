"""Writing an import: in pieces that survive a worker's death, or all at once or not at all."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import duties, outbox
from essaim.core.imports import checking
from essaim.core.imports.documents import SPREADSHEET
from essaim.core.imports.kinds import KINDS, Context, Kind
from essaim.core.models import (
    IMPORT,
    Decision,
    Document,
    ImportLine,
    ImportMode,
    ImportRun,
    ImportState,
    Outcome,
)

PIECE = 500
WRITTEN = ("problems", "remarks", "outcome", "thing_id", "created", "changed", "about")
# Then the file and its lines are forgotten, and the import can no longer be taken back.
KEPT_FOR = timedelta(days=30)


class Spoilt(Exception):
    """A line of an import that is all or nothing could not be written after all."""

    def __init__(self, lines: list[ImportLine]) -> None:
        super().__init__(f"{len(lines)} lines could not be written")
        self.lines = lines


def work(run_id: UUID) -> None:
    run = ImportRun.objects.filter(pk=run_id, state=ImportState.RUNNING).first()
    if run is None:
        return
    if run.mode == ImportMode.ALL:
        _write_all(run)
    else:
        while _write_piece(run_id):
            pass


def to_write(run: ImportRun) -> QuerySet[ImportLine]:
    """Lines without a problem, decided, and not to be left out."""
    decided = run.lines.filter(problems=[]).exclude(decision__in=("", Decision.SKIP))
    return decided.filter(outcome=Outcome.WAITING).order_by("number")


def _write_piece(run_id: UUID) -> bool:
    """Position and rows are written together: whoever takes over begins where this one died."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None or run.state != ImportState.RUNNING:
            return False
        lines = list(to_write(run)[:PIECE])
        if not lines:
            _finish(run)
            return False
        _write(run, KINDS[run.kind], lines)
        ImportRun.objects.filter(pk=run.pk).update(position=F("position") + len(lines))
    return True


def _write_all(run: ImportRun) -> None:
    try:
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if locked.state != ImportState.RUNNING:
                return
            lines = list(to_write(locked))
            for start in range(0, len(lines), PIECE):
                _write(locked, KINDS[run.kind], lines[start : start + PIECE])
            if spoilt := [line for line in lines if line.problems]:
                raise Spoilt(spoilt)
            _finish(locked, position=len(lines))
    except Spoilt as spoilt:
        _give_up(run, spoilt.lines)


def _write(run: ImportRun, kind: Kind, lines: list[ImportLine]) -> None:
    kind.write(lines, Context(run=run, by=run.owner))
    for line in lines:
        line.outcome = Outcome.LEFT_OUT if line.problems else Outcome.WRITTEN
    checking.save(lines, WRITTEN)


def _finish(run: ImportRun, **changes: int) -> None:
    run.lines.filter(outcome=Outcome.WAITING).update(outcome=Outcome.LEFT_OUT)
    IMPORT.fire(run, "finish", finished_at=timezone.now(), **changes)


def _give_up(run: ImportRun, spoilt: Iterable[ImportLine]) -> None:
    with transaction.atomic():
        IMPORT.fire(run, "fail", finished_at=timezone.now())
        for line in spoilt:
            ImportLine.objects.filter(pk=line.pk).update(problems=line.problems)


@outbox.handler("import_check")
def _check_later(payload: dict[str, str], key: str) -> None:
    checking.check(UUID(payload["run"]))


@outbox.handler("import_run")
def _run_later(payload: dict[str, str], key: str) -> None:
    work(UUID(payload["run"]))


@duties.duty(every=timedelta(days=1), words=_("Forget the spreadsheets of last month"))
def forget_old_imports(now: object) -> None:
    """Copies of people's data do not lie about for ever."""
    old = timezone.now() - KEPT_FOR
    for run in ImportRun.objects.filter(created_at__lt=old, document__isnull=False):
        for document in Document.objects.filter(pk=str(run.document_id)):
            document.delete()
    # Those of which no sheet was opened, or all were left.
    named = ImportRun.objects.filter(document__isnull=False).values("document")
    files = Document.objects.filter(purpose=SPREADSHEET.code, created_at__lt=old)
    for document in files.exclude(pk__in=named):
        document.delete()
    ImportLine.objects.filter(run__created_at__lt=old).delete()
