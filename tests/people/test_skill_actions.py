"""Proposals of members, and what hosts make of them."""

import pytest

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import skills as actions
from essaim.people import skill_tree
from essaim.people.actions.skills import NothingProposed, TooManyProposals, propose_skill
from essaim.people.models import PersonSkill, Skill, SkillKind, SkillState
from tests.factories import lend, make_host, make_hub, make_need, make_person, make_skill

pytestmark = pytest.mark.django_db


def make_proposal(label: str = "Tenir une buvette") -> Skill:
    return propose_skill(label=label, by=make_person())


def test_proposal_is_usable_at_once_and_waits_for_a_host() -> None:
    lea = make_person()

    skill = propose_skill(label="Tenir une buvette", by=lea)

    assert (skill.state, skill.proposed_by) == (SkillState.PROPOSED, lea)
    assert skill in Skill.objects.usable()
    assert [entry.verb for entry in journal.of(skill)] == ["skill.propose"]


@pytest.mark.parametrize("typed", ["comptabilite", "COMPTABILITÉ", "compta"])
def test_proposal_of_a_known_wording_is_the_known_skill(typed: str) -> None:
    known = make_skill("Comptabilité", also_fr="compta|tenue des comptes")

    assert propose_skill(label=typed, by=make_person()) == known


def test_merged_wording_leads_to_its_target() -> None:
    target, old = make_skill("Comptabilité"), make_skill("Faire les comptes")
    actions.merge_skill(skill=old, into=target, by=make_host(make_hub()))

    assert propose_skill(label="faire les comptes", by=make_person()) == target


def test_empty_and_endless_proposals_are_refused() -> None:
    lea = make_person()
    with pytest.raises(NothingProposed):
        propose_skill(label=" ?! ", by=lea)
    for number in range(20):
        propose_skill(label=f"savoir {number}", by=lea)

    with pytest.raises(TooManyProposals):
        propose_skill(label="un de plus", by=lea)


def test_host_accepts_under_a_parent_with_better_words() -> None:
    parent, skill = make_skill("Cuisine"), make_proposal()

    actions.accept_skill(
        skill=skill,
        parent=parent,
        label_fr="Tenir un bar",
        label_en="Running a bar",
        by=make_host(make_hub()),
    )

    skill.refresh_from_db()
    assert (skill.state, skill.parent, skill.level) == (SkillState.ACCEPTED, parent, 2)
    assert skill.label_fr == "Tenir un bar"


def test_second_acceptance_is_refused() -> None:
    skill, host = make_proposal(), make_host(make_hub())
    stale = Skill.objects.get(pk=skill.pk)
    actions.accept_skill(skill=skill, parent=None, label_fr="A", label_en="A", by=host)

    with pytest.raises(Overtaken):
        actions.accept_skill(skill=stale, parent=None, label_fr="B", label_en="B", by=host)


def test_name_of_another_skill_is_refused() -> None:
    make_skill("Cuisine")
    skill = make_proposal()

    with pytest.raises(actions.NameTaken):
        actions.accept_skill(
            skill=skill, parent=None, label_fr="CUISINE", label_en="x", by=make_host(make_hub())
        )


def test_members_keep_out_of_the_tree() -> None:
    skill, other, member = make_proposal(), make_skill(), make_person()

    with pytest.raises(NotAllowed):
        actions.merge_skill(skill=skill, into=other, by=member)
    with pytest.raises(NotAllowed):
        actions.accept_skill(skill=skill, parent=None, label_fr="a", label_en="a", by=member)
    with pytest.raises(NotAllowed):
        actions.place_skill(skill=other, parent=None, label_fr="a", label_en="a", by=member)


def test_merge_moves_holders_and_needs() -> None:
    hub = make_hub()
    skill, target, lea = make_proposal(), make_skill(), make_person()
    lend(lea, skill, "trois ans au festival")
    need = make_need(make_person(), hub)
    need.skills.add(skill)

    actions.merge_skill(skill=skill, into=target, by=make_host(hub))

    skill.refresh_from_db()
    assert (skill.state, skill.merged_into) == (SkillState.MERGED, target)
    assert list(lea.skills.values_list("skill", "note")) == [(target.pk, "trois ans au festival")]
    assert list(need.skills.all()) == [target]


