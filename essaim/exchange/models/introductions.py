"""Introductions: somebody who knows somebody there offers to make two people meet."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.exchange.models.needs import Need, Outcome
from essaim.people.models import Person


class IntroductionState(models.TextChoices):
    OFFERED = "offered", _("offered")
    WELCOMED = "welcomed", _("underway")
    MADE = "made", _("introduced")
    DECLINED = "declined", _("not this time")
    WITHDRAWN = "withdrawn", _("no longer offered")
    LAPSED = "lapsed", _("without an answer")


S = IntroductionState
LIVE_INTRODUCTIONS = (S.OFFERED, S.WELCOMED)


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, person: Any) -> "IntroductionQuerySet":
        """Who asks and who introduces; whom it leads to, once they are asked themselves."""
        if not person.is_authenticated:
            return self.none()
        asked = Q(whom_id=person.pk, welcomed_at__isnull=False)
        return self.filter(Q(asker_id=person.pk) | Q(introducer_id=person.pk) | asked)

    def live(self) -> "IntroductionQuerySet":
        return self.filter(state__in=LIVE_INTRODUCTIONS)


class Introduction(models.Model):
    """Three people; or two, and somebody outside the network of whom nothing is held here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    need = models.ForeignKey(Need, models.CASCADE, related_name="introductions")
    asker = models.ForeignKey(Person, models.CASCADE, related_name="introductions_received")
    introducer = models.ForeignKey(Person, models.CASCADE, related_name="introductions_made")
    # None: somebody outside, to whom the introducer writes themself.
    whom = models.ForeignKey(Person, models.CASCADE, null=True, related_name="introductions_to")
    # The organisation or person that was looked for when it was offered.
    about = models.CharField(max_length=120)
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=S.choices, default=S.OFFERED)
    offered_at = models.DateTimeField(default=timezone.now)
    welcomed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    # Without a word until then, it lapses; nobody is told that somebody said no.
    lapses_at = models.DateTimeField(null=True)
    # When the asker is asked what came of it.
    follow_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    outcome_at = models.DateTimeField(null=True)

    objects = IntroductionQuerySet.as_manager()

    personal_data = PersonalData(
        of=("asker", "introducer", "whom"),
        personal={"about": Erase.EMPTY, "words": Erase.EMPTY},
        why="That people were introduced stays in the count; what was said goes.",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(asker=F("introducer"))
                & (Q(whom__isnull=True) | (~Q(whom=F("asker")) & ~Q(whom=F("introducer")))),
                name="introductions_join_others",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.MADE) | Q(made_at__isnull=False, welcomed_at__isnull=False),
                name="introduced_with_consent",
            ),
            models.UniqueConstraint(
                fields=["need", "introducer"],
                condition=~Q(state=S.WITHDRAWN),
                name="one_offer_per_need",
            ),
        )
        indexes = (
            models.Index(fields=["asker", "-offered_at"], name="introductions_asked"),
            models.Index(fields=["introducer", "-offered_at"], name="introductions_offered"),
            models.Index(fields=["whom", "-offered_at"], name="introductions_to"),
            models.Index(
                fields=["lapses_at"],
                name="introductions_underway",
                condition=Q(state__in=LIVE_INTRODUCTIONS),
            ),
            models.Index(
                fields=["follow_at"],
                name="introductions_to_follow",
                condition=Q(follow_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.about} ({self.id})"


INTRODUCTION = Machine(
    "state",
    # The asker says yes: whom it leads to is asked, or the introducer writes outside.
    Transition("welcome", (S.OFFERED,), S.WELCOMED),
    Transition("decline", (S.OFFERED,), S.DECLINED),
    # Whom it leads to says yes, or the introducer has written outside.
    Transition("make", (S.WELCOMED,), S.MADE),
    Transition("refuse", (S.WELCOMED,), S.DECLINED),
    Transition("withdraw", LIVE_INTRODUCTIONS, S.WITHDRAWN),
    Transition("lapse", LIVE_INTRODUCTIONS, S.LAPSED),
)
