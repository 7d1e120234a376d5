"""Friday's asks: each open need of a hive with the person to ask, looked at by a host first."""

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
from essaim.hubs.models import Hub
from essaim.people.models import Person


class BatchState(models.TextChoices):
    DRAFT = "draft", _("to be looked at")
    SENT = "sent", pgettext_lazy("Friday’s asks", "sent")
    DISCARDED = "discarded", _("put aside")


class FridayBatchQuerySet(models.QuerySet["FridayBatch"]):
    def visible_to(self, person: Any) -> "FridayBatchQuerySet":
        """Those who look after the hive."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(hub__in=Hub.objects.looked_after_by(person).values("pk"))

    def waiting(self) -> "FridayBatchQuerySet":
        return self.filter(state=BatchState.DRAFT)


class FridayBatch(models.Model):
    """All open needs of a hive against all who may be asked. Nothing leaves before a host says so.

    `changes` counts what hosts moved: a page that shows an older number sends nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="friday_batches")
    state = models.CharField(max_length=9, choices=BatchState.choices, default=BatchState.DRAFT)
    made_at = models.DateTimeField(default=timezone.now)
    # None: the duty of Friday morning.
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    changes = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = FridayBatchQuerySet.as_manager()

    personal_data = PersonalData(
        of=("made_by", "ended_by"),
        personal={"made_by": Erase.EMPTY, "ended_by": Erase.EMPTY},
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hub"], condition=Q(state=BatchState.DRAFT), name="one_batch_waits_per_hub"
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.DRAFT) | Q(ended_at__isnull=False),
                name="ended_batch_has_a_date",
            ),
        )
        indexes = (models.Index(fields=["hub", "-made_at"], name="batches_of_hub"),)

    def __str__(self) -> str:
        return f"{self.hub_id} on {self.made_at:%Y-%m-%d} ({self.state})"


BATCH = Machine(
    "state",
    Transition("send", (BatchState.DRAFT,), BatchState.SENT),
    Transition("discard", (BatchState.DRAFT,), BatchState.DISCARDED),
)


class ProposalState(models.TextChoices):
    CHOSEN = "chosen", _("will be asked")
    SPARE = "spare", _("could be asked instead")
    STRUCK = "struck", _("taken out by a host")
    ASKED = "asked", _("asked")
    LEFT_OUT = "left_out", _("could not be asked any more")


class FridayProposal(models.Model):
    """One person for one need: the one chosen, or one of those who could be instead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(FridayBatch, models.CASCADE, related_name="proposals")
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    helper = models.ForeignKey(Person, models.CASCADE, related_name="+")
    # Best score of the need first; the one chosen is not always the first.
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=ProposalState.choices, default=ProposalState.SPARE
    )
    # As those of an ask, which they become.
    reasons = models.JSONField(default=dict)
    # Why it could not be asked when all left (`friday_guards.Why`).
    why = models.CharField(max_length=12, blank=True)
    ask = models.OneToOneField(Ask, models.SET_NULL, null=True, related_name="+")

    personal_data = PersonalData(
        of=("helper",), personal={"reasons": Erase.ROW}, impersonal=("why",)
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["batch", "need", "helper"], name="proposed_once_per_batch"
            ),
            models.UniqueConstraint(
                fields=["batch", "need"],
                condition=Q(state=ProposalState.CHOSEN),
                name="one_person_chosen_per_need",
            ),
        )

    def __str__(self) -> str:
        return f"{self.helper_id} for {self.need_id} ({self.state})"


PROPOSAL = Machine(
    "state",
    Transition("choose", (ProposalState.SPARE, ProposalState.STRUCK), ProposalState.CHOSEN),
    Transition("spare", (ProposalState.CHOSEN,), ProposalState.SPARE),
    Transition("strike", (ProposalState.CHOSEN,), ProposalState.STRUCK),
    Transition("ask", (ProposalState.CHOSEN,), ProposalState.ASKED),
    Transition("leave_out", (ProposalState.CHOSEN,), ProposalState.LEFT_OUT),
)
