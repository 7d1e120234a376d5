"""The pages that people open most, each seen by twenty different people."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from urllib.parse import quote

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from essaim.exchange.figures.community import QUESTIONS
from essaim.exchange.models import Ask, AskState, HelpExchange, Need, NeedState
from essaim.home.models import FigureWeek
from essaim.home.week_counts import Week, count_week
from essaim.home.weeks import mondays
from essaim.hubs.models import Host, Hub, Residency
from essaim.people.models import Affiliation, Person
from tests.bench.meter import EMPTY, EMPTY_SIGNED_IN, Visit, cookies_of

PEOPLE = 20
# Milliseconds of processor time, median.
PAGE_MS, DAY_MS, MATCHING_MS, QUERIES = 25.0, 15.0, 60.0, 12.0
TYPING_MS = 50.0
TYPED = (
    "Je cherche quelqu’un pour relire mon plan de financement avant le rendez-vous avec la banque",
    "Bonjour à tous, qui saurait faire connaître notre association sur les réseaux sociaux ?",
    "Quelqu’un·e pour nous aider à écrire les statuts de notre future SCIC avant l’été ?",
    "looking for someone to review our funding plan and our pitch before next Thursday please",
)
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
    typing = [_typing(number, cookies[person.pk]) for number, person in enumerate(people)]
    return [*_anonymous(), *found, *typing, *_host_pages()]


def _typing(number: int, cookies: dict[str, str]) -> Visit:
    """A title and skills for a sentence that is being typed, more or less of it."""
    text = TYPED[number % len(TYPED)]
    typed = {"text": text[: 20 + 4 * number], "urgency": "week", "audience": "network"}
    return Visit("typing", reverse("exchange:need_propose"), cookies, typed)


def _anonymous() -> Iterator[Visit]:
    for _ in range(PEOPLE):
        yield Visit(EMPTY, reverse("empty"))
        yield Visit("front", reverse("home:front"))


def _host_pages() -> Iterator[Visit]:
    everyone = hosts()
    _count_weeks(everyone)
    cookies = {person.pk: cookies_of(person) for person in everyone}
    for page, address in HOST_PAGES.items():
        for number, person in enumerate(islice(cycle(everyone), PEOPLE)):
            yield Visit(page, address(person, number), cookies[person.pk])


def _count_weeks(people: list[Person]) -> None:
    """As the worker does at night: in earnest for one hive, whose weeks the others are lent."""
    now = timezone.now()
    first, *others = Hub.objects.filter(hosts__person__in=people).distinct().order_by("pk")
    for monday in mondays(timezone.localdate(), 13):
        count_week(Week(first.pk, monday, first.time_zone), now)
    rows = list(FigureWeek.objects.filter(hub=first))
    for hub in others:
        FigureWeek.objects.filter(hub=hub).delete()
        for row in rows:
            row.pk, row.hub_id = None, hub.pk
        FigureWeek.objects.bulk_create(rows)


def _plain(name: str) -> Address:
    return lambda _person, _number: reverse(name)


def _residents(person: Person, _number: int) -> str:
    return reverse("home:residents", args=[Hub.objects.hosted_by(person)[0].slug])


def _weeks(person: Person, number: int) -> str:
    question = QUESTIONS[number % len(QUESTIONS)]
    return reverse("home:weeks", args=[question.slug])


HOST_PAGES: dict[str, Address] = {
    "monday": _plain("home:monday"),
    "queue": _plain("exchange:queue"),
    "board": _plain("home:board"),
    "weeks": _weeks,
    "residents": _residents,
    "invitations": _plain("hubs:invitations"),
}


def _addresses() -> dict[str, Address]:
    others = list(Affiliation.objects.current().order_by("-id")[:PEOPLE])
    return {
        EMPTY_SIGNED_IN: _plain("empty_signed_in"),
        "day": _plain("home:day"),
        "needs": _plain("exchange:needs"),
        "need_new": _plain("exchange:need_new"),
        "preview": _preview,
        "need": _need,
        "ask": _ask,
        "directory": _plain("home:directory"),
        "needs_search": lambda _person, number: (
            reverse("exchange:needs") + f"?in=network&q={quote(SEARCHES[number % len(SEARCHES)])}"
        ),
        "directory_search": lambda _person, number: (
            reverse("home:directory") + f"?q={quote(SEARCHES[number % len(SEARCHES)])}"
        ),
        "person": lambda _person, number: reverse(
            "home:person", args=[others[number % len(others)].person_id]
        ),
        "ventures": _plain("home:ventures"),
        "venture": lambda _person, number: reverse(
            "home:venture", args=[others[number % len(others)].venture_id]
        ),
        "skills": _plain("home:skills"),
        "me": _plain("home:me"),
        "toolbox": _plain("exchange:toolbox"),
        "helps": _plain("exchange:helps"),
        "help": _help,
        "brain_time": _plain("exchange:brain_time"),
        "notices": _plain("core:notices"),
    }


def _need(person: Person, number: int) -> str:
    """Now and then one's own, with the people asked; else one from the list."""
    shown = Need.objects.visible_to(person).exclude(state=NeedState.DRAFT).order_by("-id")
    own = shown.filter(author=person).first() if number % 2 else None
    return reverse("exchange:need", args=[(own or shown[number]).pk])


def _ask(person: Person, number: int) -> str:
    """Whoever was never asked anything opens the need instead, as they would from the list."""
    mine = Ask.objects.filter(helper=person).order_by("state", "-id").values_list("pk", flat=True)
    found = mine.first()
    return reverse("exchange:ask", args=[found]) if found else _need(person, number)


def _preview(person: Person, number: int) -> str:
    """A draft with the people who would be asked: the search for helpers."""
    told = Need.objects.filter(state=NeedState.MET).order_by("-id")[number]
    hub_id = Residency.objects.current().filter(person=person).values_list("hub", flat=True)[0]
    draft = Need.objects.create(author=person, hub_id=hub_id, title=told.title, text=told.text)
    draft.skills.set(told.skills.all())
    return reverse("exchange:need_preview", args=[draft.pk])


def _help(person: Person, number: int) -> str:
    """One's latest help; whoever has none yet opens the list."""
    mine = HelpExchange.objects.of(person).order_by("-id").first()
    return reverse("exchange:help", args=[mine.pk]) if mine else reverse("exchange:helps")


def targets_of(page: str) -> dict[str, float | None]:
    if page in (EMPTY, EMPTY_SIGNED_IN):
        return {"queries": None, "cpu_ms": None}
    if page == "preview":
        return {"queries": None, "cpu_ms": MATCHING_MS}
    if page == "typing":
        return {"queries": QUERIES, "cpu_ms": TYPING_MS}
    return {"queries": QUERIES, "cpu_ms": DAY_MS if page == "day" else PAGE_MS}
