"""The list of skills: a director's lines join it, a host's are proposed to it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from rapidfuzz import fuzz, process

from essaim.core import journal
from essaim.core.imports import cleaning
from essaim.core.imports.kinds import Context, Field, Kind, Place, Problem, change, note_created
from essaim.core.models import Decision, ImportLine
from essaim.core.writing import folded
from essaim.exchange.imports.lookups import names_of, other_wordings
from essaim.exchange.imports.places import places_of
from essaim.people.models import Skill, SkillState
from essaim.people.rules import is_director

BAD_CODE = gettext_noop("“%(value)s” is not a code: small letters, digits and hyphens.")
TWICE = gettext_noop("This skill stands in line %(line)d already.")
NO_PARENT = gettext_noop("“%(value)s” is neither in the list of skills nor above in this file.")
TOO_DEEP = gettext_noop("The list of skills has three levels at most.")
DIRECTORS = gettext_noop("This skill is in the list already: only directors change it by a file.")

ALIKE, DEPTH = 92, 3


def _code(cell: str, line: ImportLine) -> str:
    if cell != slugify(cell) or len(cell) > 80:
        raise Problem(BAD_CODE, value=cell[:40])
    return cell


STATES: dict[str, Any] = {
    state: dict(SkillState.choices)[state] for state in (SkillState.PROPOSED, SkillState.ACCEPTED)
}


class SkillList(Kind):
    code = "skills"
    turn = 0
    name = _("Skills")
    sentence = _("The list that everyone’s toolbox draws from, with its other wordings.")
    fields = (
        Field(
            "label_fr",
            _("Name in French"),
            cleaning.text(120),
            ("compétence", "nom", "libellé", "intitulé", "skill", "french"),
            required=True,
            width=40,
        ),
        Field(
            "label_en",
            _("Name in English"),
            cleaning.text(120),
            ("english", "en anglais", "libellé anglais", "english label"),
            width=40,
        ),
        Field(
            "parent",
            _("Under"),
            cleaning.text(120),
            ("parent", "famille", "catégorie", "category", "domaine"),
            help=_("the code or the name of the skill above it; nothing for a family"),
        ),
        Field("code", _("Code"), _code, ("identifiant", "id")),
        Field(
            "also_fr",
            _("Other wordings in French"),
            cleaning.text(2000),
            ("synonymes", "autres mots"),
            help=_("separated by |"),
            width=50,
        ),
        Field(
            "also_en",
            _("Other wordings in English"),
            cleaning.text(2000),
            ("synonyms", "other words"),
            help=_("separated by |"),
            width=50,
        ),
        Field("standing", _("State"), cleaning.one_of(STATES), ("état", "statut", "status")),
    )
    creates = ("people.skill",)

    def places(self, person: Any) -> list[Place]:
        return places_of(person)

    def examine(self, lines: list[ImportLine], context: Context) -> None:
        tree = Tree()
        for line in lines:
            _object_to_line(line, tree, by_director=is_director(context.by))
            _find_duplicate(line, tree)
            if not line.problems:
                tree.announce(line)

    def write(self, lines: list[ImportLine], context: Context) -> None:
        Writer(lines, context).write()

    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        skills = Skill.objects.filter(pk__in=list(ids)).select_related("parent")
        return {skill.pk: _words(skill) for skill in skills}

    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        skills = Skill.objects.usable().select_related("parent").order_by("level", "code")
        return (_words(skill) for skill in skills)


def _words(skill: Skill) -> dict[str, str]:
    return {
        "label_fr": skill.label_fr,
        "label_en": skill.label_en,
        "parent": skill.parent.code if skill.parent else "",
        "code": skill.code,
        "also_fr": skill.also_fr,
        "also_en": skill.also_en,
        "standing": skill.get_state_display(),
    }


class Tree:
    """What a line may stand under: the list of now, and the lines above it."""

    def __init__(self) -> None:
        # Under every wording, a name before the other wordings of any skill.
        self.skills: dict[str, Skill] = {}
        self.named: set[str] = set()
        self.codes: dict[str, Skill] = {}
        self.levels: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        skills = list(Skill.objects.usable().order_by("level", "code"))
        for skill in skills:
            self.add(skill)
        for skill in skills:
            self.learn(skill, other_wordings(skill))

    def add(self, skill: Skill) -> None:
        self.codes[skill.code] = skill
        for words in map(folded, names_of(skill)):
            if words not in self.named:
                self.named.add(words)
                self.skills[words], self.levels[words] = skill, skill.level

    def learn(self, skill: Skill, wordings: Iterable[str]) -> None:
        for words in wordings:
            self.skills.setdefault(folded(words), skill)
            self.levels.setdefault(folded(words), skill.level)

    def announce(self, line: ImportLine) -> None:
        level = self.level_of(line.values["parent"]) + 1 if line.values.get("parent") else 1
        for words in (folded(line.values.get(name, "")) for name in ("code", "label_fr")):
            if words and words not in self.named:
                self.named.add(words)
                self.levels[words] = level

    def level_of(self, parent: str) -> int:
        return self.levels.get(folded(parent), 0)

    def above(self, parent: str) -> Skill | None:
        return self.codes.get(parent) or self.skills.get(folded(parent))

    def same(self, line: ImportLine) -> Skill | None:
        return self.codes.get(line.values.get("code", "")) or self.skills.get(
            folded(line.values["label_fr"])
        )


def _object_to_line(line: ImportLine, tree: Tree, *, by_director: bool) -> None:
    first = tree.lines.setdefault(folded(line.values["label_fr"]), line.number)
    if first != line.number:
        line.object_to(TWICE, line=first)
    parent = line.values.get("parent", "")
    if parent and not tree.level_of(parent):
        line.object_to(NO_PARENT, value=parent[:60])
    elif parent and tree.level_of(parent) >= DEPTH:
        line.object_to(TOO_DEEP)
    if tree.same(line) and not by_director:
        line.object_to(DIRECTORS)


def _find_duplicate(line: ImportLine, tree: Tree) -> None:
    if found := tree.same(line):
        line.duplicate_id, line.sure = found.pk, True
        return
    near = process.extractOne(
        folded(line.values["label_fr"]), tree.skills.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
    )
    if near:
        line.duplicate_id = tree.skills[near[0]].pk


class Writer:
    def __init__(self, lines: list[ImportLine], context: Context) -> None:
        self.lines, self.context = lines, context
        self.director = is_director(context.by)
        self.tree = Tree()
        self.by_id = {skill.pk: skill for skill in self.tree.codes.values()}
        self.taken = set(Skill.objects.values_list("code", flat=True))
        self.new: list[Skill] = []
        self.changed: list[Skill] = []

    def write(self) -> None:
        for line in self.lines:
            skill = self._skill(line)
            line.thing_id = skill.pk if skill else None
        Skill.objects.bulk_create(self.new)
        for skill in self.changed:
            skill.changed_at = timezone.now()
            skill.save()
        journal.record_all("import_skill", self.new, by=self.context.by, hub_id=self.context.hub_id)

    def _skill(self, line: ImportLine) -> Skill | None:
        found = self.by_id.get(line.duplicate_id) if line.duplicate_id else self.tree.same(line)
        if found is None or line.decision == Decision.CREATE:
            return self._new(line)
        names = ("label_fr", "label_en", "also_fr", "also_en")
        if change(line, found, {name: line.values.get(name) for name in names}):
            self.changed.append(found)
        return found

    def _new(self, line: ImportLine) -> Skill | None:
        parent = self.tree.above(line.values.get("parent", ""))
        if line.values.get("parent") and parent is None:
            line.object_to(NO_PARENT, value=line.values["parent"][:60])
            return None
        skill = Skill(
            code=self._free_code(line),
            parent=parent,
            level=parent.level + 1 if parent else 1,
            label_fr=line.values["label_fr"],
            label_en=line.values.get("label_en") or line.values["label_fr"],
            also_fr=line.values.get("also_fr", ""),
            also_en=line.values.get("also_en", ""),
            state=self._standing(line),
            proposed_by=None if self.director else self.context.by,
        )
        self.tree.add(skill)
        self.tree.learn(skill, other_wordings(skill))
        self.new.append(skill)
        note_created(line, skill)
        return skill

    def _standing(self, line: ImportLine) -> str:
        if not self.director:
            return SkillState.PROPOSED
        return str(line.values.get("standing") or SkillState.ACCEPTED)

    def _free_code(self, line: ImportLine) -> str:
        code = base = line.values.get("code") or slugify(line.values["label_fr"])[:70] or "skill"
        number = 2
        while code in self.taken:
            code, number = f"{base}-{number}", number + 1
        self.taken.add(code)
        return code
