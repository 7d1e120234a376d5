from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from essaim.exchange.models import AskState, NeedAudience, NeedState, Thanks, ThanksAudience
from essaim.home.digest import news_of_the_hive
from essaim.hubs.models import Hub
from essaim.people.models import Person
from tests.factories import (
    make_ask,
    make_exchange,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def lea(hub: Hub) -> Person:
    return make_resident(hub, given_name="Léa")


def week() -> datetime:
    return timezone.now() - timedelta(days=7)


def sentences(person: Person) -> str:
    with translation.override("fr"):
        return "\n".join(text for text, _path in news_of_the_hive(person, week()))


def thank(author: Person, giver: Person, hub: Hub, text: str, audience: str, **more: Any) -> None:
    Thanks.objects.create(
        exchange=make_exchange(giver, author, hub),
        author=author,
        text=text,
        audience=audience,
        **more,
    )


def test_nothing_new_says_nothing(lea: Person) -> None:
    other = make_hub()
    make_need(make_resident(other), other)
    assert news_of_the_hive(lea, week()) == []


def test_needs_of_my_hive_that_nobody_has_in_hand(lea: Person, hub: Hub) -> None:
    author = make_resident(hub, given_name="Omar")
    make_need(author, hub, title="Un fourgon samedi")
    thought_of = make_need(author, hub, title="On y réfléchit")
    make_ask(thought_of, make_resident(hub))
    refused = make_need(author, hub, title="J’ai dit non")
    make_ask(refused, lea, state=AskState.DECLINED)
    make_need(author, hub, title="Trouvé", state=NeedState.IN_HAND)
    make_need(lea, hub, title="Le mien")
    told = sentences(lea)
    assert "Omar a besoin" in told
    assert [word in told for word in ("fourgon", "réfléchit", "dit non", "Trouvé", "Le mien")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_two_needs_are_enough(lea: Person, hub: Hub) -> None:
    for _number in range(4):
        make_need(make_resident(hub), hub, audience=NeedAudience.HUB)
    assert len(news_of_the_hive(lea, week())) == 2


def test_newcomers_are_named_in_one_line(lea: Person, hub: Hub) -> None:
    for name in ("Ana", "Bob", "Cyd", "Dan", "Eve", "Flo"):
        make_residency(make_person(name), hub, since_on=timezone.localdate())
    make_residency(make_person("Ancienne"), hub)
    assert "Ana, Bob, Cyd, Dan, et 2 de plus" in sentences(lea)
    assert "Ancienne" not in sentences(lea)


def test_thanks_reach_those_who_may_read_them(lea: Person, hub: Hub) -> None:
    author, giver, other = make_resident(hub), make_resident(hub), make_hub()
    thank(author, giver, hub, "Pour le bail", ThanksAudience.HUB)
    thank(author, giver, hub, "Entre nous", ThanksAudience.PRIVATE)
    thank(author, giver, hub, "Jadis", ThanksAudience.HUB, created_at=week() - timedelta(days=1))
    thank(make_resident(other), make_resident(other), other, "Ailleurs", ThanksAudience.HUB)
    told = sentences(lea)
    assert [w in told for w in ("Pour le bail", "Entre nous", "Jadis", "Ailleurs")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_one_need_from_afar_is_drawn_the_same_twice(lea: Person, hub: Hub) -> None:
    other = make_hub("Le Port")
    make_residency(make_person(), hub, since_on=timezone.localdate())
    for number in range(8):
        make_need(make_resident(other), other, title=f"Loin {number}")
    make_need(make_resident(other), other, title="Entre eux", audience=NeedAudience.HUB)
    first, again = sentences(lea), sentences(lea)
    assert first == again
    assert first.count("Le Port") == 1
    assert "Entre eux" not in first
