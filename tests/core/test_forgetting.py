"""Spreadsheets that call somebody by an address other than the one they sign in with."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from essaim.core.imports import forgetting, receiving
from essaim.core.models import Document, ImportLine
from essaim.people.models import Person
from tests.core import importing
from tests.factories import make_host, make_hub, make_person

pytestmark = pytest.mark.django_db

OTHER, MAIN = "Zoe.Perso@example.net", "zoe@example.org"
LIST = "Prénom;E-mail\nZoé;zoe.perso@example.net\nAna;ana@example.org\n"


def host_and_zoe() -> tuple[Person, Person]:
    return make_host(make_hub()), make_person(email=MAIN)


def test_a_line_that_was_read_goes_and_its_neighbour_stays() -> None:
    host, zoe = host_and_zoe()
    run = importing.bring("people", LIST, by=host, hub_id=host.hostings.get().hub_id)

    forgetting.forget(zoe, [MAIN, OTHER])

    assert [line.values["email"] for line in run.lines.all()] == ["ana@example.org"]


def test_a_line_that_nobody_read_yet_goes_too() -> None:
    host, zoe = host_and_zoe()
    importing.receive("people", LIST, by=host, hub_id=host.hostings.get().hub_id)

    forgetting.forget(zoe, [MAIN, OTHER])

    assert ImportLine.objects.count() == 1


def test_a_file_that_waits_goes_with_every_address_it_names() -> None:
    host, zoe = host_and_zoe()
    upload = SimpleUploadedFile("liste.csv", "Qui;Où\nElle;zoe.perso@example.net\n".encode())
    hub_id = host.hostings.get().hub_id
    receiving.receive_file(upload=upload, kind=None, hub_id=hub_id, by=host)
    forgetting.forget(zoe, [MAIN])
    assert Document.objects.count() == 1

    forgetting.forget(zoe, [MAIN, OTHER])

    assert Document.objects.count() == 0
