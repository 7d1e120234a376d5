import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.exchange.actions import encounters
from essaim.exchange.models import AskState, HelpState, NeedState
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.exchange.meeting import make_encounter, make_guest, place_of
from tests.factories import (
    lend,
    make_ask,
    make_exchange,
    make_hub,
    make_need,
    make_residency,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def lea(hub: Hub) -> Person:
    person = make_resident(hub, given_name="Léa")
    lend(person, make_skill())
    return person


def read(client: Client, person: Person) -> str:
    client.force_login(person)
    return client.get("/ma-journee/").content.decode()


def test_the_ask_that_waits_is_shown_whole_with_its_answers(
    client: Client, lea: Person, hub: Hub
) -> None:
    author = make_resident(hub, given_name="Nadia")
    ask = make_ask(make_need(author, hub, text="Qui relit mon bail avant lundi ?"), lea)
    page = read(client, lea)
    assert "Bonjour Léa" in page
    assert "Qui relit mon bail avant lundi ?" in page
    assert page.count(f'action="/demandes/{ask.pk}/reponse/"') == 2


def test_asks_of_others_and_answered_ones_are_not_shown(
    client: Client, lea: Person, hub: Hub
) -> None:
    author = make_resident(hub)
    make_ask(make_need(author, hub, text="Déjà refusé"), lea, state=AskState.DECLINED)
    make_ask(make_need(author, hub, text="Pour un autre"), make_resident(hub))
    make_ask(make_need(author, hub, text="Déjà trouvé", state=NeedState.IN_HAND), lea)
    page = read(client, lea)
    assert [w in page for w in ("Déjà refusé", "Pour un autre", "Déjà trouvé")] == [False] * 3


def test_an_ask_never_answered_comes_before_one_put_off(
    client: Client, lea: Person, hub: Hub
) -> None:
    author = make_resident(hub)
    old = timezone.now() - timedelta(days=1)
    make_ask(make_need(author, hub, title="Remis"), lea, state=AskState.LATER, sent_at=old)
    make_ask(make_need(author, hub, text="Tout neuf"), lea)
    page = read(client, lea)
    assert page.index("Tout neuf") < page.index("Remis")


def test_my_need_tells_who_was_asked(client: Client, lea: Person, hub: Hub) -> None:
    need = make_need(lea, hub, title="Un fourgon samedi")
    make_ask(need, make_resident(hub, given_name="Omar"), state=AskState.DECLINED)
    make_ask(need, make_resident(hub, given_name="Pia"))
    page = read(client, lea)
    assert "Un fourgon samedi" in page
    assert "<bdi>Omar</bdi> ne peut pas" in page
    assert "<bdi>Pia</bdi> a reçu ta demande" in page


def test_minutes_of_the_month_are_told_in_words(client: Client, lea: Person, hub: Hub) -> None:
    now = timezone.now()
    done = {"state": HelpState.CONFIRMED, "confirmed_at": now}
    make_exchange(lea, make_resident(hub), hub, minutes=90, **done)
    make_exchange(make_resident(hub), make_resident(hub), hub, minutes=240, **done)
    past = done | {"confirmed_at": now - timedelta(days=40)}
    make_exchange(lea, make_resident(hub), hub, minutes=120, **past)
    page = read(client, lea)
    assert "tu as donné 1\u00a0h\u00a030" in page.replace("\u202f", "\u00a0")


def test_help_claimed_by_the_other_waits_for_my_word(client: Client, lea: Person, hub: Hub) -> None:
    omar = make_resident(hub, given_name="Omar")
    claimed = {"state": HelpState.CLAIMED, "claimed_minutes": 45}
    make_exchange(omar, lea, hub, title="Le bail", claimed_by=omar, **claimed)
    make_exchange(lea, omar, hub, title="La banque", claimed_by=lea, **claimed)
    page = read(client, lea)
    assert "Le bail" in page
    assert "La banque" not in page


def test_who_is_new_in_my_hive_is_named(client: Client, lea: Person, hub: Hub) -> None:
    today = timezone.localdate()
    make_residency(make_resident(minutes=0, given_name="Zoé"), hub, since_on=today)
    make_residency(
        make_resident(minutes=0, given_name="Ancien"), hub, since_on=today - timedelta(days=31)
    )
    make_residency(make_resident(minutes=0, given_name="Loin"), make_hub(), since_on=today)
    page = read(client, lea)
    assert [name in page for name in ("Zoé", "Ancien", "Loin")] == [True, False, False]


def test_the_first_day_has_three_steps(client: Client, hub: Hub) -> None:
    page = read(client, make_resident(hub, minutes=0, given_name="Zoé"))
    assert "Trois pas" in page
    assert "Une petite chose" not in page


def test_settled_members_see_no_first_steps(client: Client, lea: Person) -> None:
    assert "Trois pas" not in read(client, lea)


def test_nothing_is_sent_again_while_nothing_changed(client: Client, lea: Person, hub: Hub) -> None:
    client.force_login(lea)
    first = client.get("/ma-journee/demandes/")
    found = re.search(r"known=(\w+)", first.content.decode())
    assert found
    version = found[1]
    assert client.get(f"/ma-journee/demandes/?known={version}").status_code == 204

    make_ask(make_need(make_resident(hub), hub, text="Du neuf"), lea)

    again = client.get(f"/ma-journee/demandes/?known={version}")
    assert again.status_code == 200
    assert "Du neuf" in again.content.decode()
    assert "<html" not in again.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    client: Client, lea: Person, hub: Hub, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        other = make_resident(hub)
        make_ask(make_need(other, hub), lea)
        make_ask(make_need(lea, hub), other)
        make_exchange(other, lea, hub, meets_at=timezone.now() + timedelta(days=1))
        make_residency(make_resident(), hub, since_on=timezone.localdate())
        make_encounter(hub, lea, other)
    client.force_login(lea)
    with django_assert_num_queries(9):
        client.get("/ma-journee/")


def test_whom_i_meet_this_fortnight_is_shown_until_it_is_over(
    client: Client, lea: Person, hub: Hub
) -> None:
    karim = make_guest(hub, given_name="Karim")
    encounter = make_encounter(hub, lea, karim)
    assert f'href="/rencontres/{encounter.pk}/">Karim' in read(client, lea)
    assert "/rencontres/" not in read(client, make_resident(hub))

    encounters.skip(place=place_of(encounter, lea), by=lea)

    assert "/rencontres/" not in read(client, lea)


def test_a_need_whose_time_is_over_asks_what_becomes_of_it(
    client: Client, lea: Person, hub: Hub
) -> None:
    over = make_need(lea, hub, expires_at=timezone.now() - timedelta(hours=1))
    going = make_need(lea, hub)
    page = read(client, lea)
    assert f"/besoins/{over.pk}/suite/" in page
    assert f"/besoins/{going.pk}/suite/" not in page
    assert f"/besoins/{over.pk}/suite/" in client.get(f"/besoins/{over.pk}/").content.decode()
    assert "/suite/" not in client.get(f"/besoins/{going.pk}/").content.decode()
