"""Who lives in the simulated hive: people of the demonstration, with what they really know."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import cycle
from random import Random
from uuid import UUID

from essaim.exchange.actions import capacity
from essaim.home.demo import corpus
from essaim.home.demo.records import DemoNeed, DemoPerson
from essaim.home.demo.world import PLEDGES
from essaim.hubs.actions.residencies import move_in
from essaim.hubs.models import Host, Hub
from essaim.people.models import Affiliation, Person, PersonState, Skill, SkillKind, Venture
from tests.bench.year.assumed import NEWCOMERS, Assumed

QUARTER = 15


class Temper(StrEnum):
    SILENT = "silent"
    EAGER = "eager"
    USUAL = "usual"


@dataclass
class Member:
    """`knows`: codes of the skills lent; `families`: their parents. `underway`: help promised."""

    person: Person
    knows: frozenset[str]
    families: frozenset[str]
    temper: Temper
    energy: float
    pledge: int
    away: list[tuple[date, date]]
    left: bool = False
    underway: int = 0

    def is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away)


@dataclass
class Hive:
    hub: Hub
    host: Person
    skills: dict[str, Skill]
    families: dict[str, str]
    members: dict[UUID, Member] = field(default_factory=dict)

    def here(self, day: date) -> list[Member]:
        return [one for one in self.members.values() if not one.left and not one.is_away(day)]

    def fit(self, member: Member, need: DemoNeed) -> float:
        """What really is, whatever the engine finds: 1 lends what is wanted, ½ lends beside it."""
        if member.knows & set(need.skills):
            return 1.0
        wanted = {self.families[code] for code in need.skills if code in self.families}
        return 0.5 if member.families & wanted else 0.0


@dataclass(frozen=True)
class Coming:
    """Somebody as they will arrive."""

    told: DemoPerson
    venture: Venture
    temper: Temper
    energy: float
    pledge: int


def open_hive(first_day: date, skills: Iterable[Skill]) -> Hive:
    hub = Hub.objects.create(
        slug="ruche", name="La Ruche", town="Nantes", opened_on=first_day - timedelta(days=900)
    )
    host = Person(email="hote@example.org", given_name="Camille", family_name="Desruches",
                  state=PersonState.ACTIVE)  # fmt: skip
    host.set_unusable_password()
    host.save()
    Host.objects.create(person=host, hub=hub, since_on=first_day - timedelta(days=900))
    by_code = {skill.code: skill for skill in skills}
    codes = {skill.pk: code for code, skill in by_code.items()}
    families = {
        code: codes[skill.parent_id]
        for code, skill in by_code.items()
        if skill.parent_id is not None
    }
    return Hive(hub, host, by_code, families)


def drawn(rng: Random, people: int, assumed: Assumed) -> list[Coming]:
    """Those of the first day, and behind them those who come in the year."""
    count = people + round(people * NEWCOMERS / 100)
    companies = corpus.ventures(rng, max(1, round(count * 0.6)))
    places = [company for company, _ in zip(cycle(companies), range(count), strict=False)]
    told = corpus.people(rng, count, trades=[place.trade for place in places])
    made = {place.name: _venture(place.name, place.purpose) for place in companies}
    # Exactly so many of each: chance has no part in how many are silent.
    tempers = [Temper.SILENT] * round(count * assumed.silent)
    tempers += [Temper.EAGER] * round(count * assumed.eager)
    tempers += [Temper.USUAL] * (count - len(tempers))
    rng.shuffle(tempers)
    return [
        Coming(
            one, made[place.name], temper, rng.lognormvariate(0, 0.6),
            max(QUARTER, round(rng.choice(PLEDGES) * assumed.pledge / QUARTER) * QUARTER),
        )
        for one, place, temper in zip(told, places, tempers, strict=True)
    ]  # fmt: skip


def _venture(name: str, purpose: str) -> Venture:
    return Venture.objects.create(name=name, purpose=purpose)


def arrive(hive: Hive, coming: Coming, away: list[tuple[date, date]]) -> Member:
    """As a host does it: a residency, a promise, and a card that says what is lent."""
    told = coming.told
    person = Person(email=told.email, given_name=told.given_name, family_name=told.family_name,
                    about=told.pitch[:300], state=PersonState.ACTIVE)  # fmt: skip
    person.set_unusable_password()
    person.save()
    Affiliation.objects.create(person=person, venture=coming.venture)
    move_in(person=person, hub=hive.hub, by=hive.host)
    capacity.set_pledge(person=person, minutes=coming.pledge, by=person)
    notes = {note.skill: note.note for note in told.notes}
    known = [code for code in told.skills if code in hive.skills]
    for code in known:
        capacity.add_skill(
            person=person, skill=hive.skills[code], kind=SkillKind.CAN_HELP,
            note=notes.get(code, ""), by=person,
        )  # fmt: skip
    member = Member(
        person=person,
        knows=frozenset(known),
        families=frozenset(hive.families[code] for code in known if code in hive.families),
        temper=coming.temper,
        energy=coming.energy,
        pledge=coming.pledge,
        away=away,
    )
    hive.members[person.pk] = member
    return member


def holidays(rng: Random, year: int) -> list[tuple[date, date]]:
    """Two to three weeks in summer, most of them in August; one at the turn of the year; another
    when it pleases."""
    summer = date(year, 7 if rng.random() < 0.25 else 8, 1) + timedelta(days=rng.randrange(14))
    some_day = date(year, 1, 10) + timedelta(days=rng.randrange(330))
    return [
        (summer, summer + timedelta(days=rng.choice((13, 20)))),
        (some_day, some_day + timedelta(days=6)),
        (date(year - 1, 12, 23), date(year, 1, 2)),
        (date(year, 12, 23), date(year + 1, 1, 2)),
    ]
