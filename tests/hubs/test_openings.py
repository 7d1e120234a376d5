from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from essaim.core import journal
from essaim.hubs.models import Host, Hub, Invitation, Residency
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person
from essaim.people.rules import is_administrator, is_director
from tests.factories import make_administrator, make_person

pytestmark = pytest.mark.django_db


def open_hub(name: str = "La Halle", host: str = "Aïcha Diallo <aicha@example.org>") -> str:
    told = StringIO()
    call_command("open_hub", name, town="Nantes", host=host, stdout=told)
    return told.getvalue()


def test_first_hive_opens_with_a_link_for_who_runs_the_network(client: Client) -> None:
    told = open_hub()

    link = next(line for line in told.splitlines() if line.startswith("http"))
    path = link.removeprefix(settings.PUBLIC_URL)
    answers = {"given_name": "Aïcha", "family_name": "Diallo", "language": "fr", "password": ""}
    client.post(path, answers)

    person = Person.objects.get(email="aicha@example.org")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert is_administrator(person)
    assert is_director(person)
    hub = Hub.objects.get(slug="la-halle")
    assert hosts_hub(person, hub.pk)
    assert [line.verb for line in journal.of(hub)] == ["hub.create"]


def test_next_hosts_do_not_run_the_network() -> None:
    make_administrator()

    open_hub()

    person = Person.objects.get(email="aicha@example.org")
    assert not is_administrator(person)
    assert not is_director(person)


def test_member_who_opens_a_hive_needs_no_letter() -> None:
    person = make_person(email="aicha@example.org")

    told = open_hub()

    assert "http" not in told
    assert not Invitation.objects.exists()
    assert Host.objects.get().person == Residency.objects.get().person == person


def test_second_hive_of_the_same_name_is_refused() -> None:
    open_hub()

    with pytest.raises(CommandError):
        open_hub(host="zoe@example.org")

    assert Hub.objects.count() == 1
    assert not Person.objects.filter(email="zoe@example.org").exists()


def test_host_without_an_address_is_refused() -> None:
    with pytest.raises(CommandError):
        open_hub(host="Aïcha Diallo")

    assert not Hub.objects.exists()
