"""Who and what there is in the hive: people and ventures, found by name, skill, trade or place.

Two sources answer a search: names that begin with the words typed, and the index of matching,
which knows skills, ventures and trades and forgives typos. Names come first: who types « nad »
means Nadia.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from essaim.core.prepared import Prepared
from essaim.core.writing import folded
from essaim.exchange import index
from essaim.exchange.found import read_as, telling, through, why
from essaim.exchange.texts import lent_line
from essaim.home.spelling import misspelt
from essaim.hubs.models import Hub, Residency
from essaim.matching import Reasons
from essaim.people.models import Affiliation, Person, PersonSkill, Skill, Venture

# Three pages of answers; the reasons of each cost a reading of the side file.
ANSWERS = 60
NAMES = 200
SKILLS_SHOWN = 3
SHOWN = ("given_name", "family_name", "folded_name", "state", "photo_small")
ORDERS = {"newest": ("-created_at", "id")}
NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `hub` None: in the whole network."""

    words: str = ""
    hub: Hub | None = None
    skill: Skill | None = None
    sort: str = ""


@dataclass(frozen=True)
class Answer:
    """Who was found, best first, and why the index found those that it did."""

    people: QuerySet[Person] | list[Person]
    reasons: dict[UUID, Reasons]
    read_as: str


@dataclass(frozen=True)
class Line:
    """A person or a venture as a list tells of them."""

    name: str
    url: str
    venture: str = ""
    hub: str = ""
    note: str = ""
    photo: str = ""


