"""Where: hubs, their hosts, who resides in them since when, and invitations."""

import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.people.models import NetworkRole, Person, Role


class OperatingModel(models.TextChoices):
    OWN = "own", _("run by the network")
    FRANCHISE = "franchise", _("franchise")


class HubQuerySet(models.QuerySet["Hub"]):
    def open(self) -> "HubQuerySet":
        return self.filter(closed_on__isnull=True)

    def visible_to(self, person: Any) -> "HubQuerySet":
        """Hubs are public places: everyone sees those that are open."""
        return self.open()

    def hosted_by(self, person: Person) -> "HubQuerySet":
        return self.filter(Exists(Host.objects.current().filter(hub=OuterRef("pk"), person=person)))

    def looked_after_by(self, person: Any) -> "HubQuerySet":
        """Those of which the person is a host; for a director every one."""
        hosted = Host.objects.current().filter(person_id=person.pk).values("hub")
        directs = NetworkRole.objects.filter(person_id=person.pk, role=Role.DIRECTOR)
        return self.filter(Q(pk__in=hosted) | Exists(directs))


class Hub(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    town = models.CharField(_("town"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    presentation = models.CharField(_("presentation"), max_length=400, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris")
    operating_model = models.CharField(
        max_length=12, choices=OperatingModel.choices, default=OperatingModel.OWN
    )
    # Between these hours, on working days, the clock of an unanswered need runs.
    working_from = models.TimeField(default=datetime.time(9))
    working_to = models.TimeField(default=datetime.time(18))
    opened_on = models.DateField(default=timezone.localdate)
    closed_on = models.DateField(null=True, blank=True)

    objects = HubQuerySet.as_manager()

    personal_data = PersonalData.none(
        impersonal=(
            "slug",
            "name",
            "town",
            "address",
            "postcode",
            "presentation",
            "opening_hours",
            "time_zone",
        )
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(working_to__gt=models.F("working_from")), name="hub_day_has_hours"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CurrentQuerySet(models.QuerySet[Any]):
    def current(self) -> "CurrentQuerySet":
        return self.filter(until_on__isnull=True)


class Host(models.Model):
    """Who animates which hub."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="hostings")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="hosts")
    since_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    objects = CurrentQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"since_on": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "hub"], condition=Q(until_on__isnull=True), name="host_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} hosts {self.hub_id}"


# Names of plans offered first; a hub may write its own.
PLANS = (_("Resident"), _("Part-time (10 days a month)"), _("Forager"))


class Residency(models.Model):
    """Who is in which hub, since when, under which plan. The oldest current one is the home hub."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="residencies")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="residencies")
    plan = models.CharField(_("plan"), max_length=60, blank=True)
    since_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    objects = CurrentQuerySet.as_manager()

    personal_data = PersonalData(
        of=("person",),
        personal={"plan": Erase.KEEP},
        why="How many people a hub housed, without their names, is part of its accounts.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "hub"],
                condition=Q(until_on__isnull=True),
                name="one_current_residency_per_hub",
            ),
        )
        indexes = (
            models.Index(fields=["hub", "since_on"], name="residents_of_hub"),
            models.Index(fields=["person", "since_on"], name="residencies_of_person"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.hub_id} since {self.since_on}"


class InvitationState(models.TextChoices):
    SENT = "sent", pgettext_lazy("invitation", "sent")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "withdrawn")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, person: Person) -> "InvitationQuerySet":
        """To the hosts of the hub, and to directors."""
        return self.filter(hub__in=Hub.objects.looked_after_by(person))

    def open(self) -> "InvitationQuerySet":
        """Sent and not answered; the link may have expired, until somebody sends it again."""
        return self.filter(state=InvitationState.SENT)


class Invitation(models.Model):
    """A host's letter that opens an account; the link in it is signed, dated and works once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    message = models.CharField(_("a word of welcome"), max_length=500, blank=True)
    state = models.CharField(
        max_length=10, choices=InvitationState.choices, default=InvitationState.SENT
    )
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"message": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hub", "person"],
                condition=Q(state=InvitationState.SENT),
                name="one_open_invitation",
            ),
        )
        indexes = (models.Index(fields=["state", "-sent_at"], name="invitations_by_state"),)

    def __str__(self) -> str:
        return f"{self.person_id} to {self.hub_id} ({self.state})"


INVITATION = Machine(
    "state",
    Transition("accept", (InvitationState.SENT,), InvitationState.ACCEPTED),
    Transition("withdraw", (InvitationState.SENT,), InvitationState.WITHDRAWN),
)
