"""What hosts do to the tree can be taken back; of two at once one wins, the other is told."""

from collections.abc import Callable

import pytest

from essaim.core.refusals import NotAllowed
from essaim.core.states import Overtaken
from essaim.exchange.actions import skills as actions
from essaim.exchange.models import Need
from essaim.people.actions.skills import propose_skill
from essaim.people.models import Person, PersonSkill, Skill, SkillChange, SkillState
from tests.factories import lend, make_host, make_hub, make_need, make_person, make_skill
from tests.hubs.test_invitations_at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Person:
    return make_host(make_hub())


def rename(skill: Skill, label: str, by: Person, parent: Skill | None = None) -> SkillChange:
    return actions.place_skill(skill=skill, parent=parent, label_fr=label, label_en=label, by=by)


def test_rename_and_move_are_taken_back_together(host: Person) -> None:
    family, skill = make_skill("Famille"), make_skill("Vente", label_en="Sales")
    child = make_skill("Prix", parent=skill, level=2)
    change = rename(skill, "Commerce", host, family)

    actions.undo_change(change=change, by=host)

    skill.refresh_from_db()
    child.refresh_from_db()
    assert (skill.label_fr, skill.label_en, skill.parent) == ("Vente", "Sales", None)
    assert (skill.level, child.level) == (1, 2)


def test_change_is_taken_back_once(host: Person) -> None:
    change = rename(make_skill("Vente"), "Commerce", host)
    actions.undo_change(change=change, by=host)

    with pytest.raises(Overtaken):
        actions.undo_change(change=change, by=host)


def test_change_under_a_later_one_stays(host: Person) -> None:
    skill = make_skill("Vente")
    first = rename(skill, "Commerce", host)
    second = rename(skill, "Négoce", host)

    with pytest.raises(actions.ChangedSince):
        actions.undo_change(change=first, by=host)
    actions.undo_change(change=second, by=host)
    actions.undo_change(change=first, by=host)

    skill.refresh_from_db()
    assert skill.label_fr == "Vente"


def test_skill_does_not_go_back_under_a_family_that_is_gone(host: Person) -> None:
    family = make_skill("Famille")
    skill = make_skill("Vente", parent=family, level=2)
    change = rename(skill, "Commerce", host)
    family.delete()

    with pytest.raises(actions.ChangedSince):
        actions.undo_change(change=change, by=host)

    skill.refresh_from_db()
    assert (skill.label_fr, skill.level) == ("Commerce", 1)


def test_name_that_another_took_meanwhile_is_not_given_back(host: Person) -> None:
    change = rename(make_skill("Vente"), "Commerce", host)
    make_skill("VENTE")

    with pytest.raises(actions.NameTaken):
        actions.undo_change(change=change, by=host)

    change.refresh_from_db()
    assert change.undone_at is None


def test_merge_taken_back_gives_holders_needs_children_and_words_back(host: Person) -> None:
    hub = make_hub()
    skill = make_skill("Vente", also_fr="commerce")
    target = make_skill("Négoce", also_fr="troc")
    child = make_skill("Prix", parent=skill, level=2)
    lea, sam = make_person(), make_person()
    lend(lea, skill, "sur les marchés")
    lend(sam, target, "en gros")
    mine, theirs = make_need(lea, hub), make_need(sam, hub)
    mine.skills.add(skill)
    theirs.skills.add(target)

    change = actions.merge_skill(skill=skill, into=target, by=host)
    actions.undo_change(change=change, by=host)

    for row in (skill, target, child):
        row.refresh_from_db()
    assert (skill.state, skill.merged_into) == (SkillState.ACCEPTED, None)
    assert (skill.also_fr, target.also_fr, child.parent) == ("commerce", "troc", skill)
    assert set(PersonSkill.objects.values_list("person", "skill", "note")) == {
        (lea.pk, skill.pk, "sur les marchés"),
        (sam.pk, target.pk, "en gros"),
    }
    assert [list(need.skills.all()) for need in (mine, theirs)] == [[skill], [target]]


