"""What hosts did to the tree of skills, with what it takes to go back."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.people.models.persons import Person
from essaim.people.models.skills import Skill


class SkillChangeVerb(models.TextChoices):
    PLACE = "place", _("renamed or moved")
    MERGE = "merge", _("merged")


class SkillChangeQuerySet(models.QuerySet["SkillChange"]):
    def about(self, skill: Skill) -> "SkillChangeQuerySet":
        """Its own, and the merges that it took in; the latest first."""
        mine = models.Q(skill=skill) | models.Q(into=skill)
        return self.filter(mine).order_by("-at", "-id")


class SkillChange(models.Model):
    """Before and after hold words of the tree and ids of rows, never what a person wrote."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="changes")
    into = models.ForeignKey(Skill, models.CASCADE, null=True, related_name="+")
    verb = models.CharField(max_length=10, choices=SkillChangeVerb.choices)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    objects = SkillChangeQuerySet.as_manager()

    personal_data = PersonalData(
        of=("by",), personal={"by": Erase.EMPTY}, impersonal=("verb", "before", "after")
    )

    class Meta:
        indexes = (
            models.Index(fields=["skill", "-at"], name="changes_of_skill"),
            models.Index(fields=["into", "-at"], name="merges_into_skill"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.skill_id} ({self.id})"
