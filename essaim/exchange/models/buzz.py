"""The Buzz of a hive: the bell, who is there, whose turn it is, what is said and promised."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.exchange.models.help import HelpExchange
from essaim.exchange.models.needs import Need
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Person


class BuzzState(models.TextChoices):
    PLANNED = "planned", _("planned")
    RINGING = "ringing", _("the bell rings")
    RUNNING = "running", _("underway")
    CLOSED = "closed", pgettext_lazy("Buzz", "over")


LIVE_BUZZ = (BuzzState.RINGING, BuzzState.RUNNING)


class BuzzQuerySet(models.QuerySet["Buzz"]):
    def visible_to(self, person: Any) -> "BuzzQuerySet":
        """To those who live in the hive or look after it, and to the guests who are in the room."""
        if not person.is_authenticated:
            return self.none()
        lives = Residency.objects.current().filter(person_id=person.pk).values("hub")
        hosted = Hub.objects.looked_after_by(person).values("pk")
        there = BuzzPresence.objects.filter(buzz=OuterRef("pk"), person_id=person.pk)
        return self.filter(Q(hub__in=lives) | Q(hub__in=hosted) | Exists(there))

    def live(self) -> "BuzzQuerySet":
        return self.filter(state__in=LIVE_BUZZ)


class Buzz(models.Model):
    """One meeting of a hive around its bell, from the date fixed to the minutes sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="buzzes")
    state = models.CharField(max_length=10, choices=BuzzState.choices, default=BuzzState.PLANNED)
    starts_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    minutes_sent_at = models.DateTimeField(null=True)
    # Who types what is said, besides the hosts.
    scribe = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    # Number of the last event: one row is moved by all writers of a Buzz, so numbers have no gap.
    last_event = models.PositiveIntegerField(default=0)

    objects = BuzzQuerySet.as_manager()

    personal_data = PersonalData(of=("scribe",), personal={"scribe": Erase.EMPTY})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hub"], condition=Q(state__in=LIVE_BUZZ), name="one_live_buzz_per_hub"
            ),
            models.UniqueConstraint(
                fields=["hub"], condition=Q(state=BuzzState.PLANNED), name="one_planned_buzz"
            ),
        )
        indexes = (
            models.Index(fields=["hub", "-starts_at"], name="buzzes_of_hub"),
            models.Index(fields=["state", "starts_at"], name="buzzes_by_state"),
        )

    def __str__(self) -> str:
        return f"Buzz of {self.hub_id} at {self.starts_at:%Y-%m-%d %H:%M} ({self.state})"


BUZZ = Machine(
    "state",
    Transition("ring", (BuzzState.PLANNED,), BuzzState.RINGING),
    Transition("begin", (BuzzState.RINGING,), BuzzState.RUNNING),
    Transition("close", (BuzzState.RINGING, BuzzState.RUNNING), BuzzState.CLOSED),
)


class BuzzPresence(models.Model):
    """Somebody is in the room: said by a phone, or noted by whoever types."""

    buzz = models.ForeignKey(Buzz, models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(of=("person",), personal={"since_at": Erase.ROW})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["buzz", "person"], name="present_once"),)
        indexes = (models.Index(fields=["person", "-since_at"], name="presences_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.buzz_id}"


class TurnState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("turn", "to come")
    SPEAKING = "speaking", _("speaks")
    DONE = "done", _("has spoken")
    SKIPPED = "skipped", _("passed")


class Consent(models.TextChoices):
    """What the author said of the need: nothing yet, published when the Buzz ends, at once, no."""

    UNSAID = "", _("not said yet")
    AFTER = "after", _("published when the Buzz ends")
    AT_ONCE = "at_once", _("published at once")
    KEPT = "kept", _("kept as a draft")


class BuzzTurn(models.Model):
    """Somebody's moment to speak, and the need said in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    buzz = models.ForeignKey(Buzz, models.CASCADE, related_name="turns")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=TurnState.choices, default=TurnState.WAITING)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # A draft of its author until they let it be published; thrown away, only the turn remains.
    need = models.OneToOneField(Need, models.SET_NULL, null=True, related_name="said_in")
    # When the text was typed, on the typist's clock: what arrives late never undoes what is newer.
    typed_version = models.BigIntegerField(default=0)
    typed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    consent = models.CharField(
        max_length=8, choices=Consent.choices, default=Consent.UNSAID, blank=True
    )
    consent_noted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(of=("person",), personal={"consent": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["buzz"], condition=Q(state=TurnState.SPEAKING), name="one_speaks_at_a_time"
            ),
            models.UniqueConstraint(fields=["buzz", "position"], name="one_turn_per_position"),
        )

    def __str__(self) -> str:
        return f"turn {self.position} of {self.buzz_id} ({self.state})"


TURN = Machine(
    "state",
    Transition("give", (TurnState.WAITING, TurnState.SKIPPED), TurnState.SPEAKING),
    Transition("end", (TurnState.SPEAKING,), TurnState.DONE),
    Transition("skip", (TurnState.WAITING, TurnState.SPEAKING), TurnState.SKIPPED),
)


class HandState(models.TextChoices):
    RAISED = "raised", _("hand up")
    TAKEN = "taken", _("will help")
    SPARE = "spare", _("would help too")
    REFUSED = "refused", _("cannot just now")
    LOWERED = "lowered", _("hand lowered")


class BuzzHand(models.Model):
    """« I can help »: becomes an accepted ask once the need is published."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    turn = models.ForeignKey(BuzzTurn, models.CASCADE, related_name="hands")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=HandState.choices, default=HandState.RAISED)
    raised_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(of=("person",), personal={"raised_at": Erase.ROW})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["turn", "person"], name="one_hand_each"),)

    def __str__(self) -> str:
        return f"hand of {self.person_id} for {self.turn_id} ({self.state})"


