"""Improbable encounters: who wants to meet, each draw of a hive, and what came of it.

What one says of an encounter is read by oneself and by the hosts, never by the other.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.hubs.models import Hub
from essaim.people.models import Person


class EncounterGuestQuerySet(models.QuerySet["EncounterGuest"]):
    def on(self, day: Any) -> "EncounterGuestQuerySet":
        """Those who are not on a pause that day."""
        return self.filter(Q(paused_until__isnull=True) | Q(paused_until__lt=day))


class EncounterGuest(models.Model):
    """Somebody who wants to be drawn; without this row nobody is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, models.CASCADE, related_name="encounter_guest")
    since_on = models.DateField(default=timezone.localdate)
    # The last day of a pause of encounters alone.
    paused_until = models.DateField(null=True)

    objects = EncounterGuestQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"since_on": Erase.ROW})

    def __str__(self) -> str:
        return f"{self.person_id} since {self.since_on}"


class RhythmMode(models.TextChoices):
    USUAL = "usual", _("the whole score, and a tenth by chance")
    TRIAL = "trial", _("three ways compared, a third of the people each")
    OFF = "off", _("no encounters")


class EncounterRhythm(models.Model):
    """How the rounds of a hive are drawn; without this row, as usual."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hub = models.OneToOneField(Hub, models.CASCADE, related_name="encounter_rhythm")
    mode = models.CharField(max_length=5, choices=RhythmMode.choices, default=RhythmMode.USUAL)

    personal_data = PersonalData.none()

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.mode}"


class RoundState(models.TextChoices):
    DRAWN = "drawn", _("drawn, not told yet")
    SENT = "sent", _("told to everyone")
    CANCELLED = "cancelled", pgettext_lazy("round", "cancelled")


class EncounterRoundQuerySet(models.QuerySet["EncounterRound"]):
    def visible_to(self, person: Any) -> "EncounterRoundQuerySet":
        """Those who look after the hive."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(hub__in=Hub.objects.looked_after_by(person).values("pk"))


