"""Hives, their residents as a list, the tree of skills and the roles of the network."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from essaim.hubs.models import Hub
from essaim.people.actions.skills import propose_skill
from essaim.people.models import NetworkRole, Person, PersonState, Role, Skill, SkillState
from tests.factories import (
    lend,
    make_administrator,
    make_director,
    make_host,
    make_hub,
    make_person,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def hub_form(**fields: str) -> dict[str, str]:
    return {
        "name": "La Cale",
        "town": "Brest",
        "time_zone": "Europe/Paris",
        "working_from": "09:00",
        "working_to": "18:00",
        "operating_model": "franchise",
    } | fields


def test_hives_are_listed_with_their_members() -> None:
    hub = make_hub("La Halle")
    for _ in range(2):
        make_resident(hub)
    make_hub("La Vide")
    make_hub("La Fermée", closed_on="2026-01-01")

    response = signed_in(make_person()).get(reverse("home:hubs"))

    listed = [(found.name, found.residents_now) for found in response.context["hubs"]]
    assert listed == [("La Halle", 2), ("La Vide", 0)]


def test_hive_page_names_residents_and_hosts() -> None:
    hub = make_hub()
    make_resident(hub, given_name="Léa", family_name="Adam")
    make_resident(hub, given_name="Partie", family_name="Loin", state=PersonState.LEFT)
    host = make_host(hub)

    response = signed_in(make_person()).get(reverse("home:hub", args=[hub.slug]))

    assert [line.name for line in response.context["lines"]] == ["Léa Adam"]
    assert list(response.context["hosts"]) == [host]
    assert not response.context["may_edit"]


def test_closed_and_unknown_hives_are_404() -> None:
    closed = make_hub(closed_on="2026-01-01")
    client = signed_in(make_person())

    for slug in (closed.slug, "nulle-part"):
        assert client.get(reverse("home:hub", args=[slug])).status_code == 404


def test_director_opens_a_hive_and_others_do_not_find_the_form() -> None:
    url = reverse("home:hub_new")
    for other in (make_person(), make_host(make_hub())):
        assert signed_in(other).get(url).status_code == 404

    signed_in(make_director()).post(url, hub_form())

    assert Hub.objects.get(name="La Cale").operating_model == "franchise"


def test_day_that_ends_before_it_begins_and_forged_zone_are_refused() -> None:
    client = signed_in(make_director())

    response = client.post(
        reverse("home:hub_new"), hub_form(working_to="08:00", time_zone="Mars/Olympus")
    )

    assert response.context["form"].errors.keys() == {"working_to", "time_zone"}
    assert 'value="La Cale"' in response.content.decode()


def test_host_changes_the_hours_and_not_the_name() -> None:
    hub = make_hub("La Halle")
    client = signed_in(make_host(hub))
    practical = {"opening_hours": "9 h – 19 h", "working_from": "08:30", "working_to": "19:00"}

    client.post(reverse("home:hub_edit", args=[hub.slug]), practical | {"name": "Ma ruche"})

    hub.refresh_from_db()
    assert (hub.name, hub.opening_hours) == ("La Halle", "9 h – 19 h")


def test_host_names_another_and_stops() -> None:
    hub = make_hub()
    host = make_host(hub)
    make_person("Zoé", family_name="Martin")
    client = signed_in(host)

    client.post(reverse("home:hub_hosts", args=[hub.slug]), {"person": "zoe martin"})
    client.post(reverse("home:hub_host_end", args=[hub.slug, host.pk]))

    assert [h.person.given_name for h in hub.hosts.filter(until_on=None)] == ["Zoé"]


def test_host_lets_a_member_of_another_hive_move_in() -> None:
    hub = make_hub()
    client = signed_in(make_host(hub))
    zoe = make_resident(make_hub("Autre"), given_name="Zoé", family_name="Martin")
    url = reverse("home:move_in", args=[hub.slug])

    assert "Zoé Martin" in client.post(url, {"person": "zoe martin"}, follow=True).content.decode()
    twice = client.post(url, {"person": zoe.email})

    assert zoe.residencies.current().filter(hub=hub).count() == 1
    assert twice.context["form"].errors["person"]


@pytest.mark.parametrize("typed", ["", "personne\x00", "\u202e🐝", "z" * 300])
def test_nobody_moves_in_under_a_name_that_is_none(typed: str) -> None:
    hub = make_hub()

    page = signed_in(make_host(hub)).post(
        reverse("home:move_in", args=[hub.slug]), {"person": typed}
    )

    assert page.context["form"].errors["person"]
    assert not hub.residencies.exists()


def test_only_the_hosts_of_the_hive_let_people_move_in() -> None:
    hub, other = make_hub(), make_host(make_hub("Autre"))

    url = reverse("home:move_in", args=[hub.slug])

    assert signed_in(other).post(url, {"person": other.email}).status_code == 404
    assert signed_in(make_resident(hub)).post(url, {"person": other.email}).status_code == 404


def test_residents_are_found_sorted_and_exported_alike() -> None:
    hub = make_hub()
    make_resident(hub, given_name="Zoé", family_name="Abel", about="=1+1", phone="+33 601020304")
    make_resident(hub, given_name="=cmd()", family_name="Zed")
    client = signed_in(make_host(hub))

    page = client.get(reverse("home:residents", args=[hub.slug]), {"q": "ze"})
    file = client.get(reverse("home:residents_csv", args=[hub.slug])).content.decode("utf-8-sig")

    assert [row.person.family_name for row in page.context["rows"]] == ["Zed"]
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["Abel", "Zed"]
    assert rows[1][3] == "'+33 601020304"
    assert rows[2][0] == "'=cmd()"


@pytest.mark.parametrize("size", [1, 3])
def test_list_of_residents_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    for _ in range(size):
        make_resident(hub)
    client = signed_in(make_host(hub))

    with django_assert_num_queries(12):  # type: ignore[operator]
        client.get(reverse("home:residents", args=[hub.slug]))


@pytest.mark.parametrize("size", [1, 3])
def test_hive_page_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    for _ in range(size):
        make_resident(hub)
    client = signed_in(make_host(hub))

    with django_assert_num_queries(11):  # type: ignore[operator]
        client.get(reverse("home:hub", args=[hub.slug]))


def make_proposal(label: str = "Tenir une buvette") -> Skill:
    return propose_skill(label=label, by=make_person())


def test_proposals_wait_for_hosts_beside_what_they_resemble() -> None:
    skill, near = make_proposal(), make_skill("Bar", also_fr="buvette")
    make_skill("Comptabilité")
    for _ in range(2):
        lend(make_person(), near)
    client = signed_in(make_host(make_hub()))

    listed = client.get(reverse("home:proposals")).context["page"]
    response = client.get(reverse("home:proposal", args=[skill.pk]))

    assert list(listed) == [skill]
    assert [(found, found.lenders) for found in response.context["near"]] == [(near, 2)]


def test_host_merges_in_one_press() -> None:
    skill, near = make_proposal(), make_skill("Bar")
    client = signed_in(make_host(make_hub()))

    client.post(reverse("home:proposal", args=[skill.pk]), {"do": "merge", "into": near.pk})

    skill.refresh_from_db()
    assert skill.merged_into == near
    assert client.get(reverse("home:proposal", args=[skill.pk])).status_code == 404


def test_host_keeps_a_proposal_and_a_refusal_loses_nothing() -> None:
    skill, parent = make_proposal(), make_skill("Cuisine")
    client = signed_in(make_host(make_hub()))
    url = reverse("home:proposal", args=[skill.pk])

    refused = client.post(url, {"do": "keep", "label_fr": "Cuisine", "label_en": "Tea bar"})
    client.post(url, {"do": "keep", "label_fr": "Bar", "label_en": "Bar", "parent": parent.pk})

    assert 'value="Tea bar"' in refused.content.decode()
    skill.refresh_from_db()
    assert (skill.state, skill.parent) == (SkillState.ACCEPTED, parent)


def test_members_do_not_find_the_tools_of_hosts() -> None:
    skill, client = make_proposal(), signed_in(make_resident(make_hub()))

    for url in (
        reverse("home:proposals"),
        reverse("home:proposal", args=[skill.pk]),
        reverse("home:roles"),
    ):
        assert client.get(url).status_code == 404


def test_director_gives_and_takes_roles_but_not_the_last_administrator() -> None:
    director, admin = make_director(), make_administrator()
    make_person("Zoé", family_name="Martin")
    client = signed_in(director)

    client.post(reverse("home:roles"), {"person": "zoe martin", "role": "director"})
    client.post(reverse("home:role_take", args=[admin.pk, "administrator"]))
    client.post(reverse("home:role_take", args=[director.pk, "director"]))

    given = sorted(NetworkRole.objects.values_list("person__given_name", "role"))
    assert given == [("Admin", Role.ADMINISTRATOR), ("Zoé", Role.DIRECTOR)]