@dataclass(frozen=True)
class Lent:
    """A skill that somebody lends. `line`: as the index knows it."""

    label_fr: str
    label_en: str
    note: str

    @property
    def label(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr

    @property
    def line(self) -> str:
        return lent_line(self.label_fr, self.note)

    @property
    def told(self) -> str:
        return self.note or self.label


def hubs_and_home(viewer: Any) -> tuple[list[Hub], Hub | None]:
    """All hubs, and where the viewer has resided longest, in one query."""
    mine = Residency.objects.current().filter(person_id=viewer.pk, hub=OuterRef("pk"))
    since, residency = Subquery(mine.values("since_on")), Subquery(mine.values("pk"))
    known = Hub.objects.visible_to(viewer).annotate(lived_since=since, residency=residency)
    hubs: list[Any] = list(known.order_by("name"))
    lived_in = [hub for hub in hubs if hub.lived_since is not None]
    return hubs, min(lived_in, key=lambda hub: (hub.lived_since, str(hub.residency)), default=None)


def people(viewer: Any, wanted: Wanted) -> QuerySet[Person]:
    found: QuerySet[Person] = Person.objects.visible_to(viewer).only(*SHOWN)
    if wanted.hub:
        found = found.filter(pk__in=_residents(wanted.hub))
    if wanted.skill:
        found = found.filter(pk__in=holders(wanted.skill).values("person"))
    return found.order_by(*ORDERS.get(wanted.sort, ("folded_name", "id")))


def holders(skill: Skill) -> QuerySet[PersonSkill]:
    """Who lends the skill or one that stands under it."""
    branch = Skill.objects.filter(Q(pk=skill.pk) | Q(parent=skill) | Q(parent__parent=skill))
    # Their ids, not a join: each skill's holders are then read from the index.
    return PersonSkill.objects.lent().filter(skill__in=list(branch.values_list("pk", flat=True)))


def search_people(viewer: Any, wanted: Wanted) -> Answer:
    """All who are looked for; with words, best first, a few pages of answers at most."""
    found = people(viewer, wanted)
    if not wanted.words:
        return Answer(found, {}, "")
    hub_id = wanted.hub.pk if wanted.hub else None
    hits = telling(index.search_people(wanted.words, k=ANSWERS, hub_id=hub_id))
    named = _named(found, wanted.words)
    order = {pk: place for place, pk in enumerate([*named, *(UUID(hit.id) for hit in hits)][::-1])}
    answers = list(found.filter(pk__in=order))
    if not wanted.sort:
        answers.sort(key=lambda person: -order[person.pk])
    reasons = {UUID(hit.id): hit.reasons for hit in hits}
    shown = {person.pk for person in answers}
    return Answer(answers, reasons, read_as(hit for hit in hits if UUID(hit.id) in shown))


def _named(found: QuerySet[Person], words: str) -> list[UUID]:
    named = list(Person.objects.named(words).by_name().values_list("pk", flat=True)[:NAMES])
    return named or misspelt(words, Person.objects.all(), "folded_name")[:NAMES]


@dataclass(frozen=True)
class FoundVentures:
    """`why`: of those that the index found."""

    ventures: QuerySet[Venture] | list[Venture]
    why: dict[UUID, str]
    read_as: str


def ventures(viewer: Any, wanted: Wanted) -> FoundVentures:
    found = Venture.objects.visible_to(viewer)
    if wanted.hub:
        team = Affiliation.objects.current().filter(person__in=_residents(wanted.hub))
        found = found.filter(pk__in=team.values("venture"))
    rows = found.order_by(*ORDERS.get(wanted.sort, ("folded_text", "id")))
    return _search_ventures(rows, wanted) if wanted.words else FoundVentures(rows, {}, "")


def _search_ventures(rows: QuerySet[Venture], wanted: Wanted) -> FoundVentures:
    """Those whose name, trade or challenge begins so, then those that mean the same."""
    seen = list(rows.order_by().values_list("pk", flat=True))
    named = list(rows.about(wanted.words).values_list("pk", flat=True)[:NAMES])  # type: ignore[attr-defined]
    named = named or misspelt(wanted.words, rows.order_by(), "folded_text")
    hits = telling(index.search_ventures(wanted.words, k=ANSWERS, among=seen))
    reasons = {UUID(hit.id): hit.reasons for hit in hits}
    place = {pk: at for at, pk in enumerate(dict.fromkeys([*named, *reasons]))}
    answers = list(rows.filter(pk__in=place))
    if not wanted.sort:
        answers.sort(key=lambda venture: place[venture.pk])
    told = {
        one.pk: why(reasons[one.pk], quote=reasons[one.pk].line or "", shown=one.purpose)
        for one in answers
        if one.pk in reasons
    }
    return FoundVentures(answers, told, read_as(hits))


def _residents(hub: Hub) -> QuerySet[Any]:
    return Residency.objects.current().filter(hub=hub).values("person")


def people_lines(
    people: Sequence[Person],
    *,
    at_home: UUID | None,
    words: str = "",
    reasons: Mapping[UUID, Reasons] | None = None,
) -> list[Line]:
    """Three queries for any number of people. The hub is told when it is not the reader's own."""
    reasons = reasons or {}
    ids = [person.pk for person in people]
    ventures, hubs, skills = _ventures_of(ids), _hubs_of(ids, at_home), _skills_of(ids)
    return [
        Line(
            name=person.name,
            url=reverse("home:person", args=[person.pk]),
            venture=", ".join(ventures[person.pk]),
            hub=", ".join(hubs[person.pk]),
            note=_note(skills[person.pk], words, reasons.get(person.pk)),
            photo=person.photo_url,
        )
        for person in people
    ]


def _ventures_of(ids: list[UUID]) -> dict[UUID, list[str]]:
    return _grouped(_teams_of(ids=ids))


def _teams_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = Affiliation.objects.current().filter(person__among=ids)
    return rows.order_by("since_on", "id").values_list("person_id", "venture__name")


def _hubs_of(ids: list[UUID], at_home: UUID | None) -> dict[UUID, list[str]]:
    return _grouped(_other_hubs_of(ids=ids, home=at_home or NOWHERE))


def _other_hubs_query(ids: list[UUID], home: UUID) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = Residency.objects.current().filter(person__among=ids)
    return rows.exclude(hub=home).order_by("since_on", "id").values_list("person_id", "hub__name")


def _skills_of(ids: list[UUID]) -> dict[UUID, list[Lent]]:
    return _grouped((pk, Lent(*said)) for pk, *said in _lent_by(ids=ids))


def _lent_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = PersonSkill.objects.lent().filter(person__among=ids)
    said = ("person_id", "skill__label_fr", "skill__label_en", "note")
    return rows.order_by("-confirmed_at", "id").values_list(*said)


_teams_of = Prepared(_teams_query, ids=list)
_other_hubs_of = Prepared(_other_hubs_query, ids=list, home=UUID)
_lent_by = Prepared(_lent_query, ids=list)


def _grouped(pairs: Any) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for pk, value in pairs:
        groups[pk].append(value)
    return groups


def _note(skills: list[Lent], words: str, reasons: Reasons | None) -> str:
    """Only of what they lend: other words of theirs are not for every reader of a list."""
    lends = _lends(skills, words)
    if reasons is None:
        return lends
    if reasons.path and (declared := _declared(skills, reasons.path.line)):
        found = through(reasons.path, declared.label)
    else:
        said = _declared(skills, reasons.line)
        found = why(_of_lent(skills, reasons), quote=said.told if said else "")
    return f"{found}. {lends}".strip()


def _of_lent(skills: list[Lent], reasons: Reasons) -> Reasons:
    """Words found elsewhere may be those of a need kept inside a hive, which they met."""
    lent = " ".join(f"{one.label_fr} {one.label_en} {one.note}" for one in skills)
    told = (word for word in reasons.matched if _answers(lent, [folded(word)[:5]]))
    return replace(reasons, matched=tuple(told))


def _declared(skills: list[Lent], line: str | None) -> Lent | None:
    return next((skill for skill in skills if line in (skill.label_fr, skill.line)), None)


def _lends(skills: list[Lent], words: str) -> str:
    """The skills that answer the search are told first, then the most recently confirmed."""
    if not skills:
        return ""
    wanted = [word[:5] for word in folded(words).split() if len(word) > 2]
    best = sorted(skills, key=lambda skill: not _answers(f"{skill.label} {skill.note}", wanted))
    told = ", ".join(skill.label for skill in best[:SKILLS_SHOWN])
    return _("Lends: %(skills)s") % {"skills": told}


def _answers(said: str, wanted: list[str]) -> bool:
    if not wanted:
        return False
    text = folded(said)
    return any(word in text for word in wanted)
