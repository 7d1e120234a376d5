"""The tree of skills, and the lines of toolbox cards that stand on it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.core.states import Machine, Transition
from essaim.people.models.persons import Person


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
    Transition("part", (SkillState.MERGED,), SkillState.ACCEPTED),
    Transition("part_as_proposal", (SkillState.MERGED,), SkillState.PROPOSED),
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
