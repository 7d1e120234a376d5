"""What stays in a hive is seen by those who live there and by those who look after it."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.exchange.models import HelpExchange, Need, NeedAudience
from essaim.hubs.models import Hub, Residency
from essaim.hubs.rules import hosts_hub, hubs_to_host
from essaim.people.models import Person
from tests.factories import (
    make_administrator,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_resident,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def readers(hub: Hub) -> dict[str, Any]:
    elsewhere = make_hub("Ailleurs")
    return {
        "resident": make_resident(hub),
        "host": make_host(hub),
        "director": make_director(),
        "administrator": make_administrator(),
        "resident elsewhere": make_resident(elsewhere),
        "host elsewhere": make_host(elsewhere),
        "visitor": AnonymousUser(),
    }


def test_a_need_kept_inside_its_hive_is_seen_there_and_by_directors(
    hub: Hub, readers: dict[str, Any]
) -> None:
    need = make_need(readers["resident"], hub, audience=NeedAudience.HUB)

    found = [who for who, person in readers.items() if need in Need.objects.visible_to(person)]

    assert found == ["resident", "host", "director"]


def test_help_is_seen_by_its_two_people_and_by_who_may_settle_it(
    hub: Hub, readers: dict[str, Any]
) -> None:
    helped = make_exchange(make_resident(hub), make_resident(hub), hub)

    found = [
        who for who, person in readers.items() if helped in HelpExchange.objects.visible_to(person)
    ]

    assert found == ["host", "director"]


def test_whoever_may_act_as_a_host_sees_what_there_is_to_act_upon(
    hub: Hub, readers: dict[str, Any]
) -> None:
    author = Person.objects.filter(pk__in=Residency.objects.filter(hub=hub).values("person"))[0]
    need = make_need(author, hub, audience=NeedAudience.HUB)
    members = {who: person for who, person in readers.items() if who not in ("visitor", "resident")}

    may_act = {who for who, person in members.items() if hosts_hub(person, hub.pk)}

    assert may_act == {who for who, each in members.items() if hub in hubs_to_host(each)}
    assert may_act == {
        who for who, each in members.items() if need in Need.objects.visible_to(each)
    }
