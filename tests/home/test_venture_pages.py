import pytest
from django.test import Client
from django.urls import reverse

from essaim.people.actions import ventures
from essaim.people.models import Affiliation, AffiliationRole, Audience, Person, Venture
from tests.factories import lend, make_person, make_skill, make_venture

pytestmark = pytest.mark.django_db

SIRET = "732 829 320 00074"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def filled(**fields: str) -> dict[str, str]:
    return {
        "name": "Les Bocaux",
        "purpose": "Sauver les légumes moches.",
        "stage": "idea",
        "audience": "network",
    } | fields


def make_founded() -> tuple[Venture, Person]:
    founder = make_person("Fondatrice", family_name="Unique")
    return ventures.create_venture(by=founder, name="Bocaux", purpose="Sauver."), founder


def test_venture_is_created_with_its_numbers_in_plain_digits() -> None:
    lea = make_person()

    response = signed_in(lea).post(reverse("home:venture_new"), filled(siret=SIRET))

    venture = Venture.objects.get()
    assert response["Location"] == reverse("home:venture", args=[venture.pk])
    assert venture.siret == "73282932000074"
    assert Affiliation.objects.get().role == AffiliationRole.FOUNDER


@pytest.mark.parametrize(
    ("field", "typed"), [("siret", "123"), ("rna", "W12"), ("website", "javascript:alert(1)")]
)
def test_wrong_fields_are_said_and_nothing_typed_is_lost(field: str, typed: str) -> None:
    response = signed_in(make_person()).post(reverse("home:venture_new"), filled(**{field: typed}))

    page = response.content.decode()
    assert response.context["form"].errors.keys() == {field}
    assert "Sauver les légumes moches." in page
    assert typed in page
    assert not Venture.objects.exists()


def test_taken_siret_is_told_and_the_rest_stays() -> None:
    make_venture("Premiers", siret="73282932000074")

    response = signed_in(make_person()).post(reverse("home:venture_new"), filled(siret=SIRET))

    assert response.context["form"].non_field_errors()
    assert "Sauver les légumes moches." in response.content.decode()


def test_team_changes_the_page_and_strangers_do_not_find_the_form() -> None:
    venture, founder = make_founded()
    url = reverse("home:venture_edit", args=[venture.pk])

    assert signed_in(make_person()).get(url).status_code == 404
    assert signed_in(make_person()).post(url, filled()).status_code == 404
    assert signed_in(founder).post(url, filled(trade="Conserverie")).status_code == 302

    venture.refresh_from_db()
    assert (venture.name, venture.trade) == ("Les Bocaux", "Conserverie")


def test_founder_adds_a_colleague_by_name_or_address() -> None:
    venture, founder = make_founded()
    make_person("Zoé", family_name="Martin")
    make_person("Amir", email="amir@example.org", email_audience=Audience.NETWORK)
    client = signed_in(founder)
    url = reverse("home:team", args=[venture.pk])

    client.post(url, {"person": "zoe martin", "role": "team"})
    client.post(url, {"person": "AMIR@example.org", "role": "volunteer"})

    assert venture.affiliations.current().count() == 3


def test_team_form_says_the_same_of_a_hidden_address_as_of_an_unknown_one() -> None:
    venture, founder = make_founded()
    make_person("Nadia", email="hidden@example.org", email_audience=Audience.ON_YES)
    client, url = signed_in(founder), reverse("home:team", args=[venture.pk])

    answers = [
        client.post(url, {"person": typed, "role": "team"}).context["form"].errors["person"]
        for typed in ("hidden@example.org", "nobody@example.org")
    ]

    assert answers[0] == answers[1]
    assert venture.affiliations.count() == 1


@pytest.mark.parametrize("typed", ["Personne", "Jumelle", "nobody@example.org"])
def test_unknown_or_ambiguous_colleague_is_asked_again(typed: str) -> None:
    venture, founder = make_founded()
    make_person("Jumelle", family_name="Une")
    make_person("Jumelle", family_name="Deux")

    response = signed_in(founder).post(
        reverse("home:team", args=[venture.pk]), {"person": typed, "role": "team"}
    )

    assert response.context["form"].errors.keys() == {"person"}
    assert venture.affiliations.count() == 1


def test_founder_takes_out_and_member_leaves() -> None:
    venture, founder = make_founded()
    one, other = make_person(), make_person()
    places = [ventures.add_to_team(venture=venture, person=p, by=founder) for p in (one, other)]

    def go(client: Client, place: Affiliation) -> int:
        url = reverse("home:team_change", args=[place.pk])
        return client.post(url, {"do": "leave"}).status_code

    assert go(signed_in(make_person()), places[0]) == 404
    assert go(signed_in(founder), places[0]) == 302
    assert go(signed_in(other), places[1]) == 302
    assert venture.affiliations.current().get().person == founder


def test_page_shows_purpose_team_and_skills_around() -> None:
    lea = make_person("Léa", family_name="Adam")
    lend(lea, make_skill("Poterie"))
    venture = make_venture("Bocaux", lea, purpose="Sauver les légumes <moches>.")

    page = signed_in(make_person()).get(reverse("home:venture", args=[venture.pk])).content.decode()

    assert "Sauver les légumes &lt;moches&gt;." in page
    assert "Léa Adam" in page
    assert "Poterie" in page


@pytest.mark.parametrize("size", [1, 3])
def test_venture_page_has_a_fixed_cost(size: int, django_assert_num_queries: object) -> None:
    people = [make_person() for _ in range(size)]
    for person in people:
        lend(person, make_skill())
    venture = make_venture("Bocaux", *people)
    client = signed_in(make_person())

    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(reverse("home:venture", args=[venture.pk]))
