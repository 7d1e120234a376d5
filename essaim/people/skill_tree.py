"""How the tree of skills changes shape. No rights here: the actions above ask them."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.refusals import Refusal
from essaim.core.states import Overtaken
from essaim.people.freshness import touch
from essaim.people.models import SKILL, PersonSkill, Skill, SkillState

DEPTH = 3


class UnderItself(Refusal):
    message = _("A skill cannot stand under itself.")


class TooDeep(Refusal):
    message = _("The tree has three levels at most: choose a place higher up.")


class NotInTheList(Refusal):
    message = _("Choose a skill that is in the list: a proposal or a merged skill cannot be used.")


def hold(*seen: Skill) -> None:
    """Keeps the tree from changing until the end of the transaction.

    Each of `seen` must still stand as its reader saw it: of two hosts at once, one is told.
    """
    rows = Skill.objects.select_for_update().order_by("pk")
    now = dict(rows.values_list("pk", "changed_at"))
    if any(now.get(skill.pk) != skill.changed_at for skill in seen):
        raise Overtaken


def place(skill: Skill, parent: Skill | None) -> None:
    """Puts the skill, with all that stands under it, under `parent` (None: a family of its own)."""
    if parent is not None and parent.state != SkillState.ACCEPTED:
        raise NotInTheList
    level = parent.level + 1 if parent else 1
    below = descendants(skill)
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


def descendants(skill: Skill) -> list[Skill]:
    found: list[Skill] = []
    level = [skill]
    while level:
        level = list(Skill.objects.filter(parent__in=level))
        found += level
        assert len(found) < 10_000, "the tree of skills has a loop"
    return found


def fold(skill: Skill, into: Skill) -> dict[str, Any]:
    """Moves holders and children of `skill` to `into`, which also learns its wordings.

    Answers what `unfold` needs to go back.
    """
    if into.state != SkillState.ACCEPTED:
        raise NotInTheList
    if into.pk in {skill.pk, *(s.pk for s in descendants(skill))}:
        raise UnderItself
    children = list(Skill.objects.filter(parent=skill))
    for child in children:
        place(child, into)
    absorbed = list(Skill.objects.filter(merged_into=skill).values_list("pk", flat=True))
    facts = {"also_fr": into.also_fr, "also_en": into.also_en, "state": skill.state}
    lines = _move_holders(skill, into)
    _learn_wordings(into, skill)
    now = timezone.now()
    SKILL.fire(skill, "merge", merged_into=into, changed_at=now)
    # What was merged into it before follows, so that one step always leads to a usable skill.
    Skill.objects.filter(pk__in=absorbed).update(merged_into=into, changed_at=now)
    ids = {"children": [child.pk for child in children], "absorbed": absorbed, **lines}
    return facts | {name: [str(pk) for pk in rows] for name, rows in ids.items()}


def _move_holders(skill: Skill, into: Skill) -> dict[str, list[UUID]]:
    """Ids of the lines that moved, and of those that took in one of the same person."""
    kept = {(line.person_id, line.kind): line for line in PersonSkill.objects.filter(skill=into)}
    people: set[UUID] = set()
    moved: dict[str, list[UUID]] = {"lines": [], "twins": []}
    for line in PersonSkill.objects.filter(skill=skill):
        people.add(line.person_id)
        twin = kept.get((line.person_id, line.kind))
        if twin is None:
            moved["lines"].append(line.pk)
            PersonSkill.objects.filter(pk=line.pk).update(skill=into)
        else:
            moved["twins"].append(twin.pk)
            _keep_note(twin, line)
            line.delete()
    touch(people)
    return moved


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


def unfold(skill: Skill, into: Skill, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Undoes `fold`. What was done with the two since then stays where it is."""
    verb = "part" if before["state"] == SkillState.ACCEPTED else "part_as_proposal"
    now = timezone.now()
    SKILL.fire(skill, verb, merged_into=None, changed_at=now)
    absorbed = Skill.objects.filter(pk__in=before["absorbed"], merged_into=into)
    absorbed.update(merged_into=skill, changed_at=now)
    _give_holders_back(skill, into, before)
    for child in Skill.objects.filter(pk__in=before["children"], parent=into):
        place(child, skill)
    for name in ("also_fr", "also_en"):
        learnt = {*after[name].split("|")} - {*before[name].split("|")}
        words = [word for word in getattr(into, name).split("|") if word not in learnt]
        setattr(into, name, "|".join(words))
    into.changed_at = now
    into.save(update_fields=["also_fr", "also_en", "changed_at"])


def _give_holders_back(skill: Skill, into: Skill, before: dict[str, Any]) -> None:
    here = PersonSkill.objects.filter(skill=into)
    moved, twins = here.filter(pk__in=before["lines"]), here.filter(pk__in=before["twins"])
    touch({*moved.values_list("person_id", flat=True), *(line.person_id for line in twins)})
    # Whoever had both keeps their words on the other: they were joined there.
    PersonSkill.objects.bulk_create(
        PersonSkill(
            person_id=line.person_id, skill=skill, kind=line.kind, confirmed_at=line.confirmed_at
        )
        for line in twins
    )
    moved.update(skill=skill)
