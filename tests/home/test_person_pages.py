"""The matrix of visibility, on the page, in the list and in the file alike."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from essaim.core.ids import uuid7
from essaim.exchange.models import HelpState, Thanks, ThanksAudience
from essaim.home.person_card import card_of, shown_to
from essaim.hubs.models import Residency
from essaim.people.models import (
    Audience,
    Person,
    PersonSkill,
    PersonState,
    SkillKind,
    Venture,
)
from tests.factories import (
    lend,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_person,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db

EMAIL, PHONE = "shown@example.org", "06 01 02 03 04"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def make_shown(**fields: Any) -> Person:
    """A member of whom there is something in each field of the matrix."""
    hub = make_hub("La Halle")
    values: dict[str, Any] = {
        "given_name": "Ysaline",
        "family_name": "Roche",
        "email": EMAIL,
        "phone": PHONE,
        "about": "Une phrase sur moi.",
    }
    person = make_resident(hub, **values | fields)
    make_venture("Discrets", person)
    make_venture("Connus", person, audience=Audience.PUBLIC)
    lend(person, make_skill("Comptabilité"), "dix ans de bilans")
    PersonSkill.objects.create(
        person=person, skill=make_skill("Poterie"), kind=SkillKind.WANTS_TO_LEARN
    )
    for audience in ThanksAudience.values:
        done = make_exchange(person, make_person("Ami"), hub, state=HelpState.CONFIRMED, minutes=30)
        Thanks.objects.create(
            exchange=done, author=done.receiver, text=f"merci {audience}", audience=audience
        )
    return person


def make_viewer(kind: str, person: Person) -> Person | None:
    hub = person.residencies.get().hub
    makers: dict[str, Callable[[], Person | None]] = {
        "oneself": lambda: person,
        "host": lambda: make_host(hub),
        "director": make_director,
        "neighbour": lambda: make_resident(hub),
        "stranger": lambda: make_resident(make_hub("Ailleurs")),
        "visitor": lambda: None,
    }
    return makers[kind]()


def page_of(person: Person, viewer: Person | None) -> str:
    client = signed_in(viewer) if viewer else Client()
    response = client.get(reverse("home:person", args=[person.pk]))
    return response.content.decode() if response.status_code == 200 else ""


MEMBERS = {"oneself", "host", "director", "neighbour", "stranger"}
NEAR = {"oneself", "host", "director"}
MATRIX = [
    ("Ysaline Roche", MEMBERS | {"visitor"}),
    ("Une phrase sur moi.", MEMBERS | {"visitor"}),
    ("Comptabilité", MEMBERS | {"visitor"}),
    ("Connus", MEMBERS | {"visitor"}),
    ("La Halle", MEMBERS | {"visitor"}),
    ("merci public", MEMBERS | {"visitor"}),
    ("dix ans de bilans", MEMBERS),
    ("Discrets", MEMBERS),
    ("Poterie", MEMBERS),
    ("merci hub", {"oneself", "host", "neighbour"}),
    ("merci private", {"oneself"}),
    (EMAIL, NEAR),
    (PHONE, NEAR),
]


@pytest.mark.parametrize(
    "kind", ["oneself", "host", "director", "neighbour", "stranger", "visitor"]
)
def test_page_shows_to_each_viewer_what_the_matrix_says(kind: str) -> None:
    person = make_shown(profile_audience=Audience.PUBLIC)

    page = page_of(person, make_viewer(kind, person))

    assert {words: kind in seen for words, seen in MATRIX} == {
        words: words in page for words, _seen in MATRIX
    }


def test_page_that_is_not_public_does_not_exist_for_visitors() -> None:
    person = make_shown()

    assert page_of(person, None) == ""
    assert page_of(person, make_viewer("stranger", person)) != ""


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.ERASED])
def test_who_is_gone_is_a_404_for_everyone(state: str) -> None:
    person = make_shown(profile_audience=Audience.PUBLIC, state=state)

    for kind in ("host", "director", "neighbour", "visitor"):
        assert page_of(person, make_viewer(kind, person)) == ""


def test_forged_address_is_a_404() -> None:
    client = signed_in(make_person())

    assert client.get(reverse("home:person", args=[uuid7()])).status_code == 404
    assert client.get("/ruche/personnes/1/").status_code == 404


def test_previews_show_what_a_stranger_and_a_visitor_really_see() -> None:
    person = make_shown(profile_audience=Audience.PUBLIC, phone_audience=Audience.NETWORK)
    client = signed_in(person)

    for seen_by, viewer in (("membre", make_viewer("stranger", person)), ("visiteur", None)):
        preview = client.get(reverse("home:preview", args=[seen_by])).content.decode()
        page = page_of(person, viewer)
        words = [words for words, _seen in MATRIX]
        assert [w in preview for w in words] == [w in page for w in words]


def test_preview_says_when_there_is_nothing_to_see() -> None:
    client = signed_in(make_shown())

    preview = client.get(reverse("home:preview", args=["visiteur"]))

    assert preview.context["card"] is None
    assert client.get(reverse("home:preview", args=["autre"])).status_code == 404


def test_the_file_of_residents_shows_what_the_pages_show() -> None:
    person = make_shown()
    hub = person.residencies.get().hub
    host = make_viewer("host", person)
    assert host is not None

    client = signed_in(host)
    file = client.get(reverse("home:residents_csv", args=[hub.slug])).content.decode()
    page = client.get(reverse("home:residents", args=[hub.slug])).content.decode()

    for words in (EMAIL, PHONE):
        assert words in file
        assert words in page
        assert words in page_of(person, host)


@pytest.mark.parametrize("kind", ["neighbour", "stranger"])
def test_residents_are_listed_for_their_hosts_only(kind: str) -> None:
    person = make_shown()
    hub = person.residencies.get().hub
    viewer = make_viewer(kind, person)
    assert viewer is not None

    for client in (signed_in(viewer), signed_in(make_host(make_hub("Autre")))):
        assert client.get(reverse("home:residents", args=[hub.slug])).status_code == 404
        assert client.get(reverse("home:residents_csv", args=[hub.slug])).status_code == 404


def test_host_ends_a_residency_and_others_do_not() -> None:
    person = make_shown()
    residency = Residency.objects.get(person=person)
    url = reverse("home:end_residency", args=[residency.pk])

    for other in (make_viewer("neighbour", person), make_host(make_hub("Autre"))):
        assert other is not None
        assert signed_in(other).post(url).status_code == 404
    host = make_viewer("host", person)
    assert host is not None
    assert signed_in(host).post(url, follow=True).status_code == 200

    residency.refresh_from_db()
    assert residency.until_on is not None


def test_host_changes_a_plan_and_others_do_not() -> None:
    person = make_shown()
    residency = Residency.objects.get(person=person)
    url = reverse("home:change_plan", args=[residency.pk])

    for other in (make_viewer("neighbour", person), make_host(make_hub("Autre"))):
        assert other is not None
        assert signed_in(other).post(url, {"plan": "Butineur"}).status_code == 404
    host = make_viewer("host", person)
    assert host is not None
    assert url in page_of(person, host)
    signed_in(host).post(url, {"plan": " Buti\u202eneur\x00 🐝 "})

    residency.refresh_from_db()
    assert residency.plan == "Butineur 🐝"


def test_a_plan_that_is_too_long_is_told_and_given_back() -> None:
    person = make_shown()
    host = make_viewer("host", person)
    assert host is not None

    url = reverse("home:change_plan", args=[person.residencies.get().pk])
    page = signed_in(host).post(url, {"plan": "b" * 90})

    assert page.context["form"].errors
    assert "b" * 90 in page.content.decode()


def test_given_help_is_said_and_received_help_is_not() -> None:
    person = make_shown()
    make_exchange(
        make_person(),
        person,
        person.residencies.get().hub,
        state=HelpState.CONFIRMED,
        minutes=600,
    )

    card = card_of(shown_to(person).get(pk=person.pk), make_viewer("stranger", person))

    assert (card.given.minutes, card.given.people) == (90, 3)


def test_hub_thanks_are_not_for_other_hubs() -> None:
    person = make_shown()

    found = shown_to(person).get(pk=person.pk)
    assert len(card_of(found, make_viewer("neighbour", person)).thanks) == 2
    assert len(card_of(found, make_viewer("stranger", person)).thanks) == 1


def test_names_in_every_script_stay_in_their_place() -> None:
    person = make_shown(given_name="سلمى", family_name="العلوي")

    page = page_of(person, make_viewer("neighbour", person))

    assert "<h1><bdi>سلمى العلوي</bdi></h1>" in page


def test_words_of_people_are_never_code() -> None:
    person = make_shown(about="<script>alert(1)</script>")

    page = page_of(person, make_viewer("neighbour", person))

    assert "<script>alert" not in page


@pytest.mark.parametrize("size", [1, 3])
def test_person_page_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    hub = make_hub()
    person = make_resident(hub)
    for _ in range(size):
        make_venture("Bocaux", person)
        lend(person, make_skill())
    client = signed_in(make_resident(hub))

    with django_assert_num_queries(11):  # type: ignore[operator]
        client.get(reverse("home:person", args=[person.pk]))


def test_venture_page_is_public_only_when_chosen() -> None:
    shown = make_venture("Connus", make_person(), audience=Audience.PUBLIC)
    hidden = make_venture("Discrets", make_person())

    for venture, status in ((shown, 200), (hidden, 404)):
        response = Client().get(reverse("home:venture", args=[venture.pk]))
        assert response.status_code == status
    assert Venture.objects.visible_to(AnonymousUser()).get() == shown


def test_public_venture_names_only_the_public_of_its_team() -> None:
    shy = make_person("Timide", family_name="Discrète")
    open_one = make_person("Ouverte", profile_audience=Audience.PUBLIC)
    venture = make_venture(
        "Connus", shy, open_one, audience=Audience.PUBLIC, siret="73282932000074"
    )
    lend(shy, make_skill("Poterie"))

    page = Client().get(reverse("home:venture", args=[venture.pk])).content.decode()

    assert "Ouverte" in page
    assert "Timide" not in page
    assert "Poterie" not in page
    assert "73282932000074" not in page
