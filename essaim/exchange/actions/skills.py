"""Hosts keep the tree of skills: accept what members propose, or merge it into what is there."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.models import Need
from essaim.hubs.rules import is_host
from essaim.people import skill_tree
from essaim.people.freshness import touch
from essaim.people.models import SKILL, Person, PersonSkill, Skill, SkillState


class NameTaken(Refusal):
    message = _("Another skill of the list has this name: merge the two instead.")


@transaction.atomic
def accept_skill(
    *, skill: Skill, parent: Skill | None, label_fr: str, label_en: str, by: Person
) -> None:
    """The proposal becomes part of the tree, under the words that a host chose."""
    if not is_host(by):
        raise NotAllowed
    SKILL.fire(skill, "accept")
    _word(skill, label_fr, label_en)
    skill_tree.place(skill, parent)
    journal.record("skill.accept", skill, by=by)


@transaction.atomic
def place_skill(
    *, skill: Skill, parent: Skill | None, label_fr: str, label_en: str, by: Person
) -> None:
    """Renames or moves a skill of the list."""
    if not is_host(by):
        raise NotAllowed
    if skill.state != SkillState.ACCEPTED:
        raise skill_tree.NotInTheList
    _word(skill, label_fr, label_en)
    skill_tree.place(skill, parent)
    journal.record("skill.place", skill, by=by)


def _word(skill: Skill, label_fr: str, label_en: str) -> None:
    others = Skill.objects.filter(state=SkillState.ACCEPTED).exclude(pk=skill.pk)
    if others.filter(label_fr__iexact=label_fr).exists():
        raise NameTaken
    skill.label_fr, skill.label_en = label_fr, label_en
    skill.changed_at = timezone.now()
    skill.save(update_fields=["label_fr", "label_en", "changed_at"])
    touch(PersonSkill.objects.filter(skill=skill).values_list("person_id", flat=True))


@transaction.atomic
def merge_skill(*, skill: Skill, into: Skill, by: Person) -> None:
    """Holders, needs, wordings and what stands under `skill` go to `into`."""
    if not is_host(by):
        raise NotAllowed
    skill_tree.fold(skill, into)
    _move_needs(skill, into)
    journal.record("skill.merge", skill, by=by, into=str(into.pk))
    # Told of the target too: it now holds more than the list that came with the software.
    journal.record("skill.absorb", into, by=by, merged=str(skill.pk))


def _move_needs(skill: Skill, into: Skill) -> None:
    link = Need.skills.through.objects
    known = link.filter(skill=into).values("need_id")
    link.filter(skill=skill, need_id__in=list(known.values_list("need_id", flat=True))).delete()
    link.filter(skill=skill).update(skill=into)
