"""Guards one by one: whoever a guard forbids would have been suggested without it."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from essaim.exchange import index, matching
from essaim.exchange.models import (
    AskState,
    AvoidPair,
    DeclineCode,
    HelpState,
    Need,
    NeedAudience,
    Pause,
)
from essaim.hubs.models import Hub
from essaim.matching import shelf
from essaim.people.freshness import touch
from essaim.people.models import Person, PersonSkill, PersonState, Skill
from tests.factories import (
    lend,
    make_ask,
    make_exchange,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db
NOTE = "J’ai tenu les comptes de deux associations"


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def skill() -> Skill:
    return make_skill("Plan de financement", label_en="Funding plan", also_fr="tableau de fonds")


@pytest.fixture
def author(hub: Hub) -> Person:
    return make_resident(hub, given_name="Léa")


@pytest.fixture
def nadia(hub: Hub, skill: Skill) -> Person:
    helper = make_resident(hub, given_name="Nadia")
    lend(helper, skill, NOTE)
    return helper


@pytest.fixture
def need(author: Person, hub: Hub, skill: Skill) -> Need:
    need = make_need(author, hub)
    need.skills.add(skill)
    return need


def suggested(need: Need, **options: Any) -> list[Person]:
    found = matching.suggest(need, now=timezone.now(), count=3, **options)
    people = Person.objects.in_bulk([suggestion.person_id for suggestion in found])
    return [people[suggestion.person_id] for suggestion in found]


def score_of_words(need: Need) -> float:
    labels = [skill.label_fr for skill in need.skills.all()]
    return index.search_people("\n".join([need.text, need.title, *labels]), k=1)[0].score


def test_who_lends_the_skill_is_suggested_and_the_facts_say_why(need: Need, nadia: Person) -> None:
    words = score_of_words(need)
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert found.person_id == nadia.pk
    assert found.reasons.pop("parts") == {
        "relevance": round(0.6 * words + 0.4, 3),
        "answers": 0.5,
        "room": 1.0,
        "diversity": 1.1,
    }
    assert found.reasons == {
        "kind": "skill",
        "quote": NOTE,
        "label_fr": "Plan de financement",
        "label_en": "Funding plan",
        "free": 240,
        "first": True,
    }


def test_the_author_is_never_suggested(need: Need, author: Person, skill: Skill) -> None:
    lend(author, skill)
    assert suggested(need) == []


def test_who_was_struck_is_not_suggested(need: Need, nadia: Person) -> None:
    assert suggested(need, struck=[nadia.pk]) == []


def test_who_was_asked_for_this_need_is_not_suggested_again(need: Need, nadia: Person) -> None:
    make_ask(need, nadia, state=AskState.EXPIRED)
    assert suggested(need) == []


def test_who_pauses_is_not_suggested(need: Need, nadia: Person) -> None:
    Pause.objects.create(person=nadia, from_on=timezone.localdate() - timedelta(days=1))
    assert suggested(need) == []


def test_who_was_asked_twice_this_week_is_left_in_peace(need: Need, nadia: Person) -> None:
    for number in range(2):
        other = make_need(make_person(), need.hub, title=f"Autre {number}")
        make_ask(other, nadia, state=AskState.WITHDRAWN)
    assert suggested(need) == []


def test_who_has_two_things_underway_is_not_suggested(need: Need, nadia: Person) -> None:
    for _number in range(2):
        make_exchange(nadia, make_person(), need.hub, planned_minutes=15)
    assert suggested(need) == []


def test_who_used_the_pledge_of_the_month_is_not_suggested(need: Need, nadia: Person) -> None:
    make_exchange(nadia, make_person(), need.hub, planned_minutes=240)
    assert suggested(need) == []


def test_who_pledged_nothing_is_not_suggested(need: Need, hub: Hub, skill: Skill) -> None:
    lend(make_resident(hub, minutes=0), skill)
    assert suggested(need) == []


def test_who_just_said_no_rests(need: Need, nadia: Person) -> None:
    other = make_need(make_person(), need.hub)
    make_ask(
        other,
        nadia,
        state=AskState.DECLINED,
        decline_code=DeclineCode.NO_TIME,
        answered_at=timezone.now() - timedelta(hours=47),
    )
    assert suggested(need) == []


def test_the_team_of_the_author_is_not_suggested(need: Need, nadia: Person, author: Person) -> None:
    make_venture("Les Bocaux", nadia, author)
    assert suggested(need) == []


@pytest.mark.parametrize("swap", [False, True])
def test_a_pair_to_avoid_is_kept_apart_both_ways(
    swap: bool, need: Need, nadia: Person, author: Person
) -> None:
    one, other = (author, nadia) if swap else (nadia, author)
    AvoidPair.objects.create(person=one, other=other)
    assert suggested(need) == []


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.ERASED, PersonState.EXPECTED])
def test_who_left_is_not_suggested_even_before_the_index_knows(
    state: str, need: Need, nadia: Person
) -> None:
    assert suggested(need) == [nadia]
    Person.objects.filter(pk=nadia.pk).update(state=state)
    assert suggested(need) == []


def test_a_need_of_the_hive_is_for_its_residents(need: Need, nadia: Person, skill: Skill) -> None:
    elsewhere = make_resident(make_hub("Ailleurs"), given_name="Ali")
    lend(elsewhere, skill, NOTE)
    assert set(suggested(need)) == {nadia, elsewhere}
    need.audience = NeedAudience.HUB
    assert suggested(need) == [nadia]


def test_a_first_help_passes_before_a_recent_one(need: Need, nadia: Person, skill: Skill) -> None:
    other = make_resident(need.hub, given_name="Omar")
    lend(other, skill, NOTE)
    make_exchange(
        nadia,
        need.author,
        need.hub,
        planned_minutes=15,
        state=HelpState.CONFIRMED,
        minutes=15,
        happened_on=timezone.localdate(),
    )
    assert suggested(need) == [other, nadia]


def test_help_in_the_other_direction_counts_as_known(need: Need, nadia: Person) -> None:
    make_exchange(need.author, nadia, need.hub)
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert found.reasons["first"] is False


def test_somebody_with_a_skill_beside_is_found_through_the_tree(
    author: Person, hub: Hub, skill: Skill
) -> None:
    finance = make_skill("Finances")
    Skill.objects.filter(pk=skill.pk).update(parent=finance, level=2)
    cash = make_skill("Trésorerie", parent=finance, level=2)
    helper = make_resident(hub)
    lend(helper, cash, "plan de trésorerie")
    need = make_need(author, hub)
    need.skills.add(skill)
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert found.person_id == helper.pk
    assert found.score.relevance == pytest.approx(0.6 * score_of_words(need) + 0.4 * 0.5)


def test_past_help_answers_a_need_and_a_title_of_another_hive_is_not_quoted(
    need: Need, hub: Hub
) -> None:
    helper = make_resident(hub)
    past = make_need(
        make_person(), hub, title="Plan de financement d’une épicerie", audience=NeedAudience.HUB
    )
    make_exchange(
        helper,
        past.author,
        hub,
        need=past,
        state=HelpState.CONFIRMED,
        minutes=30,
        confirmed_at=timezone.now() - timedelta(days=60),
        happened_on=timezone.localdate() - timedelta(days=60),
    )
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert (found.reasons["kind"], found.reasons["quote"]) == ("met", "")


def test_what_the_index_alone_still_says_is_not_put_in_anybodys_mouth(
    need: Need, nadia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suggested(need) == [nadia]
    PersonSkill.objects.filter(person=nadia).update(note="Un secret de plus")
    monkeypatch.setattr(index, "PEOPLE", replace(index.PEOPLE, at_once=0))
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert (found.reasons["kind"], found.reasons["quote"]) == ("", "")


def test_own_words_are_quoted(need: Need, hub: Hub) -> None:
    helper = make_resident(hub, about="J’aime relire un plan de financement. Et le vélo.")
    (found,) = matching.suggest(need, now=timezone.now(), count=3)
    assert found.person_id == helper.pk
    assert found.reasons["kind"] == "about"
    assert found.reasons["quote"] == "J’aime relire un plan de financement."


def test_a_changed_card_is_read_by_the_next_search(need: Need, nadia: Person) -> None:
    assert suggested(need) == [nadia]
    PersonSkill.objects.filter(person=nadia).delete()
    touch([nadia.pk])
    assert suggested(need) == []


def test_who_left_leaves_the_index(need: Need, nadia: Person) -> None:
    assert suggested(need) == [nadia]
    Person.objects.filter(pk=nadia.pk).update(state=PersonState.LEFT)
    touch([nadia.pk])
    assert index.search_people("plan de financement", k=5) == []


def test_a_change_that_commits_late_is_still_read(need: Need, nadia: Person) -> None:
    suggested(need)
    late = make_resident(need.hub)
    lend(late, need.skills.get(), NOTE)
    Person.objects.filter(pk=late.pk).update(matched_at=timezone.now() - timedelta(seconds=110))
    assert set(suggested(need)) == {nadia, late}


def test_the_hourly_comparison_mends_what_was_missed(nadia: Person) -> None:
    index.search_people("plan", k=5)
    Person.objects.filter(pk=nadia.pk).update(
        state=PersonState.LEFT, matched_at=timezone.now() - timedelta(hours=5)
    )
    assert len(index.search_people("plan", k=5)) == 1
    index.compare_everything(timezone.now())
    assert index.search_people("plan", k=5) == []


def test_an_unchanged_index_is_not_written_again(nadia: Person) -> None:
    assert index.refresh(index.PEOPLE) == 1
    assert index.refresh(index.PEOPLE) == 0


def test_a_search_reads_little_of_an_import_and_the_worker_reads_the_rest(
    hub: Hub, skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(5):
        lend(make_resident(hub), skill)
    monkeypatch.setattr(index, "PEOPLE", replace(index.PEOPLE, at_once=2))
    assert len(index.search_people("plan de financement", k=9)) == 2
    index.read_what_changed(timezone.now())
    assert len(index.search_people("plan de financement", k=9)) == 5


def test_a_damaged_index_is_put_aside_and_filled_again(
    need: Need, nadia: Person, settings: Any
) -> None:
    assert suggested(need) == [nadia]
    index.close()
    file = Path(settings.VAR_DIR) / index.PEOPLE.file
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(b"not a database" * 1000)
    assert suggested(need) == [nadia]
    assert file.with_name(file.name + ".damaged").exists()


def test_reindex_fills_everything_anew(nadia: Person, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reindex", fresh=True)
    call_command("reindex")
    written = [line.split(" (")[0] for line in capsys.readouterr().out.splitlines()]
    assert [line.split(": ")[1] for line in written] == ["1", "1", "0", "0", "0", "0", "0", "0"]


def test_skills_are_proposed_from_a_sentence(skill: Skill) -> None:
    make_skill("Cuisine")
    found = matching.propose_skills("je cherche quelqu’un pour relire mon plan de financement")
    assert [proposal.skill for proposal in found if proposal.likely] == [skill]


def test_a_merged_skill_is_not_proposed(skill: Skill) -> None:
    Skill.objects.filter(pk=skill.pk).update(state="merged", merged_into=make_skill("Cuisine"))
    assert matching.propose_skills("plan de financement") == []


def test_nothing_is_proposed_for_nothing() -> None:
    assert matching.propose_skills("") == []
    assert matching.propose_skills("bonjour à tous") == []


def test_what_was_filled_whole_is_in_one_piece(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(index, "CHUNK", 2)
    monkeypatch.setattr(shelf, "AT_ONCE", 2)
    for _number in range(8):
        make_resident(hub)

    def pieces() -> int:
        with sqlite3.connect(Path(settings.VAR_DIR) / index.PEOPLE.file) as side_file:
            return int(side_file.execute("SELECT count(*) FROM segment").fetchone()[0])

    index.refresh(index.PEOPLE)
    assert pieces() > 2
    index.refresh(index.PEOPLE, whole=True)
    assert pieces() == 1


@pytest.mark.parametrize("others", [1, 12])
def test_the_queries_of_a_suggestion_do_not_grow(
    others: int, need: Need, skill: Skill, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(others):
        lend(make_resident(need.hub), skill, NOTE)
    index.refresh(index.PEOPLE)
    with django_assert_num_queries(14):
        matching.suggest(need, now=timezone.now(), count=3)


def test_when_the_best_are_busy_the_search_goes_further(
    need: Need, skill: Skill, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        busy = make_resident(need.hub, minutes=0)
        lend(busy, skill, NOTE)
    free = make_resident(need.hub)
    lend(free, skill, "Un peu")
    monkeypatch.setattr(matching, "CANDIDATES", (2, 50))
    assert suggested(need) == [free]
