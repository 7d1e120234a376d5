"""What the matching index reads about people and skills: from rows to the engine's documents.

The engine quotes the line that answers a need best. `Texts.evidence` tells what that line was: a
lent skill, a need they met, their venture or their own words.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from essaim.core.prepared import Prepared
from essaim.exchange.models import HelpExchange, HelpState, Need, NeedAudience
from essaim.hubs.models import Residency
from essaim.matching import Document, Path, Reasons
from essaim.people.models import Affiliation, Person, PersonSkill, PersonState, Skill, Venture

# Who may sign in may be found.
FINDABLE = (PersonState.INVITED, PersonState.ACTIVE)
RESIDENT = "resident"
MET_TITLES = 30


@dataclass(frozen=True)
class LentSkill:
    id: UUID
    label_fr: str
    label_en: str
    wordings: str
    note: str

    @property
    def line(self) -> str:
        return lent_line(self.label_fr, self.note)


def lent_line(label: str, note: str) -> str:
    """A lent skill as it is indexed and quoted back."""
    return f"{label} : {note}" if note else label


@dataclass(frozen=True)
class MetNeed:
    title: str
    # The title of a need kept inside a hive is matched, and never shown elsewhere.
    may_be_quoted: bool


@dataclass(frozen=True)
class Evidence:
    """What answered the need. `kind`: skill, met, venture, about; `quote` are a person's words.

    `path`: the trade, or skill of a taxonomy, through which it did.
    """

    kind: str
    quote: str = ""
    label_fr: str = ""
    label_en: str = ""
    path: Path | None = None


@dataclass
class Texts:
    about: str = ""
    ventures: list[str] = field(default_factory=list)
    skills: list[LentSkill] = field(default_factory=list)
    met: list[MetNeed] = field(default_factory=list)
    hubs: list[UUID] = field(default_factory=list)

    @property
    def profile(self) -> str:
        wordings = [skill.wordings for skill in self.skills]
        return "\n".join(filter(None, [self.about, *self.ventures, *wordings]))

    @property
    def lines(self) -> list[str]:
        return [*(skill.line for skill in self.skills), *(need.title for need in self.met)]

    def evidence_of(self, reasons: Reasons | None) -> Evidence | None:
        """Of what the engine says; through the bridge only where its line may be quoted."""
        if reasons is None:
            return None
        if reasons.path:
            declared = self.evidence(reasons.path.line)
            if declared and (declared.label_fr or declared.quote):
                return replace(declared, path=reasons.path)
        return self.evidence(reasons.line)

    def evidence(self, line: str | None) -> Evidence | None:
        if line is None:
            return None
        for skill in self.skills:
            if line == skill.line or line in skill.wordings:
                return Evidence("skill", skill.note, skill.label_fr, skill.label_en)
        for need in self.met:
            if line == need.title:
                return Evidence("met", need.title if need.may_be_quoted else "")
        for venture in self.ventures:
            if line in venture:
                return Evidence("venture", line.strip(" ·"))
        # Else the index is behind: what is theirs no more, or never was, is not put in their mouth.
        return Evidence("about", line) if line in self.about else None


def texts_of(person_ids: Sequence[UUID]) -> dict[UUID, Texts]:
    """What is known of each, in five queries however many they are."""
    found = told_by(person_ids)
    here = Residency.objects.current().filter(person_id__in=person_ids)
    for pk, hub_id in here.values_list("person_id", "hub_id"):
        found[pk].hubs.append(hub_id)
    return dict(found)


def told_by(person_ids: Sequence[UUID]) -> dict[UUID, Texts]:
    """As much of it as `evidence` looks at: all but where they live."""
    found: dict[UUID, Texts] = defaultdict(Texts)
    for pk, about in _about_of(ids=person_ids):
        found[pk].about = about
    for pk, *words in _ventures_of(ids=person_ids):
        found[pk].ventures.append(" · ".join(filter(None, words)))
    for pk, skill_id, fr, en, also_fr, also_en, note in _skills_of(ids=person_ids):
        found[pk].skills.append(LentSkill(skill_id, fr, en, _wordings(en, also_fr, also_en), note))
    for pk, title, audience in _needs_met_by(ids=person_ids):
        met = found[pk].met
        if len(met) < MET_TITLES and all(title != known.title for known in met):
            met.append(MetNeed(title, audience == NeedAudience.NETWORK))
    return found


def _about_query(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = Person.objects.filter(pk__among=ids)
    return rows.values_list("pk", "about")


def _ventures_query(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    words = ("venture__name", "venture__purpose", "venture__trade", "venture__challenge")
    rows: QuerySet[Any, Any] = Affiliation.objects.current().filter(person__among=ids)
    return rows.order_by("id").values_list("person_id", *words)


def _skills_query(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    words = ("skill__label_fr", "skill__label_en", "skill__also_fr", "skill__also_en")
    rows: QuerySet[Any, Any] = PersonSkill.objects.lent().filter(person__among=ids)
    return rows.order_by("id").values_list("person_id", "skill_id", *words, "note")


def _needs_query(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = HelpExchange.objects.filter(
        giver__among=ids, state=HelpState.CONFIRMED, need__isnull=False
    )
    latest = rows.exclude(need__title="").order_by("-confirmed_at", "id")
    return latest.values_list("giver_id", "need__title", "need__audience")


_about_of = Prepared(_about_query, ids=list)
_ventures_of = Prepared(_ventures_query, ids=list)
_skills_of = Prepared(_skills_query, ids=list)
_needs_met_by = Prepared(_needs_query, ids=list)


def _wordings(label_en: str, also_fr: str, also_en: str) -> str:
    return ", ".join(_split(label_en) + _split(also_fr) + _split(also_en))


def _split(wordings: str) -> list[str]:
    return [wording.strip() for wording in wordings.split("|") if wording.strip()]


def person_documents(versions: dict[UUID, str]) -> list[Document]:
    return [
        Document(
            id=str(pk),
            version=versions[pk],
            profile=known.profile,
            lines=known.lines,
            facets={str(hub_id): RESIDENT for hub_id in known.hubs},
        )
        for pk, known in texts_of(list(versions)).items()
    ]


def need_documents(versions: dict[UUID, str]) -> list[Document]:
    """A need is quoted by its title or by a sentence of its author, and found by its skills too."""
    wanted: dict[UUID, list[str]] = defaultdict(list)
    links = Need.skills.through.objects.filter(need__in=list(versions)).order_by("id")
    for pk, *labels in links.values_list("need_id", "skill__label_fr", "skill__label_en"):
        wanted[pk] += labels
    rows = Need.objects.filter(pk__in=list(versions)).values_list("pk", "title", "text")
    return [
        Document(id=str(pk), version=versions[pk], profile=text, lines=[title, *wanted[pk]])
        for pk, title, text in rows
    ]


def venture_documents(versions: dict[UUID, str]) -> list[Document]:
    rows = Venture.objects.filter(pk__in=list(versions)).values_list(
        "pk", "name", "purpose", "challenge", "trade"
    )
    return [
        Document(id=str(pk), version=versions[pk], lines=list(filter(None, words)))
        for pk, *words in rows
    ]


def skill_documents(versions: dict[UUID, str]) -> list[Document]:
    rows = Skill.objects.filter(pk__in=list(versions)).values_list(
        "pk", "label_fr", "label_en", "also_fr", "also_en"
    )
    return [
        Document(
            id=str(pk),
            version=versions[pk],
            lines=[label_fr, label_en, *_split(also_fr), *_split(also_en)],
        )
        for pk, label_fr, label_en, also_fr, also_en in rows
    ]
