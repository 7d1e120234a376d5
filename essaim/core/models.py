"""The rows behind the machinery: journal, outbox, notices, documents. No word of the trade here."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData

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
