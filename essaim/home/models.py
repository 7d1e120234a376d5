"""What a host has set aside on the list of Mondays; what was counted of weeks that are over."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.hubs.models import Hub
from essaim.people.models import Person


class NotNow(models.TextChoices):
    NO_TIME = "no_time", _("no time for this one now")
    USELESS = "useless", _("it would change nothing")
    TOO_SOON = "too_soon", _("better a little later")
    ELSEWHERE = "elsewhere", _("somebody else sees to it")
    DONE = "done", _("it is done already")


# Said of what the line is, and not of this thing alone: others of the same kind come later too.
OF_THE_KIND = (NotNow.NO_TIME, NotNow.USELESS)


class MondayDone(models.Model):
    """« Done » or « not now »: the line folds away until that day, and may be unfolded before.

    It stays a while after that day: what a host refused is not shown first again at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.UUIDField()
    until_on = models.DateField()
    # Empty when it was done, or put aside without a word.
    why = models.CharField(max_length=9, choices=NotNow.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(default=timezone.now)

    personal_data = PersonalData(
        of=("person",),
        personal={"until_on": Erase.ROW, "words": Erase.ROW},
        impersonal=("kind",),
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind", "thing_id"], name="one_answer_per_line_of_monday"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.thing_id}"


class FigureWeek(models.Model):
    """A figure of a week that is over, as it was counted; of the network without a hive.

    Made again from the other rows whenever it is thrown away.
    """

    hub = models.ForeignKey(Hub, models.CASCADE, null=True, related_name="+")
    monday = models.DateField()
    code = models.CharField(max_length=40)
    value = models.FloatField(null=True)
    # How many records make the value.
    n = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    personal_data = PersonalData.none(impersonal=("code",))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hub", "monday", "code"],
                condition=Q(hub__isnull=False),
                name="one_figure_per_week_of_hub",
            ),
            models.UniqueConstraint(
                fields=["monday", "code"],
                condition=Q(hub__isnull=True),
                name="one_figure_per_week_of_network",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} of {self.hub_id} in the week of {self.monday}"
