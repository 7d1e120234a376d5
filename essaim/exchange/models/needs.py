"""Needs, the individual asks they become, and the steps taken when nobody answers."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.core.writing import folded, sought
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Person, Skill


class Urgency(models.TextChoices):
    NOW = "now", _("today")
    WEEK = "week", _("this week")
    MONTH = "month", _("this month")


class NeedAudience(models.TextChoices):
    HUB = "hub", _("my hive")
    NETWORK = "network", _("the whole network")


class NeedSource(models.TextChoices):
    WEB = "web", _("written here")
    IMPORT = "import", _("imported")
    HOST = "host", _("written by a host")
    BUZZ = "buzz", _("said at the Buzz")


class NeedState(models.TextChoices):
    DRAFT = "draft", _("draft")
    OPEN = "open", _("waiting for an answer")
    IN_HAND = "in_hand", _("in good hands")
    MET = "met", _("met")
    CLOSED_UNMET = "closed_unmet", _("closed without an answer")
    WITHDRAWN = "withdrawn", _("withdrawn")


LIVE = (NeedState.OPEN, NeedState.IN_HAND)
# The last step of the ladder: the whole network sees that nobody has taken it.
BOARD_LEVEL = 5


class Outcome(models.TextChoices):
    """What came of it, as whoever asked says."""

    ANSWERED = "answered", _("it had its answer")
    INTRODUCED = "introduced", _("it led to the right person")
    LED_TO_WORK = "led_to_work", _("it led to work together")
    NO_RESULT = "no_result", _("nothing came of it")


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, person: Any) -> "NeedQuerySet":
        """Mine; those of the network, of hubs where I live or that I look after; those I am asked.

        Drafts are their author's alone.
        """
        if not person.is_authenticated:
            return self.none()
        hubs = Residency.objects.current().filter(person_id=person.pk).values("hub")
        hosted = Hub.objects.looked_after_by(person).values("pk")
        asked = Ask.objects.filter(need=OuterRef("pk"), helper_id=person.pk)
        shown = (
            Q(audience=NeedAudience.NETWORK) | Q(hub__in=hubs) | Q(hub__in=hosted) | Exists(asked)
        )
        return self.filter(Q(author_id=person.pk) | (shown & ~Q(state=NeedState.DRAFT)))

    def bulk_create(self, objs: Iterable["Need"], *args: Any, **kwargs: Any) -> list["Need"]:
        needs = list(objs)
        for need in needs:
            need.fold_text()
        return super().bulk_create(needs, *args, **kwargs)

    def saying(self, typed: str) -> "NeedQuerySet":
        """Those that hold every word, whatever the case and the accents."""
        words = sought(typed)
        found = self if words else self.none()
        for word in words:
            found = found.filter(folded_text__contains=word)
        return found

    def live(self) -> "NeedQuerySet":
        return self.filter(state__in=LIVE)

    def open(self) -> "NeedQuerySet":
        return self.filter(state=NeedState.OPEN)

    def on_board(self) -> "NeedQuerySet":
        """Those that nobody has taken, and that the whole network may read."""
        return self.open().filter(level__gte=BOARD_LEVEL, audience=NeedAudience.NETWORK)

    def never_told(self) -> "NeedQuerySet":
        """Came in a spreadsheet: nobody was asked, and no clock runs."""
        asked = Ask.objects.filter(need=OuterRef("pk"))
        came = self.filter(source=NeedSource.IMPORT, next_step_at__isnull=True, level__lte=1)
        return came.filter(~Exists(asked))


class Need(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    author = models.ForeignKey(Person, models.PROTECT, related_name="needs")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="needs")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=2000)
    folded_text = models.TextField(editable=False, default="")
    # An organisation, or a person, to whom the author would like to be introduced.
    looking_for = models.CharField(max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.WEEK)
    audience = models.CharField(
        max_length=10, choices=NeedAudience.choices, default=NeedAudience.NETWORK
    )
    source = models.CharField(max_length=10, choices=NeedSource.choices, default=NeedSource.WEB)
    state = models.CharField(max_length=12, choices=NeedState.choices, default=NeedState.DRAFT)
    skills: Any = models.ManyToManyField(Skill, related_name="needs", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Escalation: the delays in force when the need was published, the step reached, the next one.
    policy = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    # When the author said that the desk of a partner may read it.
    desk_consent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    # When what finds the need last changed: the index of matching reads from there.
    matched_at = models.DateTimeField(default=timezone.now)

    objects = NeedQuerySet.as_manager()

    personal_data = PersonalData(
        of=("author",),
        personal={
            "title": Erase.EMPTY,
            "text": Erase.EMPTY,
            "folded_text": Erase.EMPTY,
            "looking_for": Erase.EMPTY,
        },
        impersonal=("policy",),
        why="That a need was met stays in the count; what was said goes.",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes__in=range(15, 481, 15)), name="need_in_quarters"
            ),
            models.CheckConstraint(
                condition=Q(state=NeedState.DRAFT) | Q(published_at__isnull=False),
                name="published_need_has_a_date",
            ),
        )
        indexes = (
            models.Index(fields=["hub", "state", "-published_at"], name="needs_of_hub"),
            models.Index(fields=["author", "-created_at"], name="needs_of_author"),
            models.Index(fields=["state", "-published_at"], name="needs_by_state"),
            models.Index(fields=["published_at"], name="needs_by_week"),
            models.Index(fields=["hub", "published_at"], name="needs_of_hub_by_week"),
            models.Index(fields=["matched_at"], name="needs_matched"),
            models.Index(
                fields=["next_step_at"],
                name="needs_to_escalate",
                condition=Q(state=NeedState.OPEN, next_step_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded_text", "matched_at"}
        super().save(*args, **kwargs)

    def fold_text(self) -> None:
        self.folded_text = folded(f"{self.title} {self.text} {self.looking_for}").strip()
        self.matched_at = timezone.now()


NEED = Machine(
    "state",
    Transition("publish", (NeedState.DRAFT,), NeedState.OPEN),
    Transition("take_in_hand", (NeedState.OPEN,), NeedState.IN_HAND),
    # The helper could not, or no date came: the need waits again.
    Transition("reopen", (NeedState.IN_HAND, NeedState.CLOSED_UNMET), NeedState.OPEN),
    Transition("meet", (NeedState.OPEN, NeedState.IN_HAND), NeedState.MET),
    Transition("close_unmet", (NeedState.OPEN,), NeedState.CLOSED_UNMET),
    Transition("withdraw", (NeedState.DRAFT, *LIVE), NeedState.WITHDRAWN),
)


class AskState(models.TextChoices):
    SENT = "sent", _("waiting for an answer")
    LATER = "later", _("not now, maybe later")
    ACCEPTED = "accepted", _("said yes")
    DECLINED = "declined", _("said no")
    EXPIRED = "expired", _("no answer")
    WITHDRAWN = "withdrawn", _("no longer needed")
    LATE_YES = "late_yes", _("said yes later")


class DeclineCode(models.TextChoices):
    NO_TIME = "no_time", _("no time now")
    NOT_MY_FIELD = "not_my_field", _("not my field")
    OTHER_PERSON = "other_person", _("not me but…")
    OTHER = "other", _("another reason")


SAID_YES = (AskState.ACCEPTED, AskState.LATE_YES)


class AskQuerySet(models.QuerySet["Ask"]):
    def visible_to(self, person: Any) -> "AskQuerySet":
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(helper_id=person.pk) | Q(need__author_id=person.pk))

    def waiting(self) -> "AskQuerySet":
        return self.filter(state__in=(AskState.SENT, AskState.LATER))


class Ask(models.Model):
    """One person asked for one need, by name, with the reason why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    need = models.ForeignKey(Need, models.CASCADE, related_name="asks")
    helper = models.ForeignKey(Person, models.CASCADE, related_name="asks")
    wave = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(default=1)
    # Score parts and evidence: the sentence "why you" is written from them when it is read.
    reasons = models.JSONField(default=dict)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.SENT)
    sent_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    decline_code = models.CharField(max_length=15, choices=DeclineCode.choices, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    # « Not me but… »: never asked by the machine, only by the author or a host who sees the name.
    instead = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = AskQuerySet.as_manager()

    personal_data = PersonalData(
        of=("helper",),
        personal={"remark": Erase.EMPTY, "reasons": Erase.EMPTY},
        why="How often people answered stays in the count.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["need", "helper"], name="asked_once_per_need"),
        )
        indexes = (
            # All that a search for helpers reads of the asks of its candidates.
            models.Index(
                fields=["helper", "state", "sent_at", "answered_at", "decline_code"],
                name="asks_of_helper",
            ),
            models.Index(fields=["helper", "answered_at"], name="answers_of_helper"),
            models.Index(fields=["answered_at"], name="answers_by_week"),
            models.Index(fields=["due_at"], name="asks_waiting", condition=Q(state=AskState.SENT)),
        )

    def __str__(self) -> str:
        return f"{self.helper_id} for {self.need_id}"


ASK = Machine(
    "state",
    Transition("accept", (AskState.SENT, AskState.LATER), AskState.ACCEPTED),
    Transition("accept_late", (AskState.EXPIRED, AskState.DECLINED), AskState.LATE_YES),
    Transition("decline", (AskState.SENT, AskState.LATER, AskState.EXPIRED), AskState.DECLINED),
    Transition("postpone", (AskState.SENT,), AskState.LATER),
    Transition("expire", (AskState.SENT, AskState.LATER), AskState.EXPIRED),
    Transition("withdraw", (AskState.SENT, AskState.LATER), AskState.WITHDRAWN),
)


class EscalationStep(models.Model):
    """A step taken because nobody had answered yet; each at most once per need."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="steps")
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=30)
    result = models.CharField(max_length=60, blank=True)

    personal_data = PersonalData(
        of=("actor",), personal={"actor": Erase.EMPTY}, impersonal=("action", "result")
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need", "action"], name="each_step_once"),)

    def __str__(self) -> str:
        return f"{self.need_id} step {self.level} {self.action}"
