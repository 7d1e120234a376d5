"""Help between two people, and the thanks that end it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.exchange.models.needs import Ask, Need
from essaim.hubs.models import Host, Hub, Residency
from essaim.people.models import Person


class HelpState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("help", "proposed")
    AGREED = "agreed", _("agreed")
    CLAIMED = "claimed", _("done, to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    DISPUTED = "disputed", _("to be settled with the host")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("did not happen")
    # Agreed between the two, elsewhere: no brain-time of it is counted. They know each other still.
    MISSION = "mission", _("a mission between the two")


class HelpExchangeQuerySet(models.QuerySet["HelpExchange"]):
    def visible_to(self, person: Any) -> "HelpExchangeQuerySet":
        """The two people, and the hosts of its hub (to settle a dispute)."""
        if not person.is_authenticated:
            return self.none()
        hosted = Hub.objects.looked_after_by(person).values("pk")
        return self.filter(Q(giver_id=person.pk) | Q(receiver_id=person.pk) | Q(hub__in=hosted))

    def of(self, person: Person) -> "HelpExchangeQuerySet":
        return self.filter(Q(giver_id=person.pk) | Q(receiver_id=person.pk))

    def underway(self) -> "HelpExchangeQuerySet":
        return self.filter(state__in=(HelpState.AGREED, HelpState.CLAIMED, HelpState.DISPUTED))


class HelpExchange(models.Model):
    """Help between two people, from the yes to the confirmed minutes; with or without a need."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    need = models.ForeignKey(Need, models.SET_NULL, null=True, related_name="exchanges")
    ask = models.OneToOneField(Ask, models.SET_NULL, null=True, related_name="exchange")
    giver = models.ForeignKey(Person, models.PROTECT, related_name="help_given")
    receiver = models.ForeignKey(Person, models.PROTECT, related_name="help_received")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="exchanges")
    title = models.CharField(max_length=120)
    # Help without a need: one of the two proposed it, the other agrees or not.
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=HelpState.choices, default=HelpState.AGREED)
    # When the two said that they would see each other.
    meets_at = models.DateTimeField(null=True)
    # Without a date until then, both are asked for one, once.
    date_by_at = models.DateTimeField(null=True)
    planned_minutes = models.PositiveSmallIntegerField(default=30)
    claimed_minutes = models.PositiveSmallIntegerField(null=True)
    claimed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    # Silence until then confirms.
    confirm_by_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_silence = models.BooleanField(default=False)
    # What the other of the two says it took, when they disagree.
    disputed_minutes = models.PositiveSmallIntegerField(null=True)
    dispute = models.CharField(max_length=500, blank=True)
    happened_on = models.DateField(null=True)
    # Past the caps of a helping hand, either may propose that it be a mission of its own.
    mission_proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    mission_refused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = HelpExchangeQuerySet.as_manager()

    personal_data = PersonalData(
        of=("giver", "receiver"),
        personal={"title": Erase.EMPTY, "dispute": Erase.EMPTY},
        why="The minutes stay in the ledger, without the names.",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(giver=models.F("receiver")), name="nobody_helps_oneself"
            ),
            models.CheckConstraint(
                condition=~Q(state=HelpState.CONFIRMED) | Q(minutes__isnull=False),
                name="confirmed_help_has_minutes",
            ),
        )
        indexes = (
            models.Index(fields=["giver", "state"], name="help_given_by"),
            models.Index(fields=["receiver", "state"], name="help_received_by"),
            models.Index(fields=["giver", "created_at"], name="help_given_since"),
            models.Index(fields=["receiver", "created_at"], name="help_received_since"),
            models.Index(fields=["giver", "happened_on"], name="help_given_on"),
            models.Index(fields=["hub", "state", "-created_at"], name="help_in_hub"),
            # Figures read what was confirmed in a week, and leave out what was taken back.
            models.Index(
                fields=["confirmed_at", "hub"],
                name="help_by_week",
                condition=Q(state=HelpState.CONFIRMED),
            ),
            models.Index(
                fields=["hub", "confirmed_at"],
                name="help_of_hub_by_week",
                condition=Q(state=HelpState.CONFIRMED),
            ),
            models.Index(
                fields=["confirm_by_at"],
                name="help_to_confirm",
                condition=Q(state=HelpState.CLAIMED),
            ),
            models.Index(
                fields=["date_by_at"],
                name="help_without_date",
                condition=Q(state=HelpState.AGREED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"


HELP = Machine(
    "state",
    Transition("agree", (HelpState.PROPOSED,), HelpState.AGREED),
    Transition("claim", (HelpState.AGREED,), HelpState.CLAIMED),
    Transition("confirm", (HelpState.CLAIMED, HelpState.DISPUTED), HelpState.CONFIRMED),
    Transition("dispute", (HelpState.CLAIMED,), HelpState.DISPUTED),
    Transition("cancel", (HelpState.PROPOSED, HelpState.AGREED), HelpState.CANCELLED),
    Transition("leave_brain_time", (HelpState.AGREED,), HelpState.MISSION),
    Transition("miss", (HelpState.AGREED, HelpState.DISPUTED), HelpState.NO_SHOW),
)


class ThanksAudience(models.TextChoices):
    PRIVATE = "private", _("between us")
    HUB = "hub", _("my hive")
    PUBLIC = "public", _("everyone")


class ThanksQuerySet(models.QuerySet["Thanks"]):
    def visible_to(self, person: Any) -> "ThanksQuerySet":
        """The two people; those who live in the hive, if it may hear; everyone, if it is public."""
        public = Q(audience=ThanksAudience.PUBLIC)
        if not person.is_authenticated:
            return self.filter(public)
        mine = Q(author_id=person.pk) | Q(exchange__giver_id=person.pk)
        hubs = Residency.objects.current().filter(person_id=person.pk).values("hub")
        hosted = Host.objects.current().filter(person_id=person.pk).values("hub")
        near = Q(exchange__hub__in=hubs) | Q(exchange__hub__in=hosted)
        return self.filter(public | mine | (Q(audience=ThanksAudience.HUB) & near))


class Thanks(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exchange = models.OneToOneField(HelpExchange, models.CASCADE, related_name="thanks")
    author = models.ForeignKey(Person, models.PROTECT, related_name="thanks_written")
    text = models.CharField(max_length=500)
    audience = models.CharField(
        max_length=10, choices=ThanksAudience.choices, default=ThanksAudience.HUB
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ThanksQuerySet.as_manager()

    personal_data = PersonalData(of=("author", "exchange__giver"), personal={"text": Erase.ROW})

    class Meta:
        indexes = (models.Index(fields=["audience", "-created_at"], name="thanks_by_audience"),)

    def __str__(self) -> str:
        return f"{self.author_id} for {self.exchange_id}"
