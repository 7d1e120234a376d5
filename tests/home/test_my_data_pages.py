import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from essaim.home import export
from essaim.people.models import Audience, Person, PersonState
from tests.factories import make_administrator, make_hub, make_person, make_resident
from tests.home import whole_person
from tests.home.whole_person import make_whole_person

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def read(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"home:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_about_me_speaks_both_languages(language: str) -> None:
    client = signed_in(make_whole_person())
    client.cookies["django_language"] = language

    for name in ("me", "profile", "visibility", "my_data", "erase", "leave"):
        assert f'<html lang="{language}"' in read(client, name)


def test_every_kind_of_record_is_told_in_words() -> None:
    client = signed_in(make_whole_person())

    page = read(client, "my_data")

    assert not any(f"{app}." in page for app in ("people", "hubs", "exchange", "account"))


def test_what_is_kept_is_counted_as_it_is_exported(django_assert_num_queries: object) -> None:
    person = make_whole_person()
    rows = {label: len(found) for label, found in export.rows_of(person).items()}

    assert export.counted(person) == rows
    client = signed_in(person)
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get(reverse("home:my_data"))


def test_files_hold_my_data_and_are_not_kept_on_the_way() -> None:
    client = signed_in(make_whole_person())

    as_json = client.get(reverse("home:my_data_json"))
    as_zip = client.get(reverse("home:my_data_zip"))

    assert json.loads(as_json.content)["people.Person"][0]["email"] == whole_person.EMAIL
    assert zipfile.ZipFile(io.BytesIO(as_zip.content)).testzip() is None
    for response in (as_json, as_zip):
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Disposition"].startswith("attachment")


def test_profile_is_kept_as_typed_without_unseen_signs() -> None:
    lea = make_person("Léa")
    client = signed_in(lea)

    client.post(
        reverse("home:profile"),
        {
            "given_name": "سلمى\x00",
            "family_name": "Rindfleischetikettierungsüberwachung",
            "about": "Je répare\u202e des vélos 🚲",
            "phone": "+33 6 01 02 03 04",
            "language": "en",
        },
    )

    lea.refresh_from_db()
    assert (lea.given_name, lea.about) == ("سلمى", "Je répare des vélos 🚲")
    assert lea.family_name == "Rindfleischetikettierungsüberwachung"
    assert lea.language == "en"


def test_refused_profile_keeps_what_was_typed_and_changes_nothing() -> None:
    lea = make_person("Léa")

    response = signed_in(lea).post(
        reverse("home:profile"), {"given_name": "Zoé", "phone": "appelle-moi", "language": "fr"}
    )

    page = response.content.decode()
    assert 'value="Zoé"' in page
    assert 'value="appelle-moi"' in page
    lea.refresh_from_db()
    assert lea.given_name == "Léa"


def test_visibility_is_chosen_among_words_and_forged_choices_are_refused() -> None:
    lea = make_person()
    client = signed_in(lea)
    chosen = {"profile_audience": "public", "email_audience": "hub", "phone_audience": "network"}

    client.post(reverse("home:visibility"), chosen)
    client.post(reverse("home:visibility"), chosen | {"phone_audience": "public"})

    lea.refresh_from_db()
    assert (lea.profile_audience, lea.email_audience, lea.phone_audience) == (
        Audience.PUBLIC,
        Audience.HUB,
        Audience.NETWORK,
    )


def test_wrong_name_erases_nobody() -> None:
    lea = make_person("Léa")
    client = signed_in(lea)

    for typed in ("", "Zoé"):
        assert client.post(reverse("home:erase"), {"name": typed}).status_code == 200

    lea.refresh_from_db()
    assert lea.state == PersonState.ACTIVE


def test_erased_person_is_signed_out_and_told() -> None:
    lea = make_person("Léa")
    client = signed_in(lea)

    response = client.post(reverse("home:erase"), {"name": "lea"}, follow=True)

    lea.refresh_from_db()
    assert lea.state == PersonState.ERASED
    assert response.status_code == 200
    assert client.get(reverse("home:me")).status_code == 302


def test_who_leaves_is_signed_out() -> None:
    lea = make_resident(make_hub())
    client = signed_in(lea)

    client.post(reverse("home:leave"))

    lea.refresh_from_db()
    assert lea.state == PersonState.LEFT
    assert client.get(reverse("home:me")).status_code == 302


def test_last_administrator_is_told_why_to_stay() -> None:
    admin = make_administrator()

    with translation.override("fr"):
        response = signed_in(admin).post(reverse("home:leave"), follow=True)

    assert "dernière personne qui administre" in response.content.decode()


def test_asking_to_leave_by_a_link_changes_nothing() -> None:
    lea = make_person()
    client = signed_in(lea)

    client.get(reverse("home:leave"))
    client.get(reverse("home:erase"))

    lea.refresh_from_db()
    assert lea.state == PersonState.ACTIVE


def test_language_of_pages_and_mails_changes_together() -> None:
    lea = make_person()
    client = signed_in(lea)

    client.post(reverse("home:set_language"), {"language": "en"})
    client.post(reverse("home:set_language"), {"language": "xx"})

    lea.refresh_from_db()
    assert lea.language == "en"
    assert '<html lang="en"' in read(client, "me")


def test_nothing_of_this_opens_without_signing_in() -> None:
    for name in ("me", "profile", "visibility", "my_data", "my_data_json", "my_data_zip", "erase"):
        assert Client().get(reverse(f"home:{name}")).status_code == 302
