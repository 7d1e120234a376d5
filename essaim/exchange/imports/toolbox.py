"""Lines of toolbox cards: who can lend what, or wants to learn it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from essaim.core import journal
from essaim.core.imports import cleaning
from essaim.core.imports.kinds import Context, Field, Kind, Place, change, note_created
from essaim.core.models import ImportLine
from essaim.core.writing import folded
from essaim.exchange.contact import contacts_of
from essaim.exchange.imports import callers
from essaim.exchange.imports.lookups import Skills
from essaim.exchange.imports.people import SKILL_PROPOSED, SKILL_READ_AS
from essaim.exchange.imports.places import at_home, places_of
from essaim.hubs.models import Residency
from essaim.people import freshness
from essaim.people.models import Person, PersonSkill, SkillKind

TWICE = gettext_noop("The same person and skill stand in line %(line)d already.")
ELSEWHERE = gettext_noop(
    "“%(value)s” is at home in another hive: its hosts write on this card, or the person does."
)
ON_THE_CARD = gettext_noop("There is something on this card already: %(skills)s. This is added.")
SHOWN = 3

WORDS_OF_KIND = {
    "peut prêter": SkillKind.CAN_HELP,
    "peut aider": SkillKind.CAN_HELP,
    "can lend": SkillKind.CAN_HELP,
    "veut apprendre": SkillKind.WANTS_TO_LEARN,
    "wants to learn": SkillKind.WANTS_TO_LEARN,
}
PIECE = 1000


class Toolbox(Kind):
    code = "toolbox"
    turn = 3
    name = _("Toolbox")
    sentence = _("Who can lend which skill, or wants to learn it, with a word about it.")
    fields = (
        Field(
            "email",
            _("E-mail"),
            callers.who,
            ("e-mail", "mail", "courriel", "adresse mail", "membre", "qui", "nom"),
            required=True,
            help=_("or the name, where only one person of the hive bears it"),
            width=30,
        ),
        Field(
            "skill",
            _("Skill"),
            cleaning.text(120),
            ("compétence", "savoir-faire", "talent"),
            required=True,
            width=40,
        ),
        Field(
            "lends",
            _("Lends or learns"),
            cleaning.one_of(dict(SkillKind.choices), WORDS_OF_KIND),
            ("type", "sens", "prête ou apprend"),
        ),
        Field(
            "note",
            _("A word about it"),
            cleaning.text(300),
            ("note", "commentaire", "précision", "comment"),
            width=60,
        ),
    )
    creates = ("people.personskill", "people.skill")

    def places(self, person: Any) -> list[Place]:
        return places_of(person)

    def examine(self, lines: list[ImportLine], context: Context) -> None:
        (people, elsewhere), skills = _people(lines, context), Skills(context.by)
        owned = _owned(people.values())
        cards = _cards(owned)
        met: dict[tuple[str, str, str], int] = {}
        for line in lines:
            person = people.get(line.values["email"])
            if person is None:
                _object(line, elsewhere)
                continue
            _tell_skill(line, skills)
            first = met.setdefault(_key(line), line.number)
            if first != line.number:
                line.object_to(TWICE, line=first)
            skill, _exact = skills.find(line.values["skill"])
            row = owned.get((person.pk, skill.pk, _lends(line))) if skill else None
            if row is None and person.pk in cards:
                line.remark(ON_THE_CARD, skills=cards[person.pk])
            line.about_id = person.pk
            line.duplicate_id, line.sure = (row.pk if row else None), row is not None

    def write(self, lines: list[ImportLine], context: Context) -> None:
        (people, elsewhere), skills = _people(lines, context), Skills(context.by)
        cards = Cards(_owned(people.values()), skills)
        for line in lines:
            person = people.get(line.values["email"])
            if person is None:
                _object(line, elsewhere)
            else:
                cards.take(line, person)
        skills.save()
        cards.save(context)

    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        rows = PersonSkill.objects.filter(pk__in=list(ids)).select_related("person", "skill")
        contacts = contacts_of([row.person for row in rows], viewer)
        return {
            row.pk: {
                "email": contacts[row.person_id].email,
                "skill": row.skill.label,
                "lends": row.get_kind_display(),
                "note": row.note,
            }
            for row in rows
        }

    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        rows = PersonSkill.objects.filter(person__in=Person.objects.visible_to(viewer))
        if hub_id is not None:
            there = Residency.objects.current().filter(hub_id=hub_id).values("person")
            rows = rows.filter(person__in=there)
        ids = list(
            rows.order_by("person__email", "kind", "skill__code").values_list("pk", flat=True)
        )
        for start in range(0, len(ids), PIECE):
            piece = ids[start : start + PIECE]
            words = self.known(piece, viewer)
            # A line that nobody could be found by again is of no use.
            yield from (words[row_id] for row_id in piece if words[row_id]["email"])


def _people(
    lines: list[ImportLine], context: Context
) -> tuple[dict[str, Person], dict[str, Person]]:
    """Those of the file whom the importer hosts: at home, and in a second hive."""
    called = callers.called((line.values["email"] for line in lines), context.by)
    home = at_home(context.by, {person.pk for person in called.values()})
    mine = {words: person for words, person in called.items() if person.pk in home}
    return mine, {words: person for words, person in called.items() if person.pk not in home}


def _object(line: ImportLine, elsewhere: Mapping[str, Person]) -> None:
    words = line.values["email"]
    if words in elsewhere:
        line.object_to(ELSEWHERE, value=words[:60])
    else:
        callers.object_to(line, words)


def _owned(people: Iterable[Person]) -> dict[tuple[UUID, UUID, str], PersonSkill]:
    rows = PersonSkill.objects.filter(person__in=[person.pk for person in people])
    rows = rows.select_related("skill").order_by("kind", "skill__code")
    return {(row.person_id, row.skill_id, row.kind): row for row in rows}


def _cards(owned: Mapping[tuple[UUID, UUID, str], PersonSkill]) -> dict[UUID, str]:
    """By person, the first skills that stand on their card."""
    cards: dict[UUID, list[str]] = {}
    for row in sorted(owned.values(), key=lambda row: row.pk):
        cards.setdefault(row.person_id, []).append(row.skill.label)
    return {
        person_id: ", ".join(labels[:SHOWN]) + ("…" if len(labels) > SHOWN else "")
        for person_id, labels in cards.items()
    }


def _lends(line: ImportLine) -> str:
    return str(line.values.get("lends") or SkillKind.CAN_HELP)


def _key(line: ImportLine) -> tuple[str, str, str]:
    return line.values["email"], folded(line.values["skill"]), _lends(line)


def _tell_skill(line: ImportLine, skills: Skills) -> None:
    words = line.values["skill"]
    found, exact = skills.find(words)
    if found is None:
        line.remark(SKILL_PROPOSED, value=words[:60])
    elif not exact:
        line.remark(SKILL_READ_AS, value=words[:60], skill=found.label)


class Cards:
    """Toolbox cards being written."""

    def __init__(self, owned: dict[tuple[UUID, UUID, str], PersonSkill], skills: Skills) -> None:
        self.owned, self.skills = owned, skills
        self.new: list[PersonSkill] = []
        self.changed: list[PersonSkill] = []

    def take(self, line: ImportLine, person: Person) -> None:
        skill, proposed = self.skills.find_or_propose(line.values["skill"])
        if proposed:
            note_created(line, skill)
        note, key = line.values.get("note", ""), (person.pk, skill.pk, _lends(line))
        row = self.owned.get(key)
        if row is None:
            row = PersonSkill(person=person, skill=skill, kind=key[2], note=note)
            self.owned[key] = row
            self.new.append(row)
            note_created(line, row)
        elif change(line, row, {"note": note}) and row not in self.new:
            self.changed.append(row)
        line.thing_id, line.about_id = row.pk, person.pk

    def save(self, context: Context) -> None:
        PersonSkill.objects.bulk_create(self.new)
        for row in self.changed:
            row.save()
        journal.record_all("import_toolbox", self.new, by=context.by, hub_id=context.hub_id)
        freshness.touch(row.person_id for row in (*self.new, *self.changed))