HAND = Machine(
    "state",
    Transition("raise", (HandState.LOWERED, HandState.REFUSED), HandState.RAISED),
    Transition("lower", (HandState.RAISED, HandState.SPARE), HandState.LOWERED),
    Transition("take", (HandState.RAISED, HandState.SPARE), HandState.TAKEN),
    Transition("spare", (HandState.RAISED,), HandState.SPARE),
    Transition("refuse", (HandState.RAISED,), HandState.REFUSED),
)


class PromiseState(models.TextChoices):
    MADE = "made", _("promised")
    KEPT = "kept", pgettext_lazy("promise", "kept")
    BROKEN = "broken", _("not kept")
    RELEASED = "released", _("no longer needed")


class BuzzPromiseQuerySet(models.QuerySet["BuzzPromise"]):
    def visible_to(self, person: Any) -> "BuzzPromiseQuerySet":
        return self.filter(buzz__in=Buzz.objects.visible_to(person).values("pk"))

    def of(self, person: Person) -> "BuzzPromiseQuerySet":
        return self.filter(Q(giver_id=person.pk) | Q(receiver_id=person.pk))


class BuzzPromise(models.Model):
    """What somebody said aloud that they would do; followed for fourteen days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    buzz = models.ForeignKey(Buzz, models.CASCADE, related_name="promises")
    giver = models.ForeignKey(Person, models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Person, models.CASCADE, related_name="+")
    text = models.CharField(max_length=200)
    # Of a raised hand: kept when the help is done.
    exchange = models.OneToOneField(HelpExchange, models.CASCADE, null=True, related_name="promise")
    state = models.CharField(max_length=8, choices=PromiseState.choices, default=PromiseState.MADE)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = BuzzPromiseQuerySet.as_manager()

    personal_data = PersonalData(
        of=("giver", "receiver"),
        personal={"text": Erase.EMPTY},
        why="That a promise was kept stays in the count; what was promised goes.",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(giver=models.F("receiver")), name="nobody_promises_oneself"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], name="promises_underway", condition=Q(state=PromiseState.MADE)
            ),
            models.Index(fields=["giver", "state"], name="promises_of_giver"),
        )

    def __str__(self) -> str:
        return f"promise of {self.giver_id} to {self.receiver_id} ({self.state})"


PROMISE = Machine(
    "state",
    Transition("keep", (PromiseState.MADE, PromiseState.BROKEN), PromiseState.KEPT),
    Transition("break", (PromiseState.MADE,), PromiseState.BROKEN),
    Transition("release", (PromiseState.MADE,), PromiseState.RELEASED),
)


class NoteKind(models.TextChoices):
    NEWS = "news", _("news")
    THANKS = "thanks", _("thanks")


class BuzzNote(models.Model):
    """News and thanks, as they were said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    buzz = models.ForeignKey(Buzz, models.CASCADE, related_name="notes")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=NoteKind.choices)
    text = models.CharField(max_length=300)
    said_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(of=("person",), personal={"text": Erase.ROW})

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id} in {self.buzz_id}"


class BuzzRelay(models.Model):
    """A need said in one hive, shown in another whose bell rang at the same hour."""

    turn = models.ForeignKey(BuzzTurn, models.CASCADE, related_name="relays")
    to = models.ForeignKey(Buzz, models.CASCADE, related_name="relayed_here")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(of=("by",), personal={"by": Erase.EMPTY})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["turn", "to"], name="relayed_once"),)

    def __str__(self) -> str:
        return f"{self.turn_id} to {self.to_id}"


class BuzzEvent(models.Model):
    """What the screens of a Buzz are told, in order; thrown away when nobody listens any more."""

    buzz = models.ForeignKey(Buzz, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    about = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    personal_data = PersonalData(of=("about",), personal={"facts": Erase.ROW}, impersonal=("kind",))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["buzz", "number"], name="one_event_per_number"),
        )
        indexes = (models.Index(fields=["at"], name="events_by_age"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.buzz_id}"


class BuzzGesture(models.Model):
    """A key that a client made for what it sent: sent again, it is the same gesture."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    personal_data = PersonalData(of=("person",), personal={"at": Erase.ROW})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "key"], name="gesture_once"),)
        indexes = (models.Index(fields=["at"], name="gestures_by_age"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.person_id}"
