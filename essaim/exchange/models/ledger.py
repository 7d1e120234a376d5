"""The brain-time ledger: one immutable row per transfer, reversed, never edited; no balance.

Triggers (migration `0006_ledger_guards`) refuse UPDATE and DELETE on both databases.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import PersonalData
from essaim.exchange.models.help import HelpExchange
from essaim.hubs.models import Hub
from essaim.people.models import Person


class AccountKind(models.TextChoices):
    MEMBER = "member", _("member")
    HUB_POOL = "hub_pool", _("pot of the hive")
    NETWORK_POOL = "network_pool", _("pot of the network")
    OPENING = "opening", _("opening")


class AccountQuerySet(models.QuerySet["Account"]):
    def with_balance(self) -> Any:
        """Adds `balance`: what was given from the account minus what was received at it."""
        return self.annotate(balance=_total("payee") - _total("payer"))


def _total(side: str) -> Any:
    rows = Transfer.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    total = Subquery(rows.annotate(total=Sum("minutes")).values("total"))
    return Coalesce(total, Value(0), output_field=IntegerField())


class Account(models.Model):
    """Where brain-time is given from or received at: one per person and hub, one pot per hub."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=15, choices=AccountKind.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="accounts")
    hub = models.ForeignKey(Hub, models.PROTECT, null=True, related_name="accounts")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = AccountQuerySet.as_manager()

    personal_data = PersonalData(of=("person",))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "hub"],
                condition=Q(kind=AccountKind.MEMBER),
                name="one_account_per_person_and_hub",
            ),
            models.UniqueConstraint(
                fields=["hub"], condition=Q(kind=AccountKind.HUB_POOL), name="one_pot_per_hub"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=AccountKind.NETWORK_POOL),
                name="one_network_pot",
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.MEMBER, person__isnull=False, hub__isnull=False)
                | (~Q(kind=AccountKind.MEMBER) & Q(person__isnull=True)),
                name="member_account_has_owner",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class TransferKind(models.TextChoices):
    HELP = "help", _("help")
    GIFT = "gift", _("gift")
    POOL = "pool", _("to or from the pot")
    CORRECTION = "correction", _("correction")
    REVERSAL = "reversal", _("reversal")
    OPENING = "opening", _("opening")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def of(self, person: Any) -> "TransferQuerySet":
        """Asks for the accounts first: a condition on two joins reads the whole ledger."""
        accounts = Account.objects.filter(person_id=person.pk).values_list("pk", flat=True)
        return self.through(list(accounts))

    def through(self, accounts: Collection[UUID]) -> "TransferQuerySet":
        return self.filter(Q(payer__in=accounts) | Q(payee__in=accounts))

    def visible_to(self, person: Any) -> "TransferQuerySet":
        """The two people, and the hosts of either hive (to correct it)."""
        if not person.is_authenticated:
            return self.none()
        hosted = Hub.objects.looked_after_by(person).values("pk")
        theirs = Q(hub_from__in=hosted) | Q(hub_to__in=hosted)
        return self.filter(Q(payer__person_id=person.pk) | Q(payee__person_id=person.pk) | theirs)

    def standing(self) -> "TransferQuerySet":
        """Neither a reversal nor reversed by one."""
        undone = Transfer.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(undone), reverses__isnull=True)

    def helping(self) -> "TransferQuerySet":
        """What counts as help given and received: as confirmed, or as corrected since."""
        return self.standing().filter(kind__in=(TransferKind.HELP, TransferKind.CORRECTION))


class Transfer(models.Model):
    """Minutes that `payee` gave and `payer` received (as in time banks: who receives help pays)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="paid")
    payee = models.ForeignKey(Account, models.PROTECT, related_name="received")
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=TransferKind.choices)
    exchange = models.ForeignKey(HelpExchange, models.PROTECT, null=True, related_name="transfers")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    hub_from = models.ForeignKey(Hub, models.PROTECT, null=True, related_name="+")
    hub_to = models.ForeignKey(Hub, models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.CharField(max_length=120, unique=True)

    objects = TransferQuerySet.as_manager()

    # No text, no amount of money: nothing of a person but links, kept so that help still adds up.
    personal_data = PersonalData(
        of=("payer__person", "payee__person"), impersonal=("idempotency_key",)
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes__in=range(15, 1441, 15)), name="ledger_l1_quarters"
            ),
            models.CheckConstraint(
                condition=~Q(payer=models.F("payee")), name="ledger_l2_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(kind=TransferKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=TransferKind.REVERSAL) & Q(reverses__isnull=True)),
                name="ledger_l5_reversal_names_its_row",
            ),
            models.UniqueConstraint(
                fields=["exchange"],
                condition=Q(kind=TransferKind.HELP),
                name="ledger_l6_one_help_per_exchange",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TransferKind.HELP) | Q(exchange__isnull=False),
                name="ledger_l10_help_has_an_exchange",
            ),
        )
        indexes = (
            models.Index(fields=["payer", "created_at"], name="transfers_paid"),
            models.Index(fields=["payee", "created_at"], name="transfers_received"),
        )

    def __str__(self) -> str:
        return f"{self.minutes} min {self.kind} {self.id}"
