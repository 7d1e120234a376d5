from datetime import timedelta

import pytest
from django.utils import timezone

from essaim.exchange.imports import callers, people, skills, toolbox
from essaim.hubs.models import Hub
from essaim.people.models import Person, PersonSkill, Skill, SkillKind, SkillState
from tests.core.importing import bring, line, said, take_back, write
from tests.factories import (
    lend,
    make_director,
    make_host,
    make_hub,
    make_person,
    make_residency,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_director_s_skills_join_the_list_under_their_family() -> None:
    text = "Compétence;Famille;Synonymes\nFinances;;\nTrésorerie;Finances;cash|argent\n"

    write(bring("skills", text, by=make_director()))

    child = Skill.objects.get(label_fr="Trésorerie")
    assert (child.level, child.state, child.also_fr) == (2, SkillState.ACCEPTED, "cash|argent")
    assert child.parent is not None
    assert child.parent.label_fr == "Finances"


def test_host_s_skills_are_proposed(hub: Hub, host: Person) -> None:
    write(bring("skills", "Compétence\nApiculture\n", by=host, hub_id=hub.pk))

    skill = Skill.objects.get(label_fr="Apiculture")
    assert (skill.state, skill.proposed_by) == (SkillState.PROPOSED, host)


def test_host_does_not_change_the_list_by_a_file(hub: Hub, host: Person) -> None:
    make_skill("Couture")

    run = bring("skills", "Compétence\ncouture\n", by=host, hub_id=hub.pk)

    assert said(run, 2) == [skills.DIRECTORS]


def test_parent_that_is_nowhere_and_a_fourth_level_are_told() -> None:
    text = "Compétence;Famille\nA;Z\nB;\nC;B\nD;C\nE;D\n"

    run = bring("skills", text, by=make_director())

    assert said(run, 2) == [skills.NO_PARENT]
    assert said(run, 6) == [skills.TOO_DEEP]


def test_skill_that_was_put_on_a_card_is_not_taken_back(hub: Hub) -> None:
    run = write(bring("skills", "Compétence\nA\nB\n", by=make_director()))
    lend(make_resident(hub), Skill.objects.get(label_fr="A"))

    take_back(run)

    assert list(Skill.objects.values_list("label_fr", flat=True)) == ["A"]


def test_toolbox_lines_find_close_words_and_propose_new_ones(hub: Hub, host: Person) -> None:
    known = make_skill("Comptabilité")
    lea = make_resident(hub, email="lea@example.org")
    text = (
        "Mail;Compétence;Type;Note\nlea@example.org;comptabilitée;;bilan\n"
        "lea@example.org;Soudure;veut apprendre;\n"
    )

    run = write(bring("toolbox", text, by=host, hub_id=hub.pk))

    assert line(run, 2).remarks[0]["text"] == people.SKILL_READ_AS
    rows = PersonSkill.objects.filter(person=lea).order_by("kind")
    assert [(row.kind, row.skill_id == known.pk, row.note) for row in rows] == [
        (SkillKind.CAN_HELP, True, "bilan"),
        (SkillKind.WANTS_TO_LEARN, False, ""),
    ]


def test_toolbox_of_another_hub_is_not_written(hub: Hub, host: Person) -> None:
    make_resident(make_hub("Ailleurs"), email="far@example.org")

    run = bring("toolbox", "Mail;Compétence\nfar@example.org;A\n", by=host, hub_id=hub.pk)

    assert said(run, 2) == [callers.NOT_OURS]


def test_card_of_a_second_hive_is_left_to_the_hosts_of_the_first(hub: Hub, host: Person) -> None:
    lea = make_resident(make_hub("Ailleurs"), email="lea@example.org", given_name="Léa")
    make_residency(lea, hub, since_on=timezone.localdate() - timedelta(days=900))
    zoe = make_resident(hub, email="zoe@example.org")
    text = f"Mail;Compétence\nlea@example.org;A\n{lea.name};B\nzoe@example.org;C\n"

    run = write(bring("toolbox", text, by=host, hub_id=hub.pk))

    assert [said(run, number) for number in (2, 3)] == [[toolbox.ELSEWHERE]] * 2
    assert [row.person for row in PersonSkill.objects.all()] == [zoe]


def test_card_that_somebody_moved_away_with_is_left_to_their_new_hosts(
    hub: Hub, host: Person
) -> None:
    lea = make_person(email="lea@example.org")
    yesterday = timezone.localdate() - timedelta(days=1)
    make_residency(lea, hub, until_on=yesterday)
    make_residency(lea, make_hub("Ailleurs"), since_on=yesterday)

    run = bring("toolbox", "Mail;Compétence\nlea@example.org;A\n", by=host, hub_id=hub.pk)

    assert said(run, 2) == [callers.NOT_OURS]


def test_what_stands_on_a_card_is_shown_before_anything_joins_it(hub: Hub, host: Person) -> None:
    lea = make_resident(hub, email="lea@example.org")
    for label in ("Couture", "Dessin", "Escalade", "Finance"):
        lend(lea, make_skill(label), note="à moi")
    text = "Mail;Compétence;Note\nlea@example.org;Apiculture;\nlea@example.org;Couture;autre\n"

    run = write(bring("toolbox", text, by=host, hub_id=hub.pk))

    shown = {"skills": "Couture, Dessin, Escalade…"}
    assert line(run, 2).remarks[-1] == {"text": toolbox.ON_THE_CARD, "facts": shown}
    assert PersonSkill.objects.get(skill__label_fr="Couture").note == "à moi"


def test_toolbox_is_taken_back_with_the_proposals_it_made(hub: Hub, host: Person) -> None:
    make_resident(hub, email="lea@example.org")
    run = write(bring("toolbox", "Mail;Compétence\nlea@example.org;A\n", by=host, hub_id=hub.pk))

    take_back(run)

    assert (PersonSkill.objects.count(), Skill.objects.count()) == (0, 0)


def test_name_of_a_skill_is_stronger_than_another_wording_of_a_second(
    hub: Hub, host: Person
) -> None:
    make_skill("Habitat", code="a-habitat", also_fr="urbanisme|logement")
    urbanism = make_skill("Urbanisme", code="b-urbanisme")
    make_resident(hub, email="lea@example.org")

    write(bring("toolbox", "Mail;Compétence\nlea@example.org;Urbanisme\n", by=host, hub_id=hub.pk))
    again = bring("skills", "Compétence\nUrbanisme\n", by=make_director())

    assert PersonSkill.objects.get().skill == urbanism
    assert line(again, 2).duplicate_id == urbanism.pk


def test_skill_whose_name_holds_a_comma_is_one(hub: Hub, host: Person) -> None:
    wifi = make_skill("Réseau, wifi et téléphonie")
    text = 'Prénom;Mail;Compétences\nZoé;zoe@example.org;"Réseau, wifi et téléphonie"\n'

    write(bring("people", text, by=host, hub_id=hub.pk))

    assert PersonSkill.objects.get().skill == wifi
