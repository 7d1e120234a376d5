"""Lines of people become rows, a few hundred at a time with a handful of queries."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_noop

from essaim.core import journal
from essaim.core.ids import uuid7
from essaim.core.imports.kinds import Context, change, note_created
from essaim.core.models import Decision, ImportLine
from essaim.core.writing import folded
from essaim.exchange.imports import team
from essaim.exchange.imports.lookups import Skills
from essaim.exchange.imports.places import at_home, hosted
from essaim.hubs.actions.residencies import tell_newcomer
from essaim.hubs.models import Hub, Residency
from essaim.people import freshness
from essaim.people.models import (
    Affiliation,
    AffiliationRole,
    Person,
    PersonSkill,
    PersonState,
    SkillKind,
    Venture,
)

APPEARED = gettext_noop(
    "This e-mail address was added here meanwhile. Import the line again to compare."
)
ELSEWHERE = gettext_noop(
    "This person lives in another hive: what they say of themselves was left as it is."
)
OF_ANOTHER_HIVE = gettext_noop(
    "Someone of that name is in another hive: invite them by their e-mail, or add this line as new."
)
OWN = (
    "given_name",
    "family_name",
    "phone",
    "about",
    "language",
    "profile_audience",
    "email_audience",
    "phone_audience",
)


class Writer:
    def __init__(self, lines: list[ImportLine], context: Context) -> None:
        self.lines, self.context = lines, context
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.newcomers: list[Residency] = []
        self.skills = Skills(context.by)
        self.ventures = _ventures_by_name()
        self._look_up()

    def _look_up(self) -> None:
        addresses = [line.values["email"] for line in self.lines]
        ids = [line.duplicate_id for line in self.lines if line.duplicate_id]
        here = [*Person.objects.filter(email__in=addresses), *Person.objects.filter(pk__in=ids)]
        self.by_address: dict[str, Person] = {person.email: person for person in here}
        self.by_id: dict[UUID, Person] = {person.pk: person for person in here}
        mine = {"person__in": self.by_id}
        self.residencies = {
            (row.person_id, row.hub_id): row for row in Residency.objects.current().filter(**mine)
        }
        self.affiliations = set(
            Affiliation.objects.current().filter(**mine).values_list("person_id", "venture_id")
        )
        self.lent = set(
            PersonSkill.objects.lent().filter(**mine).values_list("person_id", "skill_id")
        )
        self.near = hosted(self.context.by, self.by_id)
        self.may_edit = at_home(self.context.by, self.by_id)

    def write(self) -> None:
        for line in self.lines:
            person = self._person(line)
            if person is None:
                continue
            line.thing_id = line.about_id = person.pk
            self._reside(line, person)
            if person.pk in self.may_edit:
                self._affiliate(line, person)
                self._lend(line, person)
        self._save()

    def _person(self, line: ImportLine) -> Person | None:
        found = self.by_address.get(line.values["email"])
        if found is None and line.decision != Decision.CREATE and line.duplicate_id:
            found = self.by_id.get(line.duplicate_id)
            if found is not None and found.pk not in self.near:
                # Names are in the directory: to know one proves nothing.
                line.object_to(OF_ANOTHER_HIVE)
                return None
        if found is None:
            return self._new_person(line)
        if line.decision == Decision.CREATE and not line.values.get("again"):
            line.object_to(APPEARED)
            return None
        if found.pk in self.may_edit:
            self._change(line, found, {name: line.values.get(name) for name in OWN})
        else:
            line.remark(ELSEWHERE)
        return found

    def _new_person(self, line: ImportLine) -> Person:
        values = {name: line.values[name] for name in OWN if line.values.get(name)}
        person = Person(email=line.values["email"], password=make_password(None), **values)
        self.by_address[person.email] = self.by_id[person.pk] = person
        self.may_edit.add(person.pk)
        self._create(line, person)
        return person

    def _reside(self, line: ImportLine, person: Person) -> None:
        if not (spoken := line.values.get("hub_id")):
            return
        hub_id, known = UUID(spoken), {"plan": line.values.get("plan")}
        since = {"since_on": line.values["since_on"]} if line.values.get("since_on") else {}
        residency = self.residencies.get((person.pk, hub_id))
        if residency is not None:
            self._change(line, residency, known | since)
            return
        residency = Residency(
            person=person, hub_id=hub_id, plan=line.values.get("plan", ""), **since
        )
        self.residencies[person.pk, hub_id] = residency
        self._create(line, residency)
        if person.state == PersonState.ACTIVE and person.pk != self.context.by.pk:
            self.newcomers.append(residency)

    def _affiliate(self, line: ImportLine, person: Person) -> None:
        for mention in team.read(line.values.get("ventures", "")):
            venture_id = self._venture(line, mention.name[:120])
            if (person.pk, venture_id) in self.affiliations:
                continue
            self.affiliations.add((person.pk, venture_id))
            since = {"since_on": mention.since_on} if mention.since_on else {}
            role = mention.role or AffiliationRole.TEAM
            row = Affiliation(person=person, venture_id=venture_id, role=role, **since)
            self._create(line, row)

    def _venture(self, line: ImportLine, name: str) -> UUID:
        key = folded(name)
        if key not in self.ventures:
            venture = Venture(name=name)
            self.ventures[key] = venture.pk
            self._create(line, venture)
        return self.ventures[key]

    def _lend(self, line: ImportLine, person: Person) -> None:
        for words in self.skills.listed(line.values.get("skills", "")):
            skill, proposed = self.skills.find_or_propose(words)
            if proposed:
                note_created(line, skill)
            if (person.pk, skill.pk) not in self.lent:
                self.lent.add((person.pk, skill.pk))
                row = PersonSkill(id=uuid7(), person=person, skill=skill, kind=SkillKind.CAN_HELP)
                self._create(line, row)

    def _create(self, line: ImportLine, thing: Any) -> None:
        self.new.append(thing)
        note_created(line, thing)

    def _change(self, line: ImportLine, thing: Any, values: dict[str, Any]) -> None:
        if change(line, thing, values) and thing not in self.new:
            self.changed.append(thing)

    def _save(self) -> None:
        """Each model at once, those that others lean on first."""
        self.skills.save()
        models: tuple[Any, ...] = (Person, Venture, Residency, Affiliation, PersonSkill)
        for model in models:
            model.objects.bulk_create([thing for thing in self.new if type(thing) is model])
        for thing in self.changed:
            thing.save()
        people = [thing for thing in self.new if isinstance(thing, Person)]
        self._tell_newcomers()
        run = self.context.run
        journal.record_all("import_person", people, by=self.context.by, hub_id=run.hub_id)
        freshness.touch(line.thing_id for line in self.lines if line.thing_id)

    def _tell_newcomers(self) -> None:
        hubs = Hub.objects.in_bulk({residency.hub_id for residency in self.newcomers})
        for residency in self.newcomers:
            tell_newcomer(person=residency.person, hub=hubs[residency.hub_id], by=self.context.by)


def _ventures_by_name() -> dict[str, UUID]:
    ventures = Venture.objects.order_by("-created_at").values_list("name", "pk")
    return {folded(name): pk for name, pk in ventures}
