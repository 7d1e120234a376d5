"""What protects those who help: the guards of the network, and what follows a long silence."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.people.models import Person


class Bounds(NamedTuple):
    """Between which values a network may set a guard, and what it is as long as nobody does."""

    least: int
    usual: int
    most: int


GUARDS: dict[str, Bounds] = {
    # Asks in seven days, and things at once, of who did not choose otherwise.
    "asks_per_week": Bounds(1, 2, 5),
    "at_once": Bounds(1, 2, 4),
    "rest_hours": Bounds(24, 48, 168),
    # Asks without an answer in a row, after which nobody is sent.
    "silences": Bounds(2, 3, 6),
    # Days without a sign of life.
    "quiet_after": Bounds(14, 30, 60),
    "dormant_after": Bounds(61, 90, 365),
    # Hours of the clock between which mail may leave.
    "wakes_at": Bounds(6, 8, 10),
    "sleeps_at": Bounds(18, 22, 23),
}
ONLY = UUID(int=1)


def _guard(name: str) -> Any:
    return models.PositiveSmallIntegerField(default=GUARDS[name].usual)


class AskGuards(models.Model):
    """The guards as the network set them, in one row; without it, as usual."""

    id = models.UUIDField(primary_key=True, default=ONLY, editable=False)
    asks_per_week = _guard("asks_per_week")
    at_once = _guard("at_once")
    rest_hours = _guard("rest_hours")
    silences = _guard("silences")
    quiet_after = _guard("quiet_after")
    dormant_after = _guard("dormant_after")
    wakes_at = _guard("wakes_at")
    sleeps_at = _guard("sleeps_at")

    personal_data = PersonalData.none()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=ONLY), name="guards_of_one_network"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": least, f"{name}__lte": most}),
                    name=f"guard_{name}_in_bounds",
                )
                for name, (least, _usual, most) in GUARDS.items()
            ),
        )

    def __str__(self) -> str:
        return ", ".join(f"{name} {getattr(self, name)}" for name in GUARDS)


class SilenceCause(models.TextChoices):
    UNANSWERED = "unanswered", _("asks in a row without an answer")
    DORMANT = "dormant", _("no sign of life for long")


class SilenceAnswer(models.TextChoices):
    BACK = "back", _("I am back")
    LESS = "less", _("less often")
    STOP = "stop", _("stop asking me")
    ASK = "ask", _("answered an ask")


class SilenceQuerySet(models.QuerySet["Silence"]):
    def open(self) -> "SilenceQuerySet":
        return self.filter(answered_at__isnull=True)


class Silence(models.Model):
    """Somebody was asked how they are, after a silence. Their word, or any answer, ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="silences")
    cause = models.CharField(max_length=10, choices=SilenceCause.choices)
    since_at = models.DateTimeField(default=timezone.now)
    # When the person was last told of it.
    told_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=5, choices=SilenceAnswer.choices, blank=True)

    objects = SilenceQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"answer": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(answered_at__isnull=True), name="one_open_silence"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("since_at")),
                name="silence_ends_after_it_begins",
            ),
        )
        indexes = (models.Index(fields=["person", "answered_at"], name="silences_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.cause} since {self.since_at:%Y-%m-%d}"
