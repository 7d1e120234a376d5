"""Members propose skills; what hosts do with them is in the actions of mutual help, above."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.ids import uuid7
from essaim.core.refusals import Refusal
from essaim.core.writing import folded
from essaim.people.models import Person, Skill, SkillState

PROPOSALS_AT_ONCE = 20


class NothingProposed(Refusal):
    message = _("Write the skill in a few words, as you would say it.")


class TooManyProposals(Refusal):
    message = _("Twenty of your proposals already wait for a host. Choose from the list meanwhile.")


@transaction.atomic
def propose_skill(*, label: str, by: Person) -> Skill:
    """The skill of that name when there is one, else a proposal, usable at once on a card."""
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
