"""Hubs, ventures and people of a generated network, with their cards, pledges and roles."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from essaim.core.writing import folded
from essaim.exchange.models import Account, AccountKind, Pause, Pledge
from essaim.home.demo import corpus
from essaim.home.demo.records import DemoHub, DemoPerson, DemoVenture
from essaim.home.demo.sizes import Size
from essaim.home.demo.writer import Tables
from essaim.hubs.models import Host, Hub, OperatingModel, Residency
from essaim.people.models import (
    Affiliation,
    AffiliationRole,
    Audience,
    ImpactFamily,
    LegalForm,
    NetworkRole,
    Person,
    PersonSkill,
    PersonState,
    Role,
    Skill,
    SkillKind,
    Stage,
    Venture,
)

PARIS = ZoneInfo("Europe/Paris")
PLANS = ("Résident", "Résident", "Pied-à-terre", "Butineur")
STAGES = {
    "idea": Stage.IDEA,
    "feasibility": Stage.FEASIBILITY,
    "first_users": Stage.TEST,
    "legally_created": Stage.CREATED,
    "first_revenue": Stage.REVENUE,
    "seed_funded": Stage.SEED,
    "break_even": Stage.AUTONOMOUS,
    "growth": Stage.GROWTH,
    "scaling": Stage.SCALING,
}
LEGAL_FORMS = {
    "association": LegalForm.ASSOCIATION,
    "scop": LegalForm.SCOP,
    "scic": LegalForm.SCIC,
    "sas_ess": LegalForm.COMPANY,
    "micro": LegalForm.SOLE,
}
# Hours a month: most promise little, a few much.
PLEDGES = (60, 120, 120, 180, 240, 240, 240, 360, 480)


@dataclass
class Resident:
    id: uuid.UUID
    hub: uuid.UUID
    account: uuid.UUID
    given_name: str
    since: date
    skills: tuple[str, ...]
    venture: uuid.UUID
    # How often this person acts, relative to others: a few do much.
    energy: float
    pledge: int
    # The last day on which they signed in: a few are not seen any more.
    seen: date


@dataclass
class World:
    """What the life of the network is drawn from."""

    rng: Random
    now: datetime
    hubs: list[uuid.UUID] = field(default_factory=list)
    hosts: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    residents: list[Resident] = field(default_factory=list)
    skills: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def id_at(self, moment: datetime) -> uuid.UUID:
        """A version 7 id of that moment, the same for the same seed."""
        value = (int(moment.timestamp() * 1000) & (1 << 48) - 1) << 80
        value |= 0x7 << 76 | self.rng.getrandbits(12) << 64
        return uuid.UUID(int=value | 0b10 << 62 | self.rng.getrandbits(62))

    def moment(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), PARIS)


@dataclass(frozen=True)
class Door:
    """Somebody as whom a visitor of the demonstration may sign in."""

    role: str
    email: str
    given_name: str
    family_name: str


PASSWORD = "essaim-essaim"  # noqa: S105  (of the demonstration, told to everyone)
LEA = Door("member", "lea@example.org", "Léa", "Tournesol")
DOORS = (
    Door("host", "hote@example.org", "Camille", "Desruches"),
    Door("director", "direction@example.org", "Awa", "Lafleur"),
    Door("administrator", "admin@example.org", "Joris", "Clavier"),
)


def build_world(tables: Tables, rng: Random, now: datetime, size: Size) -> World:
    world = World(rng, now)
    world.skills = dict(Skill.objects.usable().values_list("code", "pk"))
    for hub in corpus.hubs(rng, size.hubs):
        _add_hub(tables, world, hub, size)
    drawn = corpus.ventures(rng, size.ventures)
    ventures = [(_add_venture(tables, world, one), one) for one in drawn]
    # Everyone works somewhere: each venture has one founder, the rest join at random.
    places = ventures + rng.choices(ventures, k=max(0, size.people - len(ventures)))
    places = places[: size.people]
    people = corpus.people(rng, size.people, trades=[venture.trade for _id, venture in places])
    people[0] = replace(
        people[0], given_name=LEA.given_name, family_name=LEA.family_name, email=LEA.email
    )
    founded: set[uuid.UUID] = set()
    for number, (person, (venture_id, _venture)) in enumerate(zip(people, places, strict=True)):
        hub_id = world.hubs[number % len(world.hubs)]
        _add_person(tables, world, person, hub_id, venture_id, size)
        role = AffiliationRole.TEAM if venture_id in founded else AffiliationRole.FOUNDER
        founded.add(venture_id)
        tables.add(
            Affiliation,
            id=world.id_at(world.moment(world.residents[-1].since)),
            person_id=world.residents[-1].id,
            venture_id=venture_id,
            role=role,
            since_on=world.residents[-1].since,
        )
        tables.flush()
    return world


def _add_hub(tables: Tables, world: World, hub: DemoHub, size: Size) -> None:
    opened = world.today - timedelta(weeks=size.weeks + 30 + len(world.hubs))
    pk = world.id_at(world.moment(opened))
    world.hubs.append(pk)
    tables.add(
        Hub,
        id=pk,
        slug=hub.slug,
        name=hub.name,
        town=hub.city,
        address=hub.street,
        postcode=hub.postcode,
        presentation=hub.presentation,
        opening_hours=hub.opening_hours,
        operating_model=OperatingModel(hub.model),
        opened_on=opened,
    )
    tables.add(
        Account, id=world.id_at(world.moment(opened)), kind=AccountKind.HUB_POOL, hub_id=pk,
        opened_at=world.moment(opened),
    )  # fmt: skip


def _add_venture(tables: Tables, world: World, venture: DemoVenture) -> uuid.UUID:
    created = world.now - timedelta(days=world.rng.randint(60, 1500))
    pk = world.id_at(created)
    tables.add(
        Venture,
        id=pk,
        name=venture.name,
        folded_text=folded(f"{venture.name} {venture.trade} {venture.challenge}")[:400],
        purpose=venture.purpose,
        challenge=venture.challenge,
        trade=_trades()[venture.trade],
        family=world.rng.choice(ImpactFamily.values),
        stage=STAGES[venture.stage],
        legal_form=LEGAL_FORMS.get(venture.legal_form, ""),
        audience=Audience.PUBLIC if world.rng.random() < 0.6 else Audience.NETWORK,
        created_at=created,
        matched_at=world.now - timedelta(hours=1),
    )
    return pk


@cache
def _trades() -> dict[str, str]:
    return {trade.code: trade.label_fr for trade in corpus.trades()}


def _add_person(
    tables: Tables, world: World, person: DemoPerson, hub: uuid.UUID, venture: uuid.UUID, size: Size
) -> None:
    rng = world.rng
    since = world.today - timedelta(days=_days_here(rng, size))
    joined = world.moment(since)
    resident = Resident(
        id=world.id_at(joined),
        hub=hub,
        account=world.id_at(joined),
        given_name=person.given_name,
        since=since,
        skills=tuple(code for code in person.skills if code in world.skills),
        venture=venture,
        energy=rng.lognormvariate(0, 0.8),
        pledge=rng.choice(PLEDGES),
        seen=_last_seen(world, since),
    )
    world.residents.append(resident)
    _add_identity(tables, world, person, resident)
    tables.add(
        Residency, id=world.id_at(joined), person_id=resident.id, hub_id=hub,
        plan=rng.choice(PLANS), since_on=since,
    )  # fmt: skip
    tables.add(
        Pledge, id=world.id_at(joined), person_id=resident.id,
        minutes_per_month=resident.pledge, valid_from=since,
    )  # fmt: skip
    tables.add(
        Account, id=resident.account, kind=AccountKind.MEMBER, person_id=resident.id,
        hub_id=hub, opened_at=joined,
    )  # fmt: skip
    if rng.random() < 0.04:
        begun = world.today - timedelta(days=rng.randint(0, 10))
        tables.add(
            Pause, id=world.id_at(world.moment(begun)), person_id=resident.id, from_on=begun,
            to_on=begun + timedelta(days=21),
        )  # fmt: skip
    _add_card(tables, world, person, resident)


def _last_seen(world: World, since: date) -> date:
    """Neither the neighbours whom visitors meet first, nor anybody who has just come, are gone.

    Drawn apart: what was there before stays the same for the same seed.
    """
    number = len(world.residents)
    draw_from = Random(f"seen {number}")  # noqa: S311
    days = draw_from.randint(0, 9)
    if number >= 10 * len(world.hubs) and (share := draw_from.random()) < 0.08:
        days = draw_from.randint(100, 200) if share < 0.02 else draw_from.randint(35, 80)
    return max(since, world.today - timedelta(days=days))


def _days_here(rng: Random, size: Size) -> int:
    """Most have been here for long; a few came this month."""
    longest = (size.weeks + 20) * 7
    return rng.randint(1, 28) if rng.random() < 0.06 else rng.randint(28, longest)


def _add_identity(tables: Tables, world: World, person: DemoPerson, resident: Resident) -> None:
    tables.add(
        Person,
        id=resident.id,
        email=person.email,
        given_name=person.given_name,
        family_name=person.family_name,
        folded_name=folded(f"{person.family_name} {person.given_name}"),
        about=person.pitch[:300],
        password=demo_password() if person.email == LEA.email else f"!{resident.id.hex}",
        state=PersonState.ACTIVE,
        profile_audience=Audience.PUBLIC if world.rng.random() < 0.3 else Audience.NETWORK,
        email_audience=world.rng.choice((Audience.ON_YES, Audience.HUB, Audience.NETWORK)),
        created_at=world.moment(resident.since),
        last_login=min(world.now, world.moment(resident.seen)),
        matched_at=world.now - timedelta(hours=1),
    )
    tables.add(EmailAddress, user_id=resident.id, email=person.email, verified=True, primary=True)


def _add_card(tables: Tables, world: World, person: DemoPerson, resident: Resident) -> None:
    notes = {note.skill: note.note for note in person.notes}
    joined = world.moment(resident.since)
    for code in resident.skills:
        tables.add(
            PersonSkill, id=world.id_at(joined), person_id=resident.id,
            skill_id=world.skills[code], kind=SkillKind.CAN_HELP, note=notes.get(code, "")[:300],
            confirmed_at=joined,
        )  # fmt: skip
    wanted = world.rng.choice(list(world.skills))
    if wanted not in resident.skills and world.rng.random() < 0.6:
        tables.add(
            PersonSkill, id=world.id_at(joined), person_id=resident.id,
            skill_id=world.skills[wanted], kind=SkillKind.WANTS_TO_LEARN, confirmed_at=joined,
        )  # fmt: skip


@cache
def demo_password() -> str:
    return make_password(PASSWORD, salt="demonstration-only")


def add_doors(tables: Tables, world: World) -> None:
    """A host for each hub, of whom the first can sign in; a director; an administrator."""
    start = world.now - timedelta(days=400)
    for door in DOORS:
        pk = world.id_at(start)
        _add_staff(tables, world, pk, door, demo_password())
        if door.role == "host":
            tables.add(Host, id=world.id_at(start), person_id=pk, hub_id=world.hubs[0],
                       since_on=start.date())  # fmt: skip
            world.hosts[world.hubs[0]] = [pk]
        else:
            role = Role.DIRECTOR if door.role == "director" else Role.ADMINISTRATOR
            tables.add(NetworkRole, person_id=pk, role=role, since_on=start.date())
    for number, hub in enumerate(world.hubs[1:], 2):
        someone = corpus.people(world.rng, 1)[0]
        pk = world.id_at(start)
        door = Door("host", f"hote{number}@example.org", someone.given_name, someone.family_name)
        _add_staff(tables, world, pk, door, f"!{pk.hex}")
        tables.add(Host, id=world.id_at(start), person_id=pk, hub_id=hub, since_on=start.date())
        world.hosts[hub] = [pk]


def _add_staff(tables: Tables, world: World, pk: uuid.UUID, door: Door, password: str) -> None:
    start = world.now - timedelta(days=400)
    name = folded(f"{door.family_name} {door.given_name}")
    tables.add(
        Person, id=pk, email=door.email, given_name=door.given_name, folded_name=name,
        family_name=door.family_name, password=password, state=PersonState.ACTIVE,
        created_at=start, last_login=world.now, matched_at=world.now - timedelta(hours=1),
    )  # fmt: skip
    tables.add(EmailAddress, user_id=pk, email=door.email, verified=True, primary=True)
