"""The rows behind the machinery: journal, outbox, notices, documents. No word of the trade here."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.sayings import Saying, read_back
from essaim.core.states import Machine, Transition

Person = settings.AUTH_USER_MODEL


class JournalEntry(models.Model):
    """Who did what to which thing. Written in the transaction of the action, never changed."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=60)
    thing_id = models.UUIDField()
    hub_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    personal_data = PersonalData(
        of=("actor",),
        personal={"actor": Erase.EMPTY},
        impersonal=("verb", "thing_kind", "facts"),
        why="The history of the network stays; the name of who acted goes.",
    )

    class Meta:
        indexes = (
            models.Index(fields=["thing_id", "at"], name="journal_of_thing"),
            models.Index(fields=["hub_id", "-at"], name="journal_of_hub"),
            models.Index(fields=["actor", "-at"], name="journal_of_actor"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing_kind} {self.thing_id}"


class OutboxRow(models.Model):
    """To be done after commit, at least once: a mail, a call. The payload holds ids, not texts."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    personal_data = PersonalData.none(impersonal=("kind", "key", "payload", "error"))

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"],
                name="outbox_waiting",
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(
                fields=["dead_at"], name="outbox_dead", condition=Q(dead_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Duty(models.Model):
    """A task that comes back (sweeps, digests, clean-ups) and when it is next due."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    # How many things the last run did, for the duties that count them.
    last_count = models.PositiveIntegerField(null=True)

    personal_data = PersonalData.none(impersonal=("name", "last_error"))

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    NOW = "now", _("by e-mail at once")
    DIGEST = "digest", _("in Friday’s letter")
    SILENT = "silent", _("only here")


class Notice(models.Model):
    """What a person is told, on the page of notices and, as they prefer, by mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    code = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=200)
    path = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.SILENT)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)

    personal_data = PersonalData(
        of=("recipient",),
        personal={"title": Erase.ROW, "facts": Erase.ROW},
        impersonal=("code", "key", "path"),
    )

    class Meta:
        indexes = (
            models.Index(fields=["recipient", "-created_at"], name="notices_of_person"),
            models.Index(
                fields=["recipient"], name="notices_unread", condition=Q(read_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.key}"


class NoticePreference(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_preferences")
    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices)

    personal_data = PersonalData(
        of=("person",), personal={"channel": Erase.ROW}, impersonal=("code",)
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "code"], name="one_preference_per_notice"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.code} {self.channel}"


def document_path(document: "Document", filename: str) -> str:
    # The name that the person gave is data, never a path.
    return f"{document.purpose}/{document.id}"


class Document(models.Model):
    """An uploaded file, outside the web root, served by a view that asks its purpose's rule."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="documents")
    hub_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=document_path)
    created_at = models.DateTimeField(default=timezone.now)

    personal_data = PersonalData(
        of=("owner",),
        personal={"name": Erase.ROW, "file": Erase.ROW},
        impersonal=("purpose", "content_type", "sha256"),
    )

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.file.delete(save=False)
        return super().delete(*args, **kwargs)


class Workbook(models.Model):
    """A file of several sheets: what each holds, told when it came, to choose from."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="workbook"
    )
    # For each sheet: title, lines, kind (the code of a list, or nothing), reason, reading.
    sheets = models.JSONField(default=list)

    personal_data = PersonalData.none(impersonal=("sheets",))

    def __str__(self) -> str:
        return f"sheets of {self.document_id}"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("columns to be named")
    CHECKING = "checking", _("being read")
    CHECKED = "checked", _("to be looked at")
    RUNNING = "running", _("being written")
    DONE = "done", _("imported")
    FAILED = "failed", _("nothing was imported")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")


class ImportMode(models.TextChoices):
    ALL = "all", _("all the lines or none")
    GOOD = "good", _("the good lines only")


class ImportRun(models.Model):
    """A spreadsheet on its way in: what its columns mean, how far it is, what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    hub_id = models.UUIDField(null=True)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    document = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    # Of a file with several; empty for the only one.
    sheet = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=list)
    # For each column the code of a field, or nothing: in the order of the headers.
    mapping = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    mode = models.CharField(max_length=5, choices=ImportMode.choices, blank=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        of=("owner",),
        personal={"owner": Erase.EMPTY},
        impersonal=("kind", "name", "sheet", "headers", "mapping", "remarks"),
    )

    class Meta:
        indexes = (models.Index(fields=["kind", "hub_id", "-created_at"], name="imports_of_hub"),)

    def __str__(self) -> str:
        return f"{self.kind} from {self.name} ({self.state})"


IMPORT = Machine(
    "state",
    Transition(
        "check",
        (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED),
        ImportState.CHECKING,
    ),
    Transition("report", (ImportState.CHECKING,), ImportState.CHECKED),
    Transition("run", (ImportState.CHECKED,), ImportState.RUNNING),
    Transition("finish", (ImportState.RUNNING,), ImportState.DONE),
    Transition("fail", (ImportState.RUNNING,), ImportState.FAILED),
    Transition("undo", (ImportState.DONE,), ImportState.UNDOING),
    Transition("finish_undo", (ImportState.UNDOING,), ImportState.UNDONE),
)


class Decision(models.TextChoices):
    """What to do with a line that is, or may be, about something already here."""

    CREATE = "create", _("add it as new")
    FILL = "fill", _("complete what is empty")
    REPLACE = "replace", _("replace by the file")
    SKIP = "skip", _("leave it out")


class Outcome(models.TextChoices):
    WAITING = "waiting", _("not yet written")
    WRITTEN = "written", _("written")
    LEFT_OUT = "left_out", _("left out")
    UNDONE = "undone", _("taken back")
    KEPT = "kept", _("could not be taken back")


class ImportLine(models.Model):
    """One line of the spreadsheet: as it stands, as it is understood, and what became of it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    formulas = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    # What is already here and seems the same; `sure` when an identifier says so.
    duplicate_id = models.UUIDField(null=True)
    sure = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    thing_id = models.UUIDField(null=True)
    created = models.JSONField(default=list)
    changed = models.JSONField(default=list)
    # Of whom the line speaks, once that is known: their wish to be forgotten reaches it.
    about = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(
        of=("about",),
        personal={
            "cells": Erase.ROW,
            "values": Erase.ROW,
            "problems": Erase.ROW,
            "remarks": Erase.ROW,
            "changed": Erase.ROW,
        },
        impersonal=("formulas", "created"),
    )

    class Meta:
        indexes = (models.Index(fields=["run", "number"], name="lines_of_import"),)

    def __str__(self) -> str:
        return f"line {self.number} of {self.run_id}"

    def object_to(self, text: str, **facts: Any) -> None:
        """Says why the line cannot be written. `text` is an English msgid."""
        self.problems.append(Saying(text, facts).kept())

    def remark(self, text: str, **facts: Any) -> None:
        self.remarks.append(Saying(text, facts).kept())

    @property
    def told_problems(self) -> list[Saying]:
        return [read_back(kept) for kept in self.problems]

    @property
    def told_remarks(self) -> list[Saying]:
        return [read_back(kept) for kept in self.remarks]
