"""What each person promised to give, and when not to ask them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.people.models import Person


class Pledge(models.Model):
    """A promise of capacity: minutes a month, and how often one may be asked. Never a credit.

    How often and how many at once is empty for who leaves it to the network.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="pledges")
    minutes_per_month = models.PositiveIntegerField(default=240)
    max_parallel = models.PositiveSmallIntegerField(null=True)
    max_asks_per_week = models.PositiveSmallIntegerField(null=True)
    # « Ask me all the same when my month is full. »
    beyond = models.BooleanField(default=False)
    valid_from = models.DateField(default=timezone.localdate)
    valid_to = models.DateField(null=True, blank=True)

    personal_data = PersonalData(of=("person",), personal={"minutes_per_month": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_to__isnull=True), name="one_current_pledge"
            ),
            models.CheckConstraint(
                condition=Q(minutes_per_month__in=range(0, 2401, 15)), name="pledge_in_quarters"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.minutes_per_month} min"


class PauseQuerySet(models.QuerySet["Pause"]):
    def on(self, day: Any) -> "PauseQuerySet":
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), from_on__lte=day)


class Pause(models.Model):
    """No ask is sent meanwhile; thanks still arrive. Without an end, until the person says so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="pauses")
    from_on = models.DateField(default=timezone.localdate)
    to_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    objects = PauseQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"reason": Erase.ROW})

    class Meta:
        indexes = (models.Index(fields=["person", "from_on"], name="pauses_of_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
                name="pause_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} from {self.from_on}"


class AvoidPair(models.Model):
    """Someone prefers not to be put together with someone; only they and no host ever see it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="avoids")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")

    personal_data = PersonalData(of=("person",), personal={"other": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "other"], name="avoid_once"),
            models.CheckConstraint(
                condition=~Q(person=models.F("other")), name="nobody_avoids_oneself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} avoids {self.other_id}"
