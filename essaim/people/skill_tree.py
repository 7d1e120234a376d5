"""How the tree of skills changes shape. No rights here: the actions above ask them."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.refusals import Refusal
from essaim.people.freshness import touch
from essaim.people.models import SKILL, PersonSkill, Skill, SkillState

DEPTH = 3


class UnderItself(Refusal):
    message = _("A skill cannot stand under itself.")


class TooDeep(Refusal):
    message = _("The tree has three levels at most: choose a place higher up.")


class NotInTheList(Refusal):
    message = _("Choose a skill that is in the list: a proposal or a merged skill cannot be used.")


def place(skill: Skill, parent: Skill | None) -> None:
    """Puts the skill, with all that stands under it, under `parent` (None: a family of its own)."""
    if parent is not None and parent.state != SkillState.ACCEPTED:
        raise NotInTheList
    level = parent.level + 1 if parent else 1
    below = _descendants(skill)
    if parent is not None and parent.pk in {skill.pk, *(s.pk for s in below)}:
        raise UnderItself
    _refuse_deeper([skill, *below], level - skill.level)
    skill.parent, skill.level = parent, level
    skill.changed_at = timezone.now()
    skill.save(update_fields=["parent", "level", "changed_at"])


def _refuse_deeper(skills: list[Skill], shift: int) -> None:
    if max(skill.level for skill in skills) + shift > DEPTH:
        raise TooDeep
    if shift:
        for skill in skills[1:]:
            skill.level += shift
        Skill.objects.bulk_update(skills[1:], ["level"])


def _descendants(skill: Skill) -> list[Skill]:
    found: list[Skill] = []
    level = [skill]
    while level:
        level = list(Skill.objects.filter(parent__in=level))
        found += level
        assert len(found) < 10_000, "the tree of skills has a loop"
    return found


def fold(skill: Skill, into: Skill) -> None:
    """Moves holders and children of `skill` to `into`, which also learns its wordings."""
    if into.state != SkillState.ACCEPTED:
        raise NotInTheList
    if into.pk in {skill.pk, *(s.pk for s in _descendants(skill))}:
        raise UnderItself
    for child in Skill.objects.filter(parent=skill):
        place(child, into)
    _move_holders(skill, into)
    _learn_wordings(into, skill)
    now = timezone.now()
    SKILL.fire(skill, "merge", merged_into=into, changed_at=now)
    # What was merged into it before follows, so that one step always leads to a usable skill.
    Skill.objects.filter(merged_into=skill).update(merged_into=into, changed_at=now)


def _move_holders(skill: Skill, into: Skill) -> None:
    kept = {(line.person_id, line.kind): line for line in PersonSkill.objects.filter(skill=into)}
    moved: set[UUID] = set()
    for line in PersonSkill.objects.filter(skill=skill):
        moved.add(line.person_id)
        twin = kept.get((line.person_id, line.kind))
        if twin is None:
            PersonSkill.objects.filter(pk=line.pk).update(skill=into)
        else:
            _keep_note(twin, line)
            line.delete()
    touch(moved)


def _keep_note(kept: PersonSkill, folded: PersonSkill) -> None:
    notes = dict.fromkeys(note for note in (kept.note, folded.note) if note)
    kept.note = " · ".join(notes)[:300]
    kept.confirmed_at = max(kept.confirmed_at, folded.confirmed_at)
    kept.save(update_fields=["note", "confirmed_at"])


def _learn_wordings(into: Skill, skill: Skill) -> None:
    into.also_fr = _wordings(into.label_fr, into.also_fr, skill.label_fr, skill.also_fr)
    into.also_en = _wordings(into.label_en, into.also_en, skill.label_en, skill.also_en)
    into.changed_at = timezone.now()
    into.save(update_fields=["also_fr", "also_en", "changed_at"])


def _wordings(label: str, present: str, *more: str) -> str:
    words = [w.strip() for text in (present, *more) for w in text.split("|") if w.strip()]
    once = {word.casefold(): word for word in reversed(words)}
    once.pop(label.casefold(), None)
    return "|".join(reversed(once.values()))
