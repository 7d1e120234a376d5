"""The pages that people open most, each seen by twenty different people."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice

from django.db.models import Exists, OuterRef
from django.urls import reverse

from essaim.exchange.models import Ask, AskState
from essaim.hubs.models import Host, Residency
from essaim.people.models import Person
from tests.bench.meter import EMPTY, EMPTY_SIGNED_IN, Visit, cookies_of

PEOPLE = 20
# Milliseconds of processor time, median.
PAGE_MS, DAY_MS, QUERIES = 25.0, 15.0, 12.0
SEARCHES = ("compta", "communication site", "marie", "financement", "Léa")

Address = Callable[[Person, int], str]


def members() -> list[Person]:
    """Half of them are asked something now; the others are drawn along the whole network."""
    asked = Ask.objects.filter(helper=OuterRef("pk"), state=AskState.SENT)
    here = Residency.objects.current().filter(person=OuterRef("pk"))
    residents = Person.objects.filter(Exists(here), state="active").order_by("id")
    busy = residents.filter(Exists(asked))[: PEOPLE // 2]
    step = max(residents.count() // (PEOPLE // 2), 1)
    return [*busy, *residents[::step][: PEOPLE - len(busy)]]


def hosts() -> list[Person]:
    hosting = Host.objects.current().filter(person=OuterRef("pk"))
    return list(Person.objects.filter(Exists(hosting)).order_by("id")[:PEOPLE])


def visits() -> list[Visit]:
    people, found = members(), []
    cookies = {person.pk: cookies_of(person) for person in people}
    for page, address in _addresses().items():
        for number, person in enumerate(people):
            found.append(Visit(page, address(person, number), cookies[person.pk]))
    return [*_anonymous(), *found, *_host_pages()]


def _anonymous() -> Iterator[Visit]:
    for _ in range(PEOPLE):
        yield Visit(EMPTY, reverse("empty"))


def _host_pages() -> Iterator[Visit]:
    everyone = hosts()
    cookies = {person.pk: cookies_of(person) for person in everyone}
    for page, name in HOST_PAGES.items():
        for person in islice(cycle(everyone), PEOPLE):
            yield Visit(page, reverse(name), cookies[person.pk])


HOST_PAGES: dict[str, str] = {"invitations": "hubs:invitations"}


def _addresses() -> dict[str, Address]:
    def plain(name: str) -> Address:
        return lambda person, number: reverse(name)

    return {
        EMPTY_SIGNED_IN: plain("empty_signed_in"),
        "notices": plain("core:notices"),
    }


def targets_of(page: str) -> dict[str, float | None]:
    if page in (EMPTY, EMPTY_SIGNED_IN):
        return {"queries": None, "cpu_ms": None}
    return {"queries": QUERIES, "cpu_ms": DAY_MS if page == "day" else PAGE_MS}
