"""Members propose skills; what hosts do with them is in the actions of mutual help, above."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.ids import uuid7
from essaim.core.refusals import Refusal
from essaim.core.writing import folded, line
from essaim.people.models import Person, Skill, SkillState

PROPOSALS_AT_ONCE = 20
RESEMBLING = 6


class NothingProposed(Refusal):
    message = _("Write the skill in a few words, as you would say it.")


class TooManyProposals(Refusal):
    message = _("Twenty of your proposals already wait for a host. Choose from the list meanwhile.")


@transaction.atomic
def propose_skill(*, label: str, by: Person) -> Skill:
    """The skill of that name when there is one, else a proposal, usable at once on a card."""
    label = line(label)
    words = folded(label)
    if not words:
        raise NothingProposed
    if (known := find_by_wording(words)) is not None:
        return known
    if Skill.objects.proposed().filter(proposed_by=by).count() >= PROPOSALS_AT_ONCE:
        raise TooManyProposals
    key = uuid7()
    skill = Skill.objects.create(
        id=key,
        code=f"proposal-{key}",
        label_fr=label[:120],
        label_en=label[:120],
        state=SkillState.PROPOSED,
        proposed_by=by,
    )
    journal.record("skill.propose", skill, by=by)
    return skill


def find_by_wording(words: str) -> Skill | None:
    """`words` are folded. The list is small (hundreds), and this is asked once per proposal."""
    for skill in Skill.objects.select_related("merged_into").order_by("state", "code"):
        said = f"{skill.label_fr}|{skill.label_en}|{skill.also_fr}|{skill.also_en}"
        if words in (folded(wording) for wording in said.split("|")):
            return skill.merged_into or skill
    return None


def resembling(skill: Skill) -> list[UUID]:
    """Skills of the list that share a word with the proposal, or nearly: to merge it into."""
    words = [word[:5] for word in folded(f"{skill.label_fr} {skill.label_en}").split()]
    telling = {word for word in words if len(word) > 3}
    accepted = Skill.objects.filter(state=SkillState.ACCEPTED).order_by("code")
    scored = []
    for other in accepted:
        said = folded(f"{other.label_fr} {other.label_en} {other.also_fr} {other.also_en}")
        found = sum(f" {word}" in f" {said}" for word in telling)
        if found:
            scored.append((-found, other.code, other.pk))
    return [pk for _found, _code, pk in sorted(scored)[:RESEMBLING]]
