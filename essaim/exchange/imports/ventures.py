"""Ventures of a hive, with who works in them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from essaim.core import journal
from essaim.core.imports.kinds import Context, Kind, Place, change, note_created
from essaim.core.models import Decision, ImportLine
from essaim.core.writing import folded
from essaim.exchange.contact import contacts_of
from essaim.exchange.imports import callers, team
from essaim.exchange.imports.lookups import Names, keys_of_ventures
from essaim.exchange.imports.places import hosted, places_of
from essaim.exchange.imports.venture_columns import FIELDS, OWN
from essaim.hubs.models import Residency
from essaim.people import freshness
from essaim.people.models import Affiliation, AffiliationRole, Person, Venture

SIRET_TWICE = gettext_noop("This SIRET stands in line %(line)d already.")
RNA_TWICE = gettext_noop("This RNA number stands in line %(line)d already.")
LINE_TWICE = gettext_noop("The same venture stands in line %(line)d already.")
TEAM_UNKNOWN = gettext_noop(
    "“%(value)s” is not among the people of the hive: import people first to join them."
)
APPEARED = gettext_noop(
    "A venture with this number was added here meanwhile. Import the line again to compare."
)
ELSEWHERE = gettext_noop("This venture is at home in another hive: it was left as it is.")

ALIKE = 90
PIECE = 500


class Ventures(Kind):
    code = "ventures"
    turn = 2
    name = _("Ventures")
    sentence = _("What each venture is for, its legal form and numbers, and its team.")
    fields = FIELDS
    creates = ("people.affiliation", "people.venture")

    def places(self, person: Any) -> list[Place]:
        return places_of(person)

    def examine(self, lines: list[ImportLine], context: Context) -> None:
        _object_to_repeats(lines)
        crew = Crew(context.by, lines)
        for line in lines:
            for mention in team.read(line.values.get("team", "")):
                if crew.find(mention.name) is None:
                    line.remark(TEAM_UNKNOWN, value=mention.name[:60])
        _find_duplicates(lines, context)

    def write(self, lines: list[ImportLine], context: Context) -> None:
        Writer(lines, context).write()

    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        ventures = list(Venture.objects.visible_to(viewer).filter(pk__in=list(ids)))
        teams = _teams([venture.pk for venture in ventures], viewer)
        return {venture.pk: _words(venture, teams[venture.pk]) for venture in ventures}

    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        ventures = Venture.objects.visible_to(viewer).by_name()
        if hub_id is not None:
            ventures = ventures.filter(_lives_in(hub_id))
        ids = list(ventures.values_list("pk", flat=True))
        for start in range(0, len(ids), PIECE):
            piece = ids[start : start + PIECE]
            words = self.known(piece, viewer)
            yield from (words[venture_id] for venture_id in piece)


def _lives_in(hub_id: UUID) -> Exists:
    there = Residency.objects.current().filter(hub_id=hub_id, person=OuterRef("person"))
    crew = Affiliation.objects.current().filter(Exists(there), venture=OuterRef("pk"))
    return Exists(crew)


def _words(venture: Venture, crew: list[str]) -> dict[str, str]:
    words = {name: str(getattr(venture, name)) for name in OWN}
    for name in ("family", "stage", "legal_form", "audience"):
        words[name] = str(getattr(venture, f"get_{name}_display")()) if words[name] else ""
    return words | {"team": team.join(crew)}


def _teams(ids: list[UUID], viewer: Any) -> dict[UUID, list[str]]:
    """By address where the reader may see it, else by name."""
    rows = Affiliation.objects.current().filter(venture__in=ids).select_related("person")
    rows = rows.filter(person__in=Person.objects.visible_to(viewer)).order_by("since_on", "id")
    contacts = contacts_of([row.person for row in rows], viewer)
    crews: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        who = contacts[row.person_id].email or row.person.name
        crews[row.venture_id].append(team.write(who, row.role, row.since_on))
    return crews


def _object_to_repeats(lines: list[ImportLine]) -> None:
    keys = (("siret", SIRET_TWICE), ("rna", RNA_TWICE))
    met: dict[tuple[str, ...], int] = {}
    for line in lines:
        numbers = tuple(line.values.get(name, "") for name, _text in keys)
        for name, text in keys:
            if number := line.values.get(name):
                first = met.setdefault((name, number), line.number)
                if first != line.number:
                    line.object_to(text, line=first)
        first = met.setdefault(("line", folded(line.values["name"]), *numbers), line.number)
        if first != line.number and not line.problems:
            line.object_to(LINE_TWICE, line=first)


def _find_duplicates(lines: list[ImportLine], context: Context) -> None:
    by_number: dict[str, UUID] = {}
    bare: set[UUID] = set()
    rows = list(Venture.objects.values_list("pk", "name", "siret", "rna"))
    for venture_id, _name, siret, rna in rows:
        by_number |= {number: venture_id for number in (siret, rna) if number}
        if not siret and not rna:
            bare.add(venture_id)
    names = Names(((row[0], row[1]) for row in rows), keys_of_ventures)
    for line in lines:
        numbers = (line.values.get("siret", ""), line.values.get("rna", ""))
        sure = next((by_number[number] for number in numbers if number in by_number), None)
        if sure:
            line.duplicate_id, line.sure = sure, True
        elif near := names.like(line.values["name"], ALIKE):
            line.duplicate_id = near[0][0]
    _complete_what_people_brought(lines, bare, context)


def _complete_what_people_brought(
    lines: list[ImportLine], bare: set[UUID], context: Context
) -> None:
    """A list of people names ventures without their numbers: those wait for just this file."""
    ids = {line.duplicate_id for line in lines if line.duplicate_id and not line.sure} & bare
    known = Venture.objects.in_bulk(ids)
    ours = editable(context.by, known)
    for line in lines:
        if line.duplicate_id in ours and not line.sure:
            venture = known[line.duplicate_id]
            if folded(venture.name) == folded(line.values["name"]):
                line.decision = Decision.REPLACE if _is_but_a_name(venture) else Decision.FILL


def _is_but_a_name(venture: Venture) -> bool:
    """Then what is not empty is what every venture begins with, and no word of anybody."""
    blank = Venture()
    return all(getattr(venture, name) == getattr(blank, name) for name in OWN if name != "name")


def editable(by: Any, ids: Iterable[UUID]) -> set[UUID]:
    """Those with someone hosted in their team, and those that nobody has joined."""
    wanted = set(ids)
    crews = set(
        Affiliation.objects.current()
        .filter(venture__in=wanted)
        .values_list("person_id", "venture_id")
    )
    mine = hosted(by, {person_id for person_id, _venture in crews})
    manned = {venture_id for _person, venture_id in crews}
    ours = {venture_id for person_id, venture_id in crews if person_id in mine}
    return ours | (wanted - manned)


class Crew:
    """The people that whoever imports may put into a team: those they host."""

    def __init__(self, by: Any, lines: list[ImportLine]) -> None:
        mentions = (m for line in lines for m in team.read(line.values.get("team", "")))
        self.found = callers.called((_spoken(mention.name) for mention in mentions), by)

    def find(self, name: str) -> Person | None:
        return self.found.get(_spoken(name))


def _spoken(name: str) -> str:
    return name.lower() if "@" in name else name


class Writer:
    def __init__(self, lines: list[ImportLine], context: Context) -> None:
        self.lines, self.context = lines, context
        self.crew = Crew(context.by, lines)
        self.new: list[Venture] = []
        self.joining: list[Affiliation] = []
        self.changed: list[Venture] = []
        ids = [line.duplicate_id for line in lines if line.duplicate_id]
        self.by_id = {venture.pk: venture for venture in Venture.objects.filter(pk__in=ids)}
        numbers = [line.values.get(name) for line in lines for name in ("siret", "rna")]
        taken = Venture.objects.filter(siret__in=filter(None, numbers))
        taken_too = Venture.objects.filter(rna__in=filter(None, numbers))
        self.taken = {v.siret for v in taken if v.siret} | {v.rna for v in taken_too if v.rna}
        self.crews = set(
            Affiliation.objects.current()
            .filter(venture__in=self.by_id)
            .values_list("person_id", "venture_id")
        )
        self.may_edit = editable(context.by, self.by_id)

    def write(self) -> None:
        for line in self.lines:
            venture = self._venture(line)
            if venture is not None:
                line.thing_id = venture.pk
                self._join(line, venture)
        Venture.objects.bulk_create(self.new)
        Affiliation.objects.bulk_create(self.joining)
        for venture in self.changed:
            venture.save()
        journal.record_all(
            "import_venture", self.new, by=self.context.by, hub_id=self.context.hub_id
        )
        freshness.touch(row.person_id for row in self.joining)

    def _venture(self, line: ImportLine) -> Venture | None:
        values = {name: line.values[name] for name in OWN if line.values.get(name)}
        found = self.by_id.get(line.duplicate_id) if line.duplicate_id else None
        if found is None or line.decision == Decision.CREATE:
            return self._new(line, values)
        if found.pk not in self.may_edit:
            line.object_to(ELSEWHERE)
            return None
        if change(line, found, values):
            self.changed.append(found)
        return found

    def _new(self, line: ImportLine, values: dict[str, Any]) -> Venture | None:
        if {values.get("siret"), values.get("rna")} & self.taken:
            line.object_to(APPEARED)
            return None
        venture = Venture(**values)
        self.new.append(venture)
        note_created(line, venture)
        return venture

    def _join(self, line: ImportLine, venture: Venture) -> None:
        for mention in team.read(line.values.get("team", "")):
            person = self.crew.find(mention.name)
            if person is None or (person.pk, venture.pk) in self.crews:
                continue
            self.crews.add((person.pk, venture.pk))
            since = {"since_on": mention.since_on} if mention.since_on else {}
            role = mention.role or AffiliationRole.TEAM
            row = Affiliation(person=person, venture=venture, role=role, **since)
            self.joining.append(row)
            note_created(line, row)
