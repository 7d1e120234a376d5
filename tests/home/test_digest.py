from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation

from essaim.core import digest, outbox
from essaim.core.models import OutboxRow
from essaim.exchange import exposure
from essaim.exchange.models import (
    AskState,
    NeedAudience,
    NeedShown,
    NeedState,
    Thanks,
    ThanksAudience,
)
from essaim.exchange.sweeps.letters import forget_what_was_shown
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


def test_who_lives_in_two_hives_reads_one_letter_that_tells_each_thing_once(
    lea: Person, hub: Hub
) -> None:
    other = make_hub("Le Port")
    make_residency(lea, other)
    newcomer = make_person("Ana")
    for each in (hub, other):
        make_residency(newcomer, each, since_on=timezone.localdate())
        make_need(make_resident(each), each, title=f"Besoin de {each.name}")

    now = timezone.now()
    friday = digest.last_friday(now)
    letter = datetime.combine(friday, digest.LEAVES).astimezone() + timedelta(minutes=5)
    digest.write_fridays_letters(letter)
    OutboxRow.objects.exclude(payload__person=str(lea.pk)).delete()
    outbox.deliver(limit=10)

    [message] = mail.outbox
    assert message.to == [lea.email]
    body = str(message.body)
    assert [body.count(w) for w in ("Ana", "Besoin de La Halle", "Besoin de Le Port")] == [1, 1, 1]


def test_needs_take_turns_from_letter_to_letter(hub: Hub) -> None:
    author = make_resident(hub)
    for number in range(6):
        make_need(author, hub, title=f"Besoin {number}")
    readers = [make_resident(hub) for _number in range(9)]

    told = Counter(line for reader in readers for line, _path in news_of_the_hive(reader, week()))

    # Nine letters of two: each of the six needs in three of them.
    assert set(told.values()) == {3}


def test_a_need_that_climbed_is_shown_more_often(hub: Hub) -> None:
    author = make_resident(hub)
    stuck = make_need(author, hub, title="Personne ne répond", level=3)
    others = [make_need(author, hub, title=f"Besoin {n}", level=1) for n in range(4)]
    for reader in [make_resident(hub) for _number in range(12)]:
        news_of_the_hive(reader, week())

    shown = Counter(NeedShown.objects.values_list("need_id", flat=True))
    assert shown[stuck.pk] == 8
    assert [shown[need.pk] for need in others] == [4, 4, 4, 4]


def test_nobody_reads_the_same_need_every_friday(lea: Person, hub: Hub) -> None:
    author = make_resident(hub)
    for number in range(4):
        make_need(author, hub, title=f"Besoin {number}")
    news_of_the_hive(lea, week() - timedelta(days=7))
    first = set(NeedShown.objects.values_list("need_id", flat=True))

    news_of_the_hive(lea, week())

    assert NeedShown.objects.filter(need__in=first).count() == 2
    assert NeedShown.objects.count() == 4


def test_what_letters_of_long_ago_showed_is_forgotten(lea: Person, hub: Hub) -> None:
    need, today = make_need(make_resident(hub), hub), timezone.localdate()
    for days in (1, 55, 57):
        NeedShown.objects.create(need=need, reader=lea, on=today - timedelta(days=days))

    forget_what_was_shown(timezone.now())

    assert NeedShown.objects.count() == 2


def test_what_is_seldom_seen_from_afar_is_drawn_more_often(lea: Person, hub: Hub) -> None:
    other = make_hub("Le Port")
    often, seldom = (make_need(make_resident(other), other, title=t) for t in ("Vu", "Neuf"))
    for _number in range(9):
        NeedShown.objects.create(need=often, reader=make_person(), on=timezone.localdate())
    seen = exposure.seen_lately([often.pk, seldom.pk], lea, timezone.localdate())

    drawn = Counter(
        exposure.drawn([often, seldom], seen, Random(number)).title for number in range(400)
    )

    assert 300 < drawn["Neuf"] < 400
    assert drawn["Vu"] > 0


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
