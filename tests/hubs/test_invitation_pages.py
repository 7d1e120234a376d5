"""The pages where hosts invite and see whom they invited."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from essaim.hubs.invitation_forms import read_guest
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Invitation, Residency
from essaim.people.models import PersonState
from tests.factories import make_host, make_hub, make_person, make_residency
from tests.hubs.inviting import ANSWER, invitation_of, invite, make_old

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("line", "guest"),
    [
        ("nadia@example.net", ("nadia@example.net", "nadia", "")),
        ("Nadia Ben Salem <Nadia@Example.net>", ("nadia@example.net", "Nadia", "Ben Salem")),
        ("Nadia\tBen Salem\tnadia@example.net", ("nadia@example.net", "Nadia", "Ben Salem")),
        ("nadia@example.net;Nadia;Ben Salem", ("nadia@example.net", "Nadia", "Ben Salem")),
        ('"ليلى" <layla@example.net>', ("layla@example.net", "ليلى", "")),
    ],
)
def test_guests_are_read_as_people_write_them(line: str, guest: tuple[str, str, str]) -> None:
    assert read_guest(line) == guest


@pytest.mark.parametrize("line", ["Nadia Ben Salem", "nadia@", "nadia@nowhere"])
def test_line_without_an_address_is_told(line: str) -> None:
    with pytest.raises(ValidationError):
        read_guest(line)


def test_host_invites_several_and_keeps_the_refused(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    make_residency(make_person(email="la@example.net"), hub)
    client.force_login(host)

    answer = client.post(
        reverse("hubs:invite"),
        {"guests": "Nadia <nadia@example.net>\n\nla@example.net\n", "hub": hub.pk},
    )

    assert answer.status_code == 422
    assert answer.context["form"]["guests"].value() == "la@example.net"
    assert Invitation.objects.get().person.email == "nadia@example.net"


def test_host_of_one_hub_chooses_no_hub(client: Client) -> None:
    client.force_login(make_host(make_hub("La Halle")))

    page = client.get(reverse("hubs:invite")).content.decode()

    assert "<select" not in page


def test_host_cannot_choose_a_hub_of_others(client: Client) -> None:
    other = make_hub()
    client.force_login(make_host(make_hub()))

    answer = client.post(reverse("hubs:invite"), {"guests": "a@example.net", "hub": other.pk})

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_members_have_no_page_of_invitations(client: Client) -> None:
    client.force_login(make_person())

    pages = [reverse(f"hubs:{name}") for name in ("invite", "invitations", "expected")]

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]


def test_host_sees_the_invitations_of_their_hubs_only(client: Client) -> None:
    hub, other = make_hub(), make_hub()
    host = make_host(hub)
    invite(host, hub, email="ici@example.net")
    theirs = invitation_of(make_host(other), other, email="ailleurs@example.net")
    client.force_login(host)

    page = client.get(reverse("hubs:invitations")).content.decode()
    stolen = client.post(reverse("hubs:withdraw", args=[theirs.pk]))

    assert ("ici@example.net" in page, "ailleurs@example.net" in page) == (True, False)
    assert stolen.status_code == 404


def test_invitations_are_found_by_state_and_words(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    invite(host, hub, email="zoe@example.net", given_name="Zoé", family_name="Marc")
    make_old(invitation_of(host, hub, email="vieux@example.net"))
    client.force_login(host)
    page = reverse("hubs:invitations")

    def found(query: str) -> list[str]:
        rows = client.get(f"{page}?{query}").context["page"].object_list
        return [row.person.email for row in rows]

    assert found("") == ["zoe@example.net"]
    assert found("q=zoé+marc") == ["zoe@example.net"]
    assert found("q=paul") == []
    assert found("state=expired") == ["vieux@example.net"]
    assert found("state=accepted") == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_invitations_costs_the_same_for_any_number(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    hub = make_hub()
    host = make_host(hub)
    for number in range(count):
        invite(host, hub, email=f"{number}@example.net")
    client.force_login(host)
    page = reverse("hubs:invitations")
    client.get(page)

    with django_assert_num_queries(7):
        client.get(page)


def test_imported_people_are_invited_together(client: Client) -> None:
    hub, other = make_hub(), make_hub()
    host = make_host(hub)
    people = [make_person(state=PersonState.EXPECTED) for _ in range(3)]
    for person in people:
        make_residency(person, hub)
    stranger = make_person(state=PersonState.EXPECTED)
    make_residency(stranger, other)
    client.force_login(host)
    chosen = [str(p.pk) for p in (*people[:2], stranger)]

    client.post(reverse("hubs:expected"), {"person": [*chosen, "nonsense"], "message": "Venez."})

    assert set(Invitation.objects.values_list("person", flat=True)) == {p.pk for p in people[:2]}
    stranger.refresh_from_db()
    assert stranger.state == PersonState.EXPECTED
    assert Residency.objects.filter(person=people[0]).count() == 1


def test_signed_in_host_who_tries_the_link_becomes_the_guest(client: Client) -> None:
    hub = make_hub()
    host = make_host(hub)
    invitation = invitation_of(host, hub)
    client.force_login(host)

    client.post(invitation_path(invitation), ANSWER)

    assert client.session["_auth_user_id"] == str(invitation.person_id)
