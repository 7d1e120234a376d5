"""An unsuitable photo: a host of the person's hive takes it down, and never in silence."""

import pytest
from django.test import Client
from django.urls import reverse

from essaim.core import journal
from essaim.core.models import Document, Notice
from essaim.core.refusals import NotAllowed
from essaim.hubs.actions.photos import NoPhoto, take_photo_down
from essaim.hubs.models import Hub
from essaim.people.actions.photos import set_photo
from essaim.people.models import Person
from tests.factories import make_director, make_host, make_hub, make_resident
from tests.pictures import picture, sent

pytestmark = pytest.mark.django_db


def with_photo(hub: Hub) -> Person:
    person = make_resident(hub, given_name="Zoé", language="fr")
    set_photo(person=person, upload=sent(picture()), by=person)
    return person


def test_the_photo_goes_with_its_files_and_the_person_is_told_by_whom() -> None:
    hub = make_hub()
    person, host = with_photo(hub), make_host(hub, given_name="Karim")

    take_photo_down(person=person, by=host)

    person.refresh_from_db()
    notice = Notice.objects.get(recipient=person)
    assert (person.photo_id, person.photo_small_id, Document.objects.count()) == (None, None, 0)
    assert notice.title == f"{host.name} a retiré ta photo"
    last = journal.of(person).latest("at")
    assert (last.verb, last.actor_id) == ("person.take_photo_down", host.pk)


def test_a_director_may_and_other_hosts_members_and_the_host_themself_may_not() -> None:
    hub = make_hub()
    person = with_photo(hub)

    for other in (make_host(make_hub()), make_resident(hub), person):
        with pytest.raises(NotAllowed):
            take_photo_down(person=person, by=other)
    assert Document.objects.count() == 2

    take_photo_down(person=person, by=make_director())

    assert Document.objects.count() == 0


def test_a_photo_that_is_gone_already_tells_nobody() -> None:
    hub = make_hub()
    person, host = with_photo(hub), make_host(hub)
    take_photo_down(person=person, by=host)

    with pytest.raises(NoPhoto):
        take_photo_down(person=person, by=host)

    assert Notice.objects.filter(recipient=person).count() == 1


def test_the_button_stands_on_the_page_for_the_host_while_there_is_a_photo(client: Client) -> None:
    hub = make_hub()
    person = with_photo(hub)
    page, button = reverse("home:person", args=[person.pk]), "Retirer la photo"
    client.force_login(make_resident(hub))
    assert button not in client.get(page).content.decode()
    client.force_login(make_host(hub))
    assert button in client.get(page).content.decode()

    answer = client.post(reverse("home:photo_take_down", args=[person.pk]), follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert button not in answer.content.decode()
    assert "la personne est prévenue" in answer.content.decode()


def test_the_host_of_another_hive_finds_nothing(client: Client) -> None:
    person = with_photo(make_hub())
    client.force_login(make_host(make_hub()))

    answer = client.post(reverse("home:photo_take_down", args=[person.pk]))

    assert (answer.status_code, Document.objects.count()) == (404, 2)
