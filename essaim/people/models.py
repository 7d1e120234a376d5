"""Who: persons, ventures, skills, network roles."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition


class Audience(models.TextChoices):
    """Up to whom something may be shown. The order is from the narrowest to the widest."""

    ON_YES = "on_yes", _("only people I help or who help me")
    HUB = "hub", _("my hive")
    NETWORK = "network", _("the whole network")
    PUBLIC = "public", _("everyone, on the public site")


class PersonState(models.TextChoices):
    EXPECTED = "expected", _("not invited yet")
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("member")
    LEFT = "left", _("left")
    ERASED = "erased", _("erased")


class PersonQuerySet(models.QuerySet["Person"]):
    def present(self) -> "PersonQuerySet":
        """Neither gone nor erased: may be found in the directory."""
        return self.exclude(state__in=(PersonState.LEFT, PersonState.ERASED))

    def visible_to(self, person: Any) -> "PersonQuerySet":
        """Members find everyone present; visitors those who chose to be shown in public."""
        if person.is_authenticated:
            return self.present()
        return self.present().filter(profile_audience=Audience.PUBLIC)


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person: Person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        person: Person = self.get(email=(username or "").lower())
        return person


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    about = models.CharField(_("about me"), max_length=300, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    state = models.CharField(
        max_length=10, choices=PersonState.choices, default=PersonState.EXPECTED
    )
    profile_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] in ("network", "public")],
        default=Audience.NETWORK,
    )
    email_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] != Audience.PUBLIC],
        default=Audience.ON_YES,
    )
    phone_audience = models.CharField(
        max_length=10,
        choices=[c for c in Audience.choices if c[0] != Audience.PUBLIC],
        default=Audience.ON_YES,
    )
    created_at = models.DateTimeField(default=timezone.now)
    # When anything that the matching index reads about this person last changed.
    matched_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name"]

    personal_data = PersonalData(
        of=("pk",),
        # The row stays, without anything that names the person: help given must still add up.
        personal={
            "email": Erase.KEEP,
            "given_name": Erase.EMPTY,
            "family_name": Erase.EMPTY,
            "phone": Erase.EMPTY,
            "about": Erase.EMPTY,
            "password": Erase.EMPTY,
        },
        why="The address is replaced by one that cannot receive mail, by the action that erases.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=Q(state__in=PersonState.values), name="person_state_known"
            ),
        )
        indexes = (
            models.Index(fields=["matched_at"], name="person_matched"),
            models.Index(fields=["state", "family_name", "given_name"], name="person_by_name"),
        )

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def name(self) -> str:
        if self.state == PersonState.ERASED:
            return str(_("A former member"))
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for "may sign in"."""
        return self.state in (PersonState.INVITED, PersonState.ACTIVE)

    def is_reachable(self) -> bool:
        return self.is_active


PERSON = Machine(
    "state",
    Transition("invite", (PersonState.EXPECTED, PersonState.LEFT), PersonState.INVITED),
    Transition("join", (PersonState.EXPECTED, PersonState.INVITED), PersonState.ACTIVE),
    Transition(
        "leave", (PersonState.EXPECTED, PersonState.INVITED, PersonState.ACTIVE), PersonState.LEFT
    ),
    Transition("come_back", (PersonState.LEFT,), PersonState.ACTIVE),
    Transition(
        "erase",
        (PersonState.EXPECTED, PersonState.INVITED, PersonState.ACTIVE, PersonState.LEFT),
        PersonState.ERASED,
    ),
)


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
    def visible_to(self, person: Any) -> "VentureQuerySet":
        """Signed-in people see every venture; visitors those that chose to be public."""
        if person.is_authenticated:
            return self
        return self.filter(audience=Audience.PUBLIC)

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

    objects = VentureQuerySet.as_manager()

    personal_data = PersonalData.none(
        impersonal=("name", "purpose", "challenge", "trade", "siret", "rna", "website")
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=""), name="one_siret"),
            models.UniqueConstraint(fields=["rna"], condition=~Q(rna=""), name="one_rna"),
        )
        indexes = (models.Index(fields=["name"], name="venture_by_name"),)

    def __str__(self) -> str:
        return self.name


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


class SkillState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("in the list")
    MERGED = "merged", _("merged")


class SkillQuerySet(models.QuerySet["Skill"]):
    def usable(self) -> "SkillQuerySet":
        """What may stand on a card: a proposal counts at once, a merged one no longer."""
        return self.exclude(state=SkillState.MERGED)

    def proposed(self) -> "SkillQuerySet":
        return self.filter(state=SkillState.PROPOSED)


class Skill(models.Model):
    """A skill of the network's tree (three levels at most), or a member's proposal to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.PositiveSmallIntegerField(default=1)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    also_fr = models.TextField(blank=True, help_text=_("other wordings, separated by |"))
    also_en = models.TextField(blank=True, help_text=_("other wordings, separated by |"))
    state = models.CharField(max_length=10, choices=SkillState.choices, default=SkillState.ACCEPTED)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SkillQuerySet.as_manager()

    personal_data = PersonalData(
        of=("proposed_by",),
        personal={"proposed_by": Erase.EMPTY},
        impersonal=("code", "label_fr", "label_en", "also_fr", "also_en"),
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="skill_tree_depth"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True)
                | Q(level__gt=1, parent__isnull=False)
                | Q(state=SkillState.PROPOSED)
                | Q(state=SkillState.MERGED),
                name="skill_level_has_parent",
            ),
            models.CheckConstraint(
                condition=Q(state=SkillState.MERGED, merged_into__isnull=False)
                | (~Q(state=SkillState.MERGED) & Q(merged_into__isnull=True)),
                name="merged_skill_says_into_which",
            ),
        )
        indexes = (models.Index(fields=["changed_at"], name="skill_changed"),)

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr


SKILL = Machine(
    "state",
    Transition("accept", (SkillState.PROPOSED,), SkillState.ACCEPTED),
    Transition("merge", (SkillState.PROPOSED, SkillState.ACCEPTED), SkillState.MERGED),
)


class SkillKind(models.TextChoices):
    CAN_HELP = "can_help", _("I can lend")
    WANTS_TO_LEARN = "wants_to_learn", _("I want to learn")


class PersonSkillQuerySet(models.QuerySet["PersonSkill"]):
    def lent(self) -> "PersonSkillQuerySet":
        return self.filter(kind=SkillKind.CAN_HELP)

    def with_labels(self) -> "PersonSkillQuerySet":
        return self.select_related("skill").order_by(F("skill__label_fr"))


class PersonSkill(models.Model):
    """A line of somebody's toolbox card."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders")
    kind = models.CharField(max_length=20, choices=SkillKind.choices, default=SkillKind.CAN_HELP)
    note = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(default=timezone.now)

    objects = PersonSkillQuerySet.as_manager()

    personal_data = PersonalData(of=("person",), personal={"note": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "skill", "kind"], name="one_line_per_skill"),
        )
        indexes = (models.Index(fields=["skill", "kind"], name="holders_of_skill"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.skill_id}"


class Role(models.TextChoices):
    DIRECTOR = "director", _("network director")
    ADMINISTRATOR = "administrator", _("administrator")


class NetworkRole(models.Model):
    """A role on the whole network. Roles on a hub live with the hub."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="network_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    since_on = models.DateField(default=timezone.localdate)

    personal_data = PersonalData(of=("person",), personal={"role": Erase.ROW})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "role"], name="one_network_role"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"
