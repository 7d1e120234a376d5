from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from essaim.core.models import Notice
from essaim.exchange.models import AskState, NeedState
from essaim.home import frame
from essaim.people.models import Person
from tests.factories import (
    make_administrator,
    make_ask,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
)

pytestmark = pytest.mark.django_db


def around(person: Person, path: str = "/") -> Any:
    request = RequestFactory().get(path)
    request.user = person
    return frame.frame(request)["frame"]


def test_the_hive_where_one_has_been_longest_is_named() -> None:
    person = make_resident(make_hub("La Halle"))
    make_residency(person, make_hub("Le Port"), since_on=timezone.localdate() - timedelta(days=5))
    assert around(person).hub_name == "La Halle"


def test_asks_that_wait_are_counted_on_my_day() -> None:
    hub = make_hub()
    author, helper = make_resident(hub), make_resident(hub)
    make_ask(make_need(author, hub), helper)
    make_ask(make_need(author, hub), helper, state=AskState.LATER)
    make_ask(make_need(author, hub), helper, state=AskState.DECLINED)
    make_ask(make_need(author, hub, state=NeedState.WITHDRAWN), helper)
    make_ask(make_need(author, hub), make_resident(hub))
    assert [place.count for place in around(helper).places] == [2, 0, 0, 0]


def test_messages_to_read_are_counted() -> None:
    person = make_person()
    for number in range(3):
        Notice.objects.create(recipient=person, code="x", key=f"x{number}", title="x")
    Notice.objects.create(recipient=person, code="x", key="read", title="x", read_at=timezone.now())
    assert around(person).unread == 3


def test_the_machine_is_offered_to_administrators_alone() -> None:
    offered = [d.url for d in around(make_administrator()).duties]
    assert offered == ["/machine/", "/reseau/roles/"]
    assert around(make_person()).duties == ()


def test_hosts_find_their_monday_and_the_figures() -> None:
    offered = [d.url for d in around(make_host(make_hub())).duties]
    assert offered == [
        "/lundi/", "/hote/vendredi/", "/hote/rencontres/", "/buzz/", "/chiffres-de-la-ruche/"
    ]  # fmt: skip


def test_a_host_who_lives_nowhere_reads_the_hive_they_animate() -> None:
    assert around(make_host(make_hub("Le Port"))).hub_name == "Le Port"


def test_it_costs_one_query(django_assert_num_queries: Any) -> None:
    person = make_host(make_hub())
    with django_assert_num_queries(1):
        assert around(person).person == person
