"""The title and the skills proposed while a need is typed; what its author changed stays changed.

The page sends back what it was shown: a title that is no longer the one proposed, a skill ticked
or unticked by hand are the author's, and stay so whatever is typed after.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from essaim.exchange import matching
from essaim.exchange.need_forms import NeedForm, ProposalForm
from essaim.exchange.wording import title_of
from essaim.people.models import Skill

# A page that was left open, or forged, does not make the next one grow.
REMEMBERED = 40


@dataclass(frozen=True)
class Seen:
    """What the page showed, by ids: `shown` last, `auto` ticked for the author, `refused` by hand.

    `ticked`: as it was sent back.
    """

    shown: frozenset[str]
    auto: frozenset[str]
    refused: frozenset[str]
    ticked: frozenset[str]

    @property
    def chosen(self) -> frozenset[str]:
        return self.ticked - self.auto

    @property
    def unwanted(self) -> frozenset[str]:
        return (self.refused | (self.auto - self.ticked)) - self.ticked


def proposed(posted: QueryDict) -> dict[str, Any]:
    """What the page needs to show proposals for the sentence in a form."""
    typed = NeedForm(posted)
    typed.is_valid()
    text = str(typed.cleaned_data.get("text", ""))
    before = ProposalForm(posted)
    before.is_valid()
    seen = _seen(posted, before)
    found = matching.propose_skills(text)
    ticked = _ticked(seen, found)
    shown = list(dict.fromkeys([*(each.skill.pk for each in found), *ticked]))
    title = title_of(text)
    initial = {"title": _title(posted, before, title), "title_proposed": title, "skills": ticked}
    proposal = ProposalForm(initial=initial)
    proposal.limit_skills(_in_order(shown, found))
    ids = [str(pk) for pk in shown]
    return {
        "proposal": proposal,
        "shown": ids,
        "auto": [str(pk) for pk in ticked if str(pk) not in seen.chosen],
        "refused": sorted(seen.unwanted)[:REMEMBERED],
        # A screen reader hears of it once, not at each pause.
        "news": seen.shown != set(ids),
    }


def _in_order(shown: list[UUID], found: list[matching.Proposal]) -> list[Skill]:
    """The proposed ones were read already; the author's own are not always among them."""
    skills = {each.skill.pk: each.skill for each in found}
    missing = [pk for pk in shown if pk not in skills]
    skills |= Skill.objects.in_bulk(missing) if missing else {}
    return [skills[pk] for pk in shown if pk in skills]


def _seen(posted: QueryDict, before: ProposalForm) -> Seen:
    ticked = {str(skill.pk) for skill in before.cleaned_data.get("skills", ())}
    shown, auto, refused = (
        frozenset(posted.getlist(name)[:REMEMBERED]) for name in ("shown", "auto", "refused")
    )
    return Seen(shown, auto, refused, frozenset(ticked))


def _title(posted: QueryDict, before: ProposalForm, title: str) -> str:
    kept = str(before.cleaned_data.get("title", ""))
    proposed_before = before.cleaned_data.get("title_proposed", "")
    return kept if "title" in posted and kept != proposed_before else title


def _ticked(seen: Seen, found: list[matching.Proposal]) -> list[UUID]:
    """The author's own; and the likely ones that were not there to be ticked or refused."""
    mine = seen.chosen
    likely = {
        str(each.skill.pk)
        for each in found
        if each.likely and (str(each.skill.pk) not in seen.shown or str(each.skill.pk) in seen.auto)
    }
    return [UUID(pk) for pk in sorted(mine | (likely - seen.unwanted))]
