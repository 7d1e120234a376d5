"""What the pages of a file show: the file on its way in, its sheets, and those that still wait."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.imports import receiving
from essaim.core.imports.documents import SPREADSHEET
from essaim.core.imports.kinds import KINDS, Kind, Place
from essaim.core.imports.sheets import REASONS, Told
from essaim.core.models import Document, ImportRun, ImportState, Workbook
from essaim.core.refusals import Refusal

RECENT = 5


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your spreadsheet"),
        help_text=gettext_lazy(
            "Excel (.xlsx) or CSV, 10 MB and 20,000 lines at most. Columns in any order, in French "
            "or in English. Nothing is written before you have seen it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": gettext_lazy("Choose a file: .xlsx or .csv."),
            "empty": gettext_lazy("This file is empty. Nothing was imported."),
        },
    )


def refused_as_too_large() -> FileForm:
    form = FileForm({})
    form.errors.clear()
    too_large = _("This file is larger than %(mb)d MB: it was not kept, and nothing was imported.")
    form.add_error("file", too_large % {"mb": SPREADSHEET.max_bytes // 1_000_000})
    return form


def received(
    request: HttpRequest, kind: Kind | None, hub_id: UUID | None
) -> tuple[FileForm, ImportRun | Workbook | None]:
    """The form as it is to be shown, or what came of the file."""
    if request.method != "POST":
        return FileForm(), None
    form = FileForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", False):  # known once the file was read
        return refused_as_too_large(), None
    if form.is_valid():
        try:
            return form, receiving.receive_file(
                upload=form.cleaned_data["file"], kind=kind, hub_id=hub_id, by=request.user
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    return form, None


def address(found: ImportRun | Workbook) -> tuple[str, UUID]:
    return ("core:import" if isinstance(found, ImportRun) else "core:workbook"), found.pk


@dataclass(frozen=True)
class Sheet:
    """A sheet as the page proposes it; `run` is its import, once it was opened."""

    title: str
    lines: int
    kind: Kind | None
    reason: str | Promise
    reading: bool
    run: ImportRun | None

    @property
    def waits(self) -> bool:
        return self.run is None and not self.reading and not self.reason

    @property
    def turn(self) -> tuple[bool, int]:
        """Lists in the order in which they lean on each other, then what may be none."""
        return self.kind is None, self.kind.turn if self.kind else 0


@dataclass(frozen=True)
class Book:
    document: Document
    sheets: list[Sheet]

    @property
    def first(self) -> Sheet | None:
        """The one to go on with."""
        return next((sheet for sheet in self.sheets if sheet.waits and sheet.kind), None)

    @property
    def waiting(self) -> int:
        return sum(1 for sheet in self.sheets if sheet.waits and sheet.kind)


def of_document(document: Document) -> Book | None:
    workbook = Workbook.objects.filter(document=document).first()
    return _books([workbook])[0] if workbook else None


def waiting(place: Place) -> list[Book]:
    """Files brought here with lists that nobody has opened yet."""
    books = Workbook.objects.filter(document__hub_id=place.hub_id).select_related("document")
    recent = list(books.order_by("-document__created_at")[:RECENT])
    return [book for book in _books(recent) if book.waiting]


def _books(workbooks: list[Workbook]) -> list[Book]:
    runs: dict[Any, dict[str, ImportRun]] = defaultdict(dict)
    found = ImportRun.objects.filter(document__in=[book.document_id for book in workbooks])
    for run in found.exclude(state=ImportState.UNDONE).order_by("created_at"):
        runs[run.document_id][run.sheet] = run
    return [
        Book(
            book.document,
            sorted(
                (_sheet(told, runs[book.document_id].get(told["title"])) for told in book.sheets),
                key=lambda sheet: sheet.turn,
            ),
        )
        for book in workbooks
    ]


def _sheet(told: Told, run: ImportRun | None) -> Sheet:
    return Sheet(
        title=told["title"],
        lines=told["lines"],
        kind=KINDS.get(run.kind if run else told["kind"]),
        reason=REASONS.get(told["reason"], ""),
        reading=told["reading"],
        run=run,
    )
