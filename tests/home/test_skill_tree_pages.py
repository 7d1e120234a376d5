from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from essaim.people.models import Person, Skill, SkillChange, SkillState
from tests.factories import lend, make_host, make_hub, make_person, make_resident, make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def host(client: Client) -> Person:
    person = make_host(make_hub())
    client.force_login(person)
    return person


def seen(skill: Skill) -> str:
    return Skill.objects.get(pk=skill.pk).changed_at.isoformat()


def place(client: Client, skill: Skill, label: str, **more: str) -> Any:
    said = {"label_fr": label, "label_en": label, "do": "place", "seen": seen(skill), **more}
    return client.post(reverse("home:skill_edit", args=[skill.pk]), said, follow=True)


def test_tree_shows_each_skill_under_its_family_with_how_many_lend_it(
    client: Client, host: Person
) -> None:
    family = make_skill("Vente")
    child = make_skill("Prix", parent=family, level=2)
    lend(make_person(), child)

    lines = client.get(reverse("home:skill_tree")).context["lines"]

    assert [(line.skill, line.path, line.people) for line in lines] == [
        (family, "", 1),
        (child, "Vente", 1),
    ]


@pytest.mark.parametrize("typed", ["tresorerie", "CASH", "argent qui rentre"])
def test_skill_is_found_by_any_of_its_wordings(client: Client, host: Person, typed: str) -> None:
    make_skill("Vente")
    skill = make_skill("Trésorerie", label_en="Cash", also_fr="l’argent qui rentre")

    lines = client.get(reverse("home:skill_tree"), {"q": typed}).context["lines"]

    assert [line.skill for line in lines] == [skill]


def test_nothing_found_says_what_to_try(client: Client, host: Person) -> None:
    page = client.get(reverse("home:skill_tree"), {"q": "xyz\x00"}).content.decode()

    assert "Aucune compétence de ce nom" in page


def test_host_renames_moves_and_goes_back(client: Client, host: Person) -> None:
    family, skill = make_skill("Famille"), make_skill("Vente")

    page = place(client, skill, "Commerce", parent=str(family.pk)).content.decode()

    change = SkillChange.objects.get()
    undo = reverse("home:skill_undo", args=[change.pk])
    assert "est devenue «\u00a0Commerce\u00a0»" in page
    assert undo in page
    assert "Déplacée de «\u00a0les familles\u00a0»" in client.get(undo).content.decode()
    back = client.post(undo, follow=True).content.decode()
    skill.refresh_from_db()
    assert (skill.label_fr, skill.parent) == ("Vente", None)
    assert "défait" in back


def test_host_merges_and_lands_on_the_other_with_the_way_back(client: Client, host: Person) -> None:
    skill, into = make_skill("Vente"), make_skill("Négoce")
    said = {"into": str(into.pk), "do": "merge", "seen": seen(skill)}

    answer = client.post(reverse("home:skill_edit", args=[skill.pk]), said, follow=True)

    change = SkillChange.objects.get()
    assert answer.redirect_chain[0][0] == reverse("home:skill_edit", args=[into.pk])
    assert reverse("home:skill_undo", args=[change.pk]) in answer.content.decode()
    assert client.get(reverse("home:skill_edit", args=[skill.pk])).status_code == 404


def test_second_host_is_told_and_their_words_stay_on_the_page(client: Client, host: Person) -> None:
    skill = make_skill("Vente")
    before = seen(skill)
    place(client, skill, "Commerce")

    answer = place(client, skill, "Négoce", seen=before)

    page = answer.content.decode()
    assert "ont changé entre-temps" in page
    assert 'value="Négoce"' in page
    skill.refresh_from_db()
    assert skill.label_fr == "Commerce"


def test_skill_is_not_offered_itself_nor_what_stands_under_it(client: Client, host: Person) -> None:
    skill, other = make_skill("Vente"), make_skill("Bar")
    make_skill("Prix", parent=skill, level=2)

    page = client.get(reverse("home:skill_edit", args=[skill.pk]))

    for form, name in (("place", "parent"), ("merge", "into")):
        assert list(page.context[form].fields[name].queryset) == [other]


def test_too_deep_a_place_is_told(client: Client, host: Person) -> None:
    family = make_skill("Famille")
    second = make_skill("Deux", parent=family, level=2)
    skill = make_skill("Vente")
    make_skill("Prix", parent=skill, level=2)

    page = place(client, skill, "Vente", parent=str(second.pk)).content.decode()

    assert "trois niveaux au plus" in page
    assert not SkillChange.objects.exists()


def test_refused_undo_says_why(client: Client, host: Person) -> None:
    skill = make_skill("Vente")
    place(client, skill, "Commerce")
    first = SkillChange.objects.get()
    place(client, skill, "Négoce")

    answer = client.post(reverse("home:skill_undo", args=[first.pk]))

    assert answer.status_code == 409
    assert "reviens d’abord là-dessus" in answer.content.decode()


def test_only_the_last_change_of_a_skill_is_offered_back(client: Client, host: Person) -> None:
    skill = make_skill("Vente")
    place(client, skill, "Commerce")
    place(client, skill, "Négoce")

    history = client.get(reverse("home:skill_edit", args=[skill.pk])).context["history"]

    assert [past.undoable for past in history] == [True, False]


def test_number_of_people_is_true_right_after_a_merge(client: Client, host: Person) -> None:
    skill, into = make_skill("Vente"), make_skill("Négoce")
    lend(make_person(), skill)
    client.get(reverse("home:skill_tree"))
    said = {"into": str(into.pk), "do": "merge", "seen": seen(skill)}

    page = client.post(reverse("home:skill_edit", args=[skill.pk]), said, follow=True)

    assert page.context["people"] == 1


def test_members_and_proposals_have_no_such_pages(client: Client, host: Person) -> None:
    skill = make_skill("Vente")
    place(client, skill, "Commerce")
    change = SkillChange.objects.get()
    waiting = make_skill("Buvette", state=SkillState.PROPOSED)
    assert client.get(reverse("home:skill_edit", args=[waiting.pk])).status_code == 404
    client.force_login(make_resident())

    for name, args in (
        ("skill_tree", []),
        ("skill_edit", [skill.pk]),
        ("skill_undo", [change.pk]),
    ):
        assert client.get(reverse(f"home:{name}", args=args)).status_code == 404


@pytest.mark.parametrize("skills", [1, 3])
def test_tree_asks_as_much_for_one_skill_as_for_three(
    client: Client, host: Person, skills: int, django_assert_num_queries: Any
) -> None:
    for n in range(skills):
        lend(make_person(), make_skill(f"Savoir {n}"))
    client.get(reverse("home:skill_tree"))

    with django_assert_num_queries(TREE):
        client.get(reverse("home:skill_tree"))


@pytest.mark.parametrize("changes", [1, 3])
def test_page_of_a_skill_asks_as_much_for_one_change_as_for_three(
    client: Client, host: Person, changes: int, django_assert_num_queries: Any
) -> None:
    skill, family = make_skill("Vente"), make_skill("Famille")
    for n in range(changes):
        place(client, skill, f"Vente {n}", parent=str(family.pk) if n % 2 == 0 else "")
    url = reverse("home:skill_edit", args=[skill.pk])
    client.get(url)

    with django_assert_num_queries(EDIT):
        client.get(url)


TREE = 6
EDIT = 12
