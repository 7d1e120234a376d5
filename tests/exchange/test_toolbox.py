"""The toolbox card: a minute to keep it true."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import capacity as actions
from essaim.exchange.models import Pause, Pledge
from essaim.exchange.skill_search import find_skills
from essaim.people.models import Person, PersonSkill, Skill, SkillKind, SkillState
from tests.factories import lend, make_host, make_hub, make_person, make_resident, make_skill

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def lea(client: Client) -> Person:
    person = make_resident(make_hub())
    client.force_login(person)
    return person


def page(client: Client, **query: str) -> str:
    return client.get(reverse("exchange:toolbox"), query).content.decode()


def test_new_pledge_closes_the_former() -> None:
    person = make_person()
    Pledge.objects.create(person=person, valid_from=TODAY() - timedelta(days=30))

    actions.set_pledge(person=person, minutes=120, by=person)

    former, current = Pledge.objects.order_by("valid_from")
    assert (former.valid_to, former.minutes_per_month) == (TODAY(), 240)
    assert (current.valid_to, current.minutes_per_month) == (None, 120)


def test_second_change_of_the_day_replaces_the_first() -> None:
    person = make_person()

    for minutes in (120, 180):
        actions.set_pledge(person=person, minutes=minutes, by=person)

    assert Pledge.objects.get().minutes_per_month == 180


@pytest.mark.parametrize("minutes", [-15, 20, 2415])
def test_odd_pledge_is_refused(minutes: int) -> None:
    person = make_person()

    with pytest.raises(actions.NoSuchPledge):
        actions.set_pledge(person=person, minutes=minutes, by=person)


def test_changing_the_card_makes_it_found_anew() -> None:
    person = make_person()
    moments = []
    row = lend(person, make_skill())
    for change in (
        lambda: actions.set_pledge(person=person, minutes=60, by=person),
        lambda: actions.pause(person=person, by=person),
        lambda: actions.resume(person=person, by=person),
        lambda: actions.edit_note(row=row, note="Bilans", by=person),
        lambda: actions.remove_skill(row=row, by=person),
        lambda: actions.add_skill(
            person=person, skill=make_skill(), kind=SkillKind.CAN_HELP, by=person
        ),
    ):
        change()
        person.refresh_from_db()
        moments.append(person.matched_at)

    assert moments == sorted(set(moments))


def test_one_pause_at_a_time_and_back_again() -> None:
    person = make_person()
    actions.pause(person=person, by=person)
    actions.pause(person=person, until=TODAY() + timedelta(days=9), by=person)
    assert Pause.objects.get().to_on == TODAY() + timedelta(days=9)

    actions.resume(person=person, by=person)

    assert not Pause.objects.filter(person=person).on(TODAY()).exists()


def test_pause_of_last_week_ended_yesterday_once_back() -> None:
    person = make_person()
    Pause.objects.create(person=person, from_on=TODAY() - timedelta(days=7))

    actions.resume(person=person, by=person)

    assert Pause.objects.get().to_on == TODAY() - timedelta(days=1)


def test_pause_does_not_end_in_the_past() -> None:
    person = make_person()

    with pytest.raises(actions.PauseEndsInThePast):
        actions.pause(person=person, until=TODAY() - timedelta(days=1), by=person)


def test_others_do_not_touch_my_card_but_my_host_may() -> None:
    hub = make_hub()
    person, host = make_resident(hub), make_host(hub)
    row = lend(person, make_skill())

    for other in (make_resident(hub), make_host(make_hub())):
        with pytest.raises(NotAllowed):
            actions.set_pledge(person=person, minutes=60, by=other)
        with pytest.raises(NotAllowed):
            actions.remove_skill(row=row, by=other)
    actions.set_pledge(person=person, minutes=60, by=host)


def test_skill_added_twice_is_one_line_that_keeps_its_note() -> None:
    person, skill = make_person(), make_skill()
    lend(person, skill, "Bilans d’associations")

    actions.add_skill(person=person, skill=skill, kind=SkillKind.CAN_HELP, by=person)

    assert PersonSkill.objects.get().note == "Bilans d’associations"


def test_words_that_are_in_the_list_are_no_proposal() -> None:
    person, skill = make_person(), make_skill("Comptabilité")

    row = actions.add_wording(
        person=person, label="comptabilite", kind=SkillKind.CAN_HELP, by=person
    )

    assert row.skill == skill


def test_free_words_become_a_proposal_on_the_card_at_once() -> None:
    person = make_person()

    row = actions.add_wording(
        person=person, label="Tailler les rosiers", kind=SkillKind.CAN_HELP, by=person
    )

    assert (row.skill.state, row.skill.proposed_by) == (SkillState.PROPOSED, person)


def test_card_of_forty_lines_takes_no_more() -> None:
    person = make_person()
    for number in range(40):
        lend(person, make_skill(f"Métier {number}"))

    with pytest.raises(actions.TooManyLines):
        actions.add_skill(person=person, skill=make_skill(), kind=SkillKind.CAN_HELP, by=person)


@pytest.mark.parametrize("typed", ["compta", "COMPTABILITE", "comptabilté", "tenir les comptes"])
def test_search_forgives_accents_slips_and_other_wordings(typed: str, settings: Any) -> None:
    skill = make_skill("Comptabilité", also_fr="tenir les comptes|bilans")
    for label in ("Photographie", "Couture", "Menuiserie"):
        make_skill(label)

    assert find_skills(typed)[:1] == [skill]


def test_merged_skill_is_not_found() -> None:
    skill = make_skill("Comptabilité")
    make_skill("Comptabilité générale", state=SkillState.MERGED, merged_into=skill)

    assert find_skills("comptabilité") == [skill]


def test_page_adds_from_the_list_without_a_script(client: Client, lea: Person) -> None:
    skill = make_skill("Comptabilité")
    shown = page(client, kind="can_help", q="compta")
    assert f'name="skill" value="{skill.pk}"' in shown

    answer = client.post(
        reverse("exchange:toolbox_add"), {"kind": "can_help", "skill": str(skill.pk)}, follow=True
    )

    assert "Comptabilité" in answer.content.decode()
    assert PersonSkill.objects.get().person == lea


def test_fragment_answers_while_one_types(client: Client, lea: Person) -> None:
    skill = make_skill("Comptabilité")

    answer = client.get(reverse("exchange:toolbox_search"), {"kind": "can_help", "q": "compt"})

    assert str(skill.pk) in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_removed_line_can_be_put_back_with_its_note(client: Client, lea: Person) -> None:
    row = lend(lea, make_skill("Couture"), "Ourlets")
    answer = client.post(reverse("exchange:toolbox_remove", args=[row.pk]))
    assert not PersonSkill.objects.exists()
    token = answer.headers["Location"].partition("undo=")[2]

    client.post(reverse("exchange:toolbox_restore"), {"token": token})

    assert PersonSkill.objects.get().note == "Ourlets"


def test_undo_of_somebody_else_restores_nothing(client: Client, lea: Person) -> None:
    row = lend(lea, make_skill("Couture"))
    answer = client.post(reverse("exchange:toolbox_remove", args=[row.pk]))
    token = answer.headers["Location"].partition("undo=")[2]
    client.force_login(make_resident())

    assert client.post(reverse("exchange:toolbox_restore"), {"token": token}).status_code == 404


def test_line_of_somebody_else_is_not_found(client: Client, lea: Person) -> None:
    row = lend(make_person(), make_skill())

    for name in ("toolbox_note", "toolbox_remove"):
        assert client.post(reverse(f"exchange:{name}", args=[row.pk])).status_code == 404


def test_page_changes_time_pause_and_return(client: Client, lea: Person) -> None:
    client.post(
        reverse("exchange:toolbox_pledge"),
        {"minutes": "90", "max_asks_per_week": "1", "max_parallel": "3"},
    )
    pledge = Pledge.objects.get(person=lea, valid_to__isnull=True)
    assert (pledge.minutes_per_month, pledge.max_asks_per_week, pledge.max_parallel) == (90, 1, 3)

    client.post(reverse("exchange:toolbox_pause"), {"until": ""})
    assert "Je suis de retour" in page(client)
    client.post(reverse("exchange:toolbox_resume"))

    assert "Je suis de retour" not in page(client)


def test_pause_in_the_past_is_said_on_the_page(client: Client, lea: Person) -> None:
    answer = client.post(reverse("exchange:toolbox_pause"), {"until": "2020-01-01"})

    assert answer.status_code == 422
    assert "Choisis un jour à venir" in answer.content.decode()


def test_card_of_last_year_is_true_again_in_one_tap(client: Client, lea: Person) -> None:
    lend(lea, make_skill("Couture"))
    PersonSkill.objects.update(confirmed_at=timezone.now() - timedelta(days=400))
    assert "Toujours vrai" in page(client)

    client.post(reverse("exchange:toolbox_confirm"))

    assert "Toujours vrai" not in page(client)


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_eight_queries(
    client: Client, lea: Person, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        lend(lea, make_skill(f"Métier {number}"))

    with django_assert_num_queries(8):
        page(client)


def test_wordings_are_read_again_when_the_tree_changes() -> None:
    make_skill("Couture")
    find_skills("couture")

    skill = make_skill("Apiculture")

    assert find_skills("apicul") == [skill]
    Skill.objects.filter(pk=skill.pk).update(label_fr="Abeilles", changed_at=timezone.now())
    assert [s.pk for s in find_skills("abeil")] == [skill.pk]
