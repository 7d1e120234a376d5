import pytest

from essaim.people.models import Affiliation, Person, Venture
from tests.factories import make_person, make_venture

pytestmark = pytest.mark.django_db


def test_among_finds_the_rows_of_those_ids_and_no_others() -> None:
    ada, bob, eve = (make_person(name) for name in ("Ada", "Bob", "Eve"))

    found = Person.objects.filter(pk__among=[ada.pk, eve.pk])

    assert set(found) == {ada, eve}
    assert set(Person.objects.exclude(pk__among=[ada.pk, eve.pk])) == {bob}


def test_among_follows_a_link() -> None:
    ada, bob = make_person("Ada"), make_person("Bob")
    make_venture("Les Bocaux", ada)
    make_venture("Le Four", bob)

    found = Affiliation.objects.filter(person__among=[bob.pk])

    assert [row.venture.name for row in found] == ["Le Four"]
    assert list(
        Venture.objects.filter(affiliations__person__among=[ada.pk]).values_list("name")
    ) == [("Les Bocaux",)]


def test_among_nobody_finds_nothing() -> None:
    make_person()
    assert not Person.objects.filter(pk__among=[]).exists()
