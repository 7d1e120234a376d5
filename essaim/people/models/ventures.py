"""Ventures and who works in them."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.writing import folded, sought
from essaim.people.models.persons import Audience, Person


class ImpactFamily(models.TextChoices):
    EQUALITY = "equality", _("fewer inequalities")
    ORGANISATIONS = "organisations", _("organisations that change")
    LIVING = "living", _("sustainable ways of living")


class Stage(models.TextChoices):
    IDEA = "idea", _("an idea")
    FEASIBILITY = "feasibility", _("being studied")
    TEST = "test", _("first users")
    CREATED = "created", _("legally created")
    REVENUE = "revenue", _("first revenue")
    SEED = "seed", _("seed-funded")
    AUTONOMOUS = "autonomous", _("autonomous")
    GROWTH = "growth", _("growing")
    SCALING = "scaling", _("swarming to other places")
    CLOSED = "closed", _("closed")


class LegalForm(models.TextChoices):
    NONE = "", _("not created yet")
    ASSOCIATION = "association", _("association")
    SCOP = "scop", "SCOP"
    SCIC = "scic", "SCIC"
    COMPANY = "company", _("company (SAS, SARL…)")
    MUTUAL = "mutual", _("mutual")
    FOUNDATION = "foundation", _("foundation or endowment fund")
    SOLE = "sole", _("sole trader")


class VentureQuerySet(models.QuerySet["Venture"]):
    def bulk_create(self, objs: Iterable["Venture"], *args: Any, **kwargs: Any) -> list["Venture"]:
        ventures = list(objs)
        for venture in ventures:
            venture.fold_text()
        return super().bulk_create(ventures, *args, **kwargs)

    def visible_to(self, person: Any) -> "VentureQuerySet":
        """Signed-in people see every venture; visitors those that chose to be public."""
        if person.is_authenticated:
            return self
        return self.filter(audience=Audience.PUBLIC)

    def about(self, typed: str) -> "VentureQuerySet":
        """Those whose name, trade or challenge has a word beginning with each word typed."""
        words = sought(typed)
        found = self if words else self.none()
        for word in words:
            found = found.filter(
                Q(folded_text__startswith=word) | Q(folded_text__contains=f" {word}")
            )
        return found

    def by_name(self) -> "VentureQuerySet":
        return self.order_by("folded_text", "id")

    def led_by(self, person: Person) -> "VentureQuerySet":
        mine = Affiliation.objects.current().filter(venture=OuterRef("pk"), person=person)
        return self.filter(Exists(mine))


class Venture(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("social purpose, in one sentence"), max_length=300)
    challenge = models.CharField(_("challenge"), max_length=120, blank=True)
    trade = models.CharField(_("trade"), max_length=120, blank=True)
    family = models.CharField(
        _("impact family"), max_length=20, choices=ImpactFamily.choices, blank=True
    )
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices, default=Stage.IDEA)
    legal_form = models.CharField(
        _("legal form"), max_length=20, choices=LegalForm.choices, blank=True
    )
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    rna = models.CharField(_("RNA"), max_length=10, blank=True)
    website = models.URLField(_("website"), blank=True)
    audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] in ("network", "public")],
        default=Audience.NETWORK,
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Name, trade and challenge without accents: for finding and sorting. Written by `save`.
    folded_text = models.CharField(max_length=400, editable=False, default="")
    # When what finds it last changed: the index of matching reads from there.
    matched_at = models.DateTimeField(default=timezone.now)

    objects = VentureQuerySet.as_manager()

    personal_data = PersonalData.none(
        impersonal=(
            "name",
            "purpose",
            "challenge",
            "trade",
            "siret",
            "rna",
            "website",
            "folded_text",
        )
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=""), name="one_siret"),
            models.UniqueConstraint(fields=["rna"], condition=~Q(rna=""), name="one_rna"),
        )
        indexes = (
            models.Index(fields=["folded_text"], name="venture_by_folded_text"),
            models.Index(fields=["matched_at"], name="venture_matched"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded_text", "matched_at"}
        super().save(*args, **kwargs)

    def fold_text(self) -> None:
        self.folded_text = folded(f"{self.name} {self.trade} {self.challenge}")[:400]
        self.matched_at = timezone.now()


class AffiliationRole(models.TextChoices):
    FOUNDER = "founder", _("founder")
    TEAM = "team", _("team")
    VOLUNTEER = "volunteer", _("volunteer")


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def current(self) -> "AffiliationQuerySet":
        return self.filter(until_on__isnull=True)


class Affiliation(models.Model):
    """Who works in which venture, as what, since when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    venture = models.ForeignKey(Venture, models.CASCADE, related_name="affiliations")
    role = models.CharField(
        max_length=20, choices=AffiliationRole.choices, default=AffiliationRole.TEAM
    )
    since_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    objects = AffiliationQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"role": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "venture"],
                condition=Q(until_on__isnull=True),
                name="one_current_affiliation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.venture_id}"
