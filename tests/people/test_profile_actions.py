import pytest

from essaim.core import journal
from essaim.core.refusals import NotAllowed
from essaim.people.actions import profile
from essaim.people.models import Audience, Person, Venture
from tests.factories import make_director, make_person, make_venture

pytestmark = pytest.mark.django_db


def test_new_name_is_found_without_accents_and_sorted() -> None:
    lea, zoe = make_person(), make_person("Zoé", family_name="Martin")

    profile.update_profile(person=lea, by=lea, given_name="Élodie", family_name="L’Étang")

    assert list(Person.objects.named("etang elo")) == [lea]
    assert list(Person.objects.by_name()) == [lea, zoe]
    assert [entry.facts for entry in journal.of(lea)] == [{"fields": "family_name given_name"}]


def test_nobody_writes_somebody_elses_profile() -> None:
    lea = make_person()

    with pytest.raises(NotAllowed):
        profile.update_profile(person=lea, by=make_director(), about="pirate")
    with pytest.raises(NotAllowed):
        profile.set_visibility(person=lea, by=make_director(), phone_audience=Audience.NETWORK)


def test_choices_of_visibility_are_journaled() -> None:
    lea = make_person()

    profile.set_visibility(person=lea, by=lea, phone_audience=Audience.HUB)

    lea.refresh_from_db()
    assert lea.phone_audience == Audience.HUB
    assert [entry.facts for entry in journal.of(lea)] == [{"phone_audience": "hub"}]


def test_a_word_about_me_is_not_a_state() -> None:
    lea = make_person()

    with pytest.raises(AssertionError):
        profile.update_profile(person=lea, by=lea, state="erased")


def test_many_people_written_at_once_are_found_too() -> None:
    Person.objects.bulk_create([Person(email="a@example.org", given_name="Şule")])
    Venture.objects.bulk_create([Venture(name="Café Œillet", purpose="p", trade="Torréfaction")])

    assert Person.objects.named("sule").count() == 1
    assert Venture.objects.about("torref").count() == 1


def test_ventures_are_found_by_name_trade_or_challenge() -> None:
    bocaux = make_venture("Les Bocaux", trade="Conserverie", challenge="Gaspillage alimentaire")
    make_venture("Vélos")

    for typed in ("bocaux", "conserv", "GASPI", "ali conserverie"):
        assert list(Venture.objects.about(typed)) == [bocaux]


def test_percent_and_underscore_are_letters_like_others() -> None:
    make_person()

    assert not Person.objects.named("x%").exists()