def test_who_lent_both_lends_both_again_and_keeps_their_words(host: Person) -> None:
    skill, target, lea = make_skill("Vente"), make_skill("Négoce"), make_person()
    lend(lea, skill, "sur les marchés")
    lend(lea, target, "en gros")
    need = make_need(lea, make_hub())
    need.skills.add(skill, target)

    change = actions.merge_skill(skill=skill, into=target, by=host)
    actions.undo_change(change=change, by=host)

    assert dict(lea.skills.values_list("skill", "note")) == {
        skill.pk: "",
        target.pk: "en gros · sur les marchés",
    }
    assert set(need.skills.all()) == {skill, target}


def test_what_was_learnt_and_lent_after_the_merge_stays_with_the_target(host: Person) -> None:
    skill, target, zoe = make_skill("Vente"), make_skill("Négoce"), make_person()
    change = actions.merge_skill(skill=skill, into=target, by=host)
    lend(zoe, target)
    Skill.objects.filter(pk=target.pk).update(also_fr="Vente|import-export")

    actions.undo_change(change=change, by=host)

    target.refresh_from_db()
    assert target.also_fr == "import-export"
    assert list(zoe.skills.values_list("skill", flat=True)) == [target.pk]


def test_merged_proposal_waits_for_a_host_again(host: Person) -> None:
    skill = propose_skill(label="Tenir une buvette", by=make_person())
    change = actions.merge_skill(skill=skill, into=make_skill("Bar"), by=host)

    actions.undo_change(change=change, by=host)

    skill.refresh_from_db()
    assert skill.state == SkillState.PROPOSED


def test_merge_whose_target_was_merged_since_waits_for_that_one(host: Person) -> None:
    first, second, third = make_skill("Un"), make_skill("Deux"), make_skill("Trois")
    early = actions.merge_skill(skill=first, into=second, by=host)
    late = actions.merge_skill(skill=second, into=third, by=host)

    with pytest.raises(actions.ChangedSince):
        actions.undo_change(change=early, by=host)
    actions.undo_change(change=late, by=host)
    first.refresh_from_db()
    assert first.merged_into == second
    actions.undo_change(change=early, by=host)

    first.refresh_from_db()
    assert first.state == SkillState.ACCEPTED


def test_members_take_nothing_back(host: Person) -> None:
    change = rename(make_skill("Vente"), "Commerce", host)

    with pytest.raises(NotAllowed):
        actions.undo_change(change=change, by=make_person())


def test_second_of_two_hosts_is_told_and_changes_nothing(host: Person) -> None:
    skill = make_skill("Vente")
    stale = Skill.objects.get(pk=skill.pk)
    rename(skill, "Commerce", host)

    with pytest.raises(Overtaken):
        rename(stale, "Négoce", make_host(make_hub()))
    with pytest.raises(Overtaken):
        actions.merge_skill(skill=stale, into=make_skill("Bar"), by=host)

    skill.refresh_from_db()
    assert skill.label_fr == "Commerce"


def test_merge_into_a_skill_that_was_merged_meanwhile_is_told(host: Person) -> None:
    skill, into = make_skill("Un"), make_skill("Deux")
    stale = Skill.objects.get(pk=into.pk)
    actions.merge_skill(skill=into, into=make_skill("Trois"), by=host)

    with pytest.raises(Overtaken):
        actions.merge_skill(skill=skill, into=stale, by=host)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_loop(on_postgres: bool) -> None:
    if not on_postgres:
        pytest.skip("in one process SQLite has one connection: see tests/core/test_sqlite.py")
    one, other = make_host(make_hub()), make_host(make_hub())

    for round_ in range(5):
        left, right = make_skill(f"L{round_}"), make_skill(f"R{round_}")

        def under(skill: Skill, parent: Skill, by: Person) -> Callable[[], object]:
            mine, above = Skill.objects.get(pk=skill.pk), Skill.objects.get(pk=parent.pk)
            return lambda: rename(mine, mine.label_fr, by, above)

        told = at_once(under(left, right, one), under(right, left, other))

        assert told == ["Overtaken", "done"]


def test_needs_named_by_a_merge_that_closed_meanwhile_still_go_back(host: Person) -> None:
    skill, target = make_skill("Vente"), make_skill("Négoce")
    need = make_need(make_person(), make_hub())
    need.skills.add(skill)
    change = actions.merge_skill(skill=skill, into=target, by=host)
    Need.objects.filter(pk=need.pk).delete()

    actions.undo_change(change=change, by=host)

    assert not skill.needs.exists()
