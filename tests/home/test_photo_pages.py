"""« Ma photo », the places where a photo is shown, and what taking leave does to it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from essaim.core.models import Document
from essaim.exchange import answer_links
from essaim.home import export
from essaim.home.actions.leaving import erase_person
from essaim.people.actions.photos import set_photo
from essaim.people.models import Audience, Person
from tests.factories import (
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
    make_venture,
)
from tests.pictures import picture, sent

pytestmark = pytest.mark.django_db

PAGE = "/moi/photo/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown(person: Person) -> Person:
    set_photo(person=person, upload=sent(picture()), by=person)
    return person


def test_a_photo_is_put_changed_and_taken_away() -> None:
    person = make_person()
    client = signed_in(person)
    assert "Ajouter ma photo" in client.get("/moi/").content.decode()
    assert "Retirer ma photo" not in client.get(PAGE).content.decode()

    response = client.post(PAGE, {"photo": sent(picture())}, follow=True)

    person = Person.objects.get(pk=person.pk)
    assert person.big_photo_url in response.content.decode()
    assert "Changer ma photo" in response.content.decode()
    assert "Retirer ma photo" in client.get(PAGE).content.decode()

    client.post(f"{PAGE}retirer/")

    assert Person.objects.get(pk=person.pk).photo_id is None
    assert client.get(f"{PAGE}retirer/").status_code == 405


def test_it_is_said_beforehand_who_will_see_it() -> None:
    for audience, said in (
        (Audience.NETWORK, "Tous les membres du réseau la voient, personne d’autre."),
        (Audience.PUBLIC, "tout le monde voit ta photo."),
    ):
        page = signed_in(make_person(profile_audience=audience)).get(PAGE).content.decode()
        assert said in page


def test_a_refused_file_is_explained_beside_the_field() -> None:
    client = signed_in(make_person())

    for sending, said in (
        ({}, "Choisis d’abord une image."),
        ({"photo": sent(b"%PDF-1")}, "Ce fichier est un PDF."),
        ({"photo": sent(b"")}, "Ce fichier est vide."),
    ):
        response = client.post(PAGE, sending)
        assert response.status_code == 400
        assert said in response.content.decode()


def test_a_file_beyond_the_limit_is_refused_while_it_arrives(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000

    response = signed_in(make_person()).post(PAGE, {"photo": sent(picture((900, 900)))})

    assert response.status_code == 400
    assert "Ce fichier est trop lourd" in response.content.decode()
    assert Document.objects.count() == 0


def test_it_is_shown_wherever_the_person_is(lea: Person, karim: Person) -> None:
    hub = make_hub()
    for person in (lea, karim):
        make_residency(person, hub)
    venture = make_venture("Bocaux", karim)
    need = make_need(karim, hub)
    ask = make_ask(need, lea)
    help_given = make_exchange(karim, lea, hub)
    pages = [
        reverse("home:directory"),
        reverse("home:person", args=[karim.pk]),
        reverse("home:hub", args=[hub.slug]),
        reverse("home:venture", args=[venture.pk]),
        reverse("home:day"),
        reverse("exchange:need", args=[need.pk]),
        reverse("exchange:ask", args=[ask.pk]),
        reverse("exchange:help", args=[help_given.pk]),
    ]
    client = signed_in(lea)

    for page in pages:
        content = client.get(page).content.decode()
        assert karim.photo_url in content or karim.big_photo_url in content, page


@pytest.fixture
def lea() -> Person:
    return make_person("Léa")


@pytest.fixture
def karim() -> Person:
    return shown(make_person("Karim"))


def test_newcomers_and_hosts_show_theirs(lea: Person) -> None:
    hub = make_hub()
    make_residency(lea, hub)
    newcomer, host = shown(make_person()), shown(make_host(hub))
    make_residency(newcomer, hub, since_on=timezone.localdate())
    client = signed_in(lea)

    assert newcomer.photo_url in client.get(reverse("home:day")).content.decode()
    assert host.photo_url in client.get(reverse("home:hub", args=[hub.slug])).content.decode()


def test_pictures_have_their_size_and_no_words_twice(lea: Person, karim: Person) -> None:
    """The name is written beside it: to say it again would be noise."""
    list_page = signed_in(lea).get(reverse("home:directory"), {"ou": "reseau"}).content.decode()

    assert (
        f'<img src="{karim.photo_url}" alt="" width="96" height="96" loading="lazy" '
        'decoding="async">' in list_page
    )


@pytest.mark.parametrize("size", [1, 3])
def test_a_directory_of_photos_costs_no_more(size: int, django_assert_num_queries: Any) -> None:
    hub = make_hub()
    for _ in range(size):
        shown(make_resident(hub))
    client = signed_in(make_resident(hub))

    with django_assert_num_queries(9):
        client.get(reverse("home:directory"), {"ou": "reseau"})


def test_a_photo_costs_four_queries(client: Client, django_assert_num_queries: Any) -> None:
    person = shown(make_person())
    client.force_login(make_person())

    with django_assert_num_queries(4):
        client.get(person.photo_url)


def test_who_answers_from_a_mail_without_signing_in_sees_initials(client: Client) -> None:
    hub = make_hub()
    author = shown(make_resident(hub))
    ask = make_ask(make_need(author, hub), make_resident(hub))

    page = client.get(answer_links.path_for(ask)).content.decode()

    assert "/photos/" not in page


def test_export_holds_the_photo() -> None:
    person = shown(make_person())

    archive = zipfile.ZipFile(io.BytesIO(export.package(person)))

    assert f"documents/{person.photo_id}-photo-320.webp" in archive.namelist()
    assert archive.read(f"documents/{person.photo_id}-photo-320.webp")[8:12] == b"WEBP"


def test_erasure_takes_the_photo_and_its_files() -> None:
    person = shown(make_person())

    erase_person(person=person, by=person)

    person = Person.objects.get(pk=person.pk)
    assert (person.photo_id, person.photo_small_id) == (None, None)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
