"""The photo of a person: put by themselves alone, seen by who may see their page."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from essaim.core import journal
from essaim.core.models import Document
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.people.actions.photos import remove_photo, set_photo
from essaim.people.models import Audience, Person, PersonState
from tests.factories import make_administrator, make_host, make_hub, make_person, make_resident
from tests.pictures import picture, sent

pytestmark = pytest.mark.django_db


def with_photo(*, state: PersonState = PersonState.ACTIVE, **fields: Any) -> Person:
    person = make_person(**fields)
    set_photo(person=person, upload=sent(picture()), by=person)
    person.state = state
    person.save(update_fields=["state"])
    return person


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_two_sizes_are_kept_and_the_name_of_the_file_is_not() -> None:
    person = with_photo()

    assert person.photo is not None
    assert person.photo_small is not None
    assert (person.photo_small.name, person.photo.name) == ("photo-96.webp", "photo-320.webp")
    assert {photo.owner_id for photo in (person.photo, person.photo_small)} == {person.pk}
    assert len(files()) == 2
    assert [entry.verb for entry in journal.of(person)] == ["person.set_photo"]


def test_another_photo_takes_the_place_of_the_first_and_has_another_address() -> None:
    person = with_photo()
    before = person.photo_url

    set_photo(person=person, upload=sent(picture((500, 500))), by=person)

    assert person.photo_url != before
    assert len(files()) == Document.objects.count() == 2


def test_a_refused_picture_leaves_the_one_before() -> None:
    person = with_photo()

    with pytest.raises(Refusal):
        set_photo(person=person, upload=sent(b"%PDF-"), by=person)

    assert Person.objects.get(pk=person.pk).photo_id == person.photo_id
    assert len(files()) == 2


def test_a_photo_taken_away_leaves_no_file() -> None:
    person = with_photo()

    remove_photo(person=person, by=person)

    person = Person.objects.get(pk=person.pk)
    assert (person.photo_url, person.big_photo_url) == ("", "")
    assert files() == []


def test_nobody_puts_or_takes_the_photo_of_somebody_else() -> None:
    hub = make_hub()
    person = make_resident(hub)

    for other in (make_host(hub), make_administrator()):
        with pytest.raises(NotAllowed):
            set_photo(person=person, upload=sent(picture()), by=other)
        with pytest.raises(NotAllowed):
            remove_photo(person=person, by=other)
    assert Document.objects.count() == 0


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.ERASED])
def test_who_was_forgotten_while_the_photo_was_on_its_way_gets_none(state: PersonState) -> None:
    person = make_person()
    Person.objects.filter(pk=person.pk).update(state=state)

    with pytest.raises(Overtaken):
        set_photo(person=person, upload=sent(picture()), by=person)

    assert (files(), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("fields", "viewer", "status"),
    [
        ({}, "self", 200),
        ({}, "member", 200),
        ({}, "visitor", 404),
        ({"profile_audience": Audience.PUBLIC}, "visitor", 200),
        ({"state": PersonState.LEFT}, "member", 404),
        ({"state": PersonState.LEFT, "profile_audience": Audience.PUBLIC}, "visitor", 404),
    ],
)
def test_it_is_seen_by_who_may_see_the_page(
    client: Client, fields: dict[str, Any], viewer: str, status: int
) -> None:
    person = with_photo(**fields)
    if viewer != "visitor":
        client.force_login(person if viewer == "self" else make_person())

    for pk in (person.photo_id, person.photo_small_id):
        assert client.get(f"/photos/{pk}/").status_code == status


def test_the_browser_may_keep_it_for_an_hour_and_nobody_on_the_way(client: Client) -> None:
    person = with_photo()
    client.force_login(make_person())

    response = client.get(person.photo_url)

    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert response.headers["Content-Type"] == "image/webp"
    assert "Cookie" in response.headers["Vary"]
    assert response.content[8:12] == b"WEBP"


def test_no_other_document_is_served_as_a_photo(client: Client) -> None:
    owner = make_person()
    document = Document(purpose="proof", owner=owner, name="x", content_type="text/html", size=1)
    document.file.save("", sent(b"<script>"), save=False)
    document.save()
    client.force_login(owner)

    assert client.get(f"/photos/{document.pk}/").status_code == 404


def test_a_photo_without_its_owner_is_nobodys(client: Client) -> None:
    person = with_photo(profile_audience=Audience.PUBLIC)
    Document.objects.update(owner=None)

    assert client.get(person.photo_url).status_code == 404


def test_a_photo_that_the_disk_lost_is_not_found(client: Client) -> None:
    person = with_photo()
    client.force_login(person)
    for path in files():
        path.unlink()

    assert client.get(person.photo_url).status_code == 404


def test_the_address_of_who_left_is_not_told() -> None:
    assert with_photo(state=PersonState.LEFT).photo_url == ""