def test_merge_folds_duplicates_and_keeps_both_notes() -> None:
    hub = make_hub()
    skill, target, lea = make_proposal(), make_skill(), make_person()
    lend(lea, skill, "au festival")
    lend(lea, target, "chez un traiteur")
    PersonSkill.objects.create(person=lea, skill=skill, kind=SkillKind.WANTS_TO_LEARN)
    need = make_need(lea, hub)
    need.skills.add(skill, target)

    actions.merge_skill(skill=skill, into=target, by=make_host(hub))

    lines = {line.kind: (line.skill, line.note) for line in lea.skills.select_related("skill")}
    assert lines == {
        SkillKind.CAN_HELP: (target, "chez un traiteur · au festival"),
        SkillKind.WANTS_TO_LEARN: (target, ""),
    }
    assert list(need.skills.all()) == [target]


def test_merge_tells_the_index_whom_to_read_again() -> None:
    skill, target, lea = make_proposal(), make_skill(), make_person()
    lend(lea, skill)
    before = lea.matched_at

    actions.merge_skill(skill=skill, into=target, by=make_host(make_hub()))

    lea.refresh_from_db()
    target.refresh_from_db()
    assert lea.matched_at > before
    assert target.changed_at > before


def test_merge_teaches_the_target_the_words_of_the_merged() -> None:
    skill = make_proposal("Tenir une buvette")
    target = make_skill("Bar", also_fr="comptoir")

    actions.merge_skill(skill=skill, into=target, by=make_host(make_hub()))

    target.refresh_from_db()
    assert target.also_fr == "comptoir|Tenir une buvette"


def test_merge_takes_children_along() -> None:
    skill, target = make_skill("Vente"), make_skill("Commerce")
    child = make_skill("Prix", parent=skill, level=2)

    actions.merge_skill(skill=skill, into=target, by=make_host(make_hub()))

    child.refresh_from_db()
    assert (child.parent, child.level) == (target, 2)


def test_merge_into_oneself_or_below_is_refused() -> None:
    skill, host = make_skill("Vente"), make_host(make_hub())
    child = make_skill("Prix", parent=skill, level=2)

    for into in (skill, child):
        with pytest.raises(skill_tree.UnderItself):
            actions.merge_skill(skill=skill, into=into, by=host)


def test_merge_into_a_proposal_or_a_merged_skill_is_refused() -> None:
    skill, host = make_skill("Vente"), make_host(make_hub())
    proposal, old = make_proposal(), make_skill("Ancienne")
    actions.merge_skill(skill=old, into=make_skill("Neuve"), by=host)
    old.refresh_from_db()

    for into in (proposal, old):
        with pytest.raises(skill_tree.NotInTheList):
            actions.merge_skill(skill=skill, into=into, by=host)


def test_chain_of_merges_stays_one_step_long() -> None:
    first, second, third = make_skill("Un"), make_skill("Deux"), make_skill("Trois")
    host = make_host(make_hub())

    actions.merge_skill(skill=first, into=second, by=host)
    actions.merge_skill(skill=second, into=third, by=host)

    first.refresh_from_db()
    assert first.merged_into == third


def test_place_moves_the_branch() -> None:
    family, skill = make_skill("Famille"), make_skill("Vente")
    child = make_skill("Prix", parent=skill, level=2)

    actions.place_skill(
        skill=skill, parent=family, label_fr="Vente", label_en="Sales", by=make_host(make_hub())
    )

    child.refresh_from_db()
    assert (skill.level, child.level) == (2, 3)


def test_a_renamed_skill_is_read_anew_by_the_index() -> None:
    skill = make_skill("Vente")
    before = skill.changed_at

    actions.place_skill(
        skill=skill, parent=None, label_fr="Ventes", label_en="Sales", by=make_host(make_hub())
    )

    skill.refresh_from_db()
    assert skill.changed_at > before


def test_place_too_deep_or_under_itself_is_refused() -> None:
    family, skill, host = make_skill("Famille"), make_skill("Vente"), make_host(make_hub())
    child = make_skill("Prix", parent=skill, level=2)
    make_skill("Remise", parent=child, level=3)

    with pytest.raises(skill_tree.TooDeep):
        actions.place_skill(skill=skill, parent=family, label_fr="V", label_en="S", by=host)
    with pytest.raises(skill_tree.UnderItself):
        actions.place_skill(skill=skill, parent=child, label_fr="V", label_en="S", by=host)
