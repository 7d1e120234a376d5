"""Hosts keep the tree of skills: accept what members propose, or merge it into what is there."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.exchange.models import Need
from essaim.hubs.rules import is_host
from essaim.people import skill_tree
from essaim.people.freshness import touch
from essaim.people.models import (
    SKILL,
    Person,
    PersonSkill,
    Skill,
    SkillChange,
    SkillChangeVerb,
    SkillState,
)


class ChangedSince(Refusal):
    message = _("Something else was done to this skill since: take that back first.")


class NameTaken(Refusal):
    message = _("Another skill of the list has this name: merge the two instead.")


@transaction.atomic
def accept_skill(
    *, skill: Skill, parent: Skill | None, label_fr: str, label_en: str, by: Person
) -> None:
    """The proposal becomes part of the tree, under the words that a host chose."""
    if not is_host(by):
        raise NotAllowed
    skill_tree.hold(*([parent] if parent else []))
    SKILL.fire(skill, "accept")
    _word(skill, label_fr, label_en)
    skill_tree.place(skill, parent)
    journal.record("skill.accept", skill, by=by)


@transaction.atomic
def place_skill(
    *, skill: Skill, parent: Skill | None, label_fr: str, label_en: str, by: Person
) -> SkillChange:
    """Renames or moves a skill of the list. `skill` is as its host saw it when they decided."""
    if not is_host(by):
        raise NotAllowed
    if skill.state != SkillState.ACCEPTED:
        raise skill_tree.NotInTheList
    skill_tree.hold(skill, *([parent] if parent else []))
    before = _shape(skill)
    skill_tree.place(skill, parent)
    _word(skill, label_fr, label_en)
    journal.record("skill.place", skill, by=by)
    verb = SkillChangeVerb.PLACE
    return SkillChange.objects.create(
        skill=skill, verb=verb, by=by, before=before, after=_shape(skill)
    )


def _shape(skill: Skill) -> dict[str, str]:
    return {
        "label_fr": skill.label_fr,
        "label_en": skill.label_en,
        "parent": str(skill.parent_id or ""),
    }


def _word(skill: Skill, label_fr: str, label_en: str) -> None:
    _refuse_taken_name(skill, label_fr)
    skill.label_fr, skill.label_en = label_fr, label_en
    skill.changed_at = timezone.now()
    skill.save(update_fields=["label_fr", "label_en", "changed_at"])
    touch(PersonSkill.objects.filter(skill=skill).values_list("person_id", flat=True))


def _refuse_taken_name(skill: Skill, label_fr: str) -> None:
    others = Skill.objects.filter(state=SkillState.ACCEPTED).exclude(pk=skill.pk)
    if others.filter(label_fr__iexact=label_fr).exists():
        raise NameTaken


@transaction.atomic
def merge_skill(*, skill: Skill, into: Skill, by: Person) -> SkillChange:
    """Holders, needs, wordings and what stands under `skill` go to `into`."""
    if not is_host(by):
        raise NotAllowed
    skill_tree.hold(skill, into)
    before = skill_tree.fold(skill, into) | _move_needs(skill, into)
    journal.record("skill.merge", skill, by=by, into=str(into.pk))
    # Told of the target too: it now holds more than the list that came with the software.
    journal.record("skill.absorb", into, by=by, merged=str(skill.pk))
    after = {"also_fr": into.also_fr, "also_en": into.also_en}
    verb = SkillChangeVerb.MERGE
    return SkillChange.objects.create(
        skill=skill, into=into, verb=verb, by=by, before=before, after=after
    )


def _move_needs(skill: Skill, into: Skill) -> dict[str, list[str]]:
    """Ids of the needs that named it alone, and of those that named both."""
    link = Need.skills.through.objects
    of_into = set(link.filter(skill=into).values_list("need_id", flat=True))
    of_skill = set(link.filter(skill=skill).values_list("need_id", flat=True))
    both, alone = of_skill & of_into, of_skill - of_into
    link.filter(skill=skill, need_id__in=both).delete()
    link.filter(skill=skill).update(skill=into)
    return {"needs": [str(pk) for pk in alone], "needs_of_both": [str(pk) for pk in both]}


@transaction.atomic
def undo_change(*, change: SkillChange, by: Person) -> None:
    """The skill is as before, unless something else was done to it since."""
    if not is_host(by):
        raise NotAllowed
    skill_tree.hold()
    waiting = SkillChange.objects.filter(pk=change.pk, undone_at__isnull=True)
    if not waiting.update(undone_at=timezone.now()):
        raise Overtaken
    skill = Skill.objects.get(pk=change.skill_id)
    if change.verb == SkillChangeVerb.PLACE:
        _put_back(skill, change)
    else:
        _part(skill, change)
    journal.record("skill.undo", skill, by=by, change=str(change.pk))


def _put_back(skill: Skill, change: SkillChange) -> None:
    if skill.state != SkillState.ACCEPTED or _shape(skill) != change.after:
        raise ChangedSince
    before = change.before
    parent = Skill.objects.filter(pk=before["parent"]).first() if before["parent"] else None
    if before["parent"] and parent is None:
        raise ChangedSince
    skill_tree.place(skill, parent)
    _word(skill, before["label_fr"], before["label_en"])


def _part(skill: Skill, change: SkillChange) -> None:
    into = change.into
    if into is None or skill.merged_into_id != into.pk:
        raise ChangedSince
    into.refresh_from_db()
    if into.state != SkillState.ACCEPTED:
        raise ChangedSince
    if change.before["state"] == SkillState.ACCEPTED:
        _refuse_taken_name(skill, skill.label_fr)
    skill_tree.unfold(skill, into, change.before, change.after)
    link: Any = Need.skills.through
    of_into = link.objects.filter(skill=into)
    both = of_into.filter(need_id__in=change.before["needs_of_both"])
    link.objects.bulk_create(link(need_id=pair.need_id, skill=skill) for pair in both)
    of_into.filter(need_id__in=change.before["needs"]).update(skill=skill)