class EncounterRound(models.Model):
    """One draw of one hive. Its hosts see it before it leaves, and may change or cancel it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="encounter_rounds")
    state = models.CharField(max_length=9, choices=RoundState.choices, default=RoundState.DRAWN)
    mode = models.CharField(max_length=5, choices=RhythmMode.choices, default=RhythmMode.USUAL)
    # Drawn again from the same rows, it gives the same groups.
    seed = models.PositiveIntegerField()
    drawn_at = models.DateTimeField(default=timezone.now)
    leaves_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = EncounterRoundQuerySet.as_manager()

    personal_data = PersonalData.none()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hub"],
                condition=Q(state=RoundState.DRAWN),
                name="one_round_waits_per_hub",
            ),
        )
        indexes = (
            models.Index(fields=["hub", "-drawn_at"], name="rounds_of_hub"),
            models.Index(
                fields=["leaves_at"], name="rounds_to_send", condition=Q(state=RoundState.DRAWN)
            ),
        )

    def __str__(self) -> str:
        return f"{self.hub_id} on {self.drawn_at:%Y-%m-%d}"


ROUND = Machine(
    "state",
    Transition("send", (RoundState.DRAWN,), RoundState.SENT),
    Transition("cancel", (RoundState.DRAWN,), RoundState.CANCELLED),
)


class Arm(models.TextChoices):
    RANDOM = "random", _("by chance")
    RELEVANCE = "relevance", _("useful alone")
    FULL = "full", _("the whole score")
    HOST = "host", _("chosen by a host")


class EncounterState(models.TextChoices):
    DRAWN = "drawn", _("not told yet")
    PROPOSED = "proposed", _("to be dated")
    AGREED = "agreed", _("dated")
    MET = "met", _("took place")
    SKIPPED = "skipped", _("not this time")
    NO_ANSWER = "no_answer", _("nobody said what became of it")
    CANCELLED = "cancelled", pgettext_lazy("encounter", "cancelled")


ENDED = (EncounterState.MET, EncounterState.SKIPPED, EncounterState.NO_ANSWER)


class EncounterQuerySet(models.QuerySet["Encounter"]):
    def visible_to(self, person: Any) -> "EncounterQuerySet":
        """Those who meet, once they are told; hosts of the hive, and directors."""
        if not person.is_authenticated:
            return self.none()
        hosted = Hub.objects.looked_after_by(person).values("pk")
        mine = EncounterPlace.objects.filter(person_id=person.pk).values("encounter")
        told = ~Q(state__in=(EncounterState.DRAWN, EncounterState.CANCELLED))
        return self.filter(Q(round__hub__in=hosted) | (Q(pk__in=mine) & told))

    def of(self, person: Person) -> "EncounterQuerySet":
        """Where the person has a place and was told so."""
        mine = EncounterPlace.objects.filter(person_id=person.pk).values("encounter")
        hidden = (EncounterState.DRAWN, EncounterState.CANCELLED)
        return self.filter(pk__in=mine).exclude(state__in=hidden)

    def live(self) -> "EncounterQuerySet":
        return self.filter(state__in=(EncounterState.PROPOSED, EncounterState.AGREED))


class Encounter(models.Model):
    """Two people, or three, who are to meet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(EncounterRound, models.CASCADE, related_name="encounters")
    arm = models.CharField(max_length=9, choices=Arm.choices, default=Arm.FULL)
    state = models.CharField(
        max_length=9, choices=EncounterState.choices, default=EncounterState.DRAWN
    )
    # The parts of the score, as they were when it was drawn; and what the tie would open.
    parts = models.JSONField(default=dict)
    drop = models.FloatField(default=0.0)
    # Three moments at a time (ISO, UTC), and how many times three were proposed.
    slots = models.JSONField(default=list)
    turn = models.PositiveSmallIntegerField(default=0)
    meets_at = models.DateTimeField(null=True)
    # When they are asked how it was, when silence ends it, when they are asked what came of it.
    ask_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    follow_at = models.DateTimeField(null=True)

    objects = EncounterQuerySet.as_manager()

    personal_data = PersonalData.none(impersonal=("parts", "slots"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=EncounterState.AGREED) | Q(meets_at__isnull=False),
                name="agreed_encounter_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=EncounterState.MET) | Q(met_at__isnull=False),
                name="met_encounter_has_a_date",
            ),
        )
        indexes = (
            models.Index(fields=["ask_at"], name="encounters_to_ask"),
            models.Index(fields=["ends_at"], name="encounters_to_end"),
            models.Index(fields=["follow_at"], name="encounters_to_follow"),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


ENCOUNTER = Machine(
    "state",
    Transition("propose", (EncounterState.DRAWN,), EncounterState.PROPOSED),
    Transition("cancel", (EncounterState.DRAWN,), EncounterState.CANCELLED),
    Transition("agree", (EncounterState.PROPOSED,), EncounterState.AGREED),
    Transition("reopen", (EncounterState.AGREED,), EncounterState.PROPOSED),
    Transition(
        "meet",
        (
            EncounterState.PROPOSED,
            EncounterState.AGREED,
            EncounterState.SKIPPED,
            EncounterState.NO_ANSWER,
        ),
        EncounterState.MET,
    ),
    Transition("skip", (EncounterState.PROPOSED, EncounterState.AGREED), EncounterState.SKIPPED),
    Transition("lapse", (EncounterState.PROPOSED, EncounterState.AGREED), EncounterState.NO_ANSWER),
)


class Told(models.TextChoices):
    MET = "met", _("we met")
    SKIPPED = "skipped", _("we did not meet")


class Since(models.TextChoices):
    NOTHING = "nothing", _("nothing since, and that is fine")
    IN_TOUCH = "in_touch", _("we talk to each other")
    HELP = "help", _("one of us helped the other")
    INTRODUCED = "introduced", _("one introduced somebody to the other")
    WORK = "work", _("we work together")


class EncounterPlace(models.Model):
    """Somebody's place in a round: in an encounter, or left out of it; and what they said of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(EncounterRound, models.CASCADE, related_name="places")
    encounter = models.ForeignKey(Encounter, models.CASCADE, null=True, related_name="places")
    person = models.ForeignKey(Person, models.CASCADE, related_name="encounter_places")
    # Which of the three moments suit (their numbers); None until the person has chosen.
    suits = models.JSONField(null=True)
    told = models.CharField(max_length=7, choices=Told.choices, blank=True)
    told_at = models.DateTimeField(null=True)
    anyway = models.BooleanField(null=True)
    useful = models.PositiveSmallIntegerField(null=True)
    since = models.CharField(max_length=10, choices=Since.choices, blank=True)
    since_at = models.DateTimeField(null=True)

    personal_data = PersonalData(of=("person",), impersonal=("suits",))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "person"], name="one_place_per_round"),
            models.CheckConstraint(
                condition=Q(useful__isnull=True) | Q(useful__range=(1, 5)),
                name="useful_from_one_to_five",
            ),
        )
        indexes = (
            models.Index(fields=["person", "-id"], name="places_of_person"),
            models.Index(fields=["told_at"], name="places_told"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.round_id}"


class EncounterCard(models.Model):
    """What `reader` is told of `other`: what was quoted at the draw, not a sentence yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="cards")
    reader = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    facts = models.JSONField(default=dict)

    personal_data = PersonalData(of=("reader", "other"), personal={"facts": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["encounter", "reader", "other"], name="one_card_per_reader"
            ),
        )

    def __str__(self) -> str:
        return f"{self.other_id} for {self.reader_id}"
