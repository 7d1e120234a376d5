"""Needs that were written down elsewhere, told here under the name of who had them.

Nobody is asked and no clock runs for an imported need: three hundred at once would be the very
broadcast that individual asks replace. Its author, or the host, asks from its page.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from rapidfuzz import fuzz

from essaim.core import journal
from essaim.core.imports import cleaning
from essaim.core.imports.kinds import (
    Context,
    Field,
    Kind,
    Place,
    Problem,
    change,
    note_created,
)
from essaim.core.models import Decision, ImportLine
from essaim.core.sayings import Saying
from essaim.core.writing import folded
from essaim.exchange import escalation
from essaim.exchange.contact import contacts_of
from essaim.exchange.imports import callers
from essaim.exchange.imports.lookups import Skills
from essaim.exchange.imports.people import SKILL_PROPOSED, SKILL_READ_AS
from essaim.exchange.imports.places import places_of
from essaim.exchange.models import LIVE, Need, NeedAudience, NeedSource, NeedState, Urgency
from essaim.hubs.models import Residency

NO_HIVE = gettext_noop("“%(value)s” lives in no hive: a need is told in one.")
TWICE = gettext_noop("The same need stands in line %(line)d already.")
NO_TIME = gettext_noop("“%(value)s” is not a time between 15 minutes and 8 hours.")
ROUNDED = gettext_noop("%(value)s minutes were rounded to %(minutes)d: time goes by quarters.")
SHORTENED = gettext_noop("A long need: its beginning becomes the title, and it stands in full.")
UNDER_WAY = gettext_noop("Someone was asked about it since: it stays.")

TITLE = 120
ALIKE, SAME = 90, 100
PIECE = 500


def _minutes(cell: str, line: ImportLine) -> int:
    """« 45 », « 45 min », « 1 h 30 », « 2h »."""
    words = folded(cell).replace("minutes", "").replace("min", "").replace(" ", "")
    hours, colon, rest = words.replace("heures", "h").replace("heure", "h").partition("h")
    if not (colon and hours.isdigit() and (rest or "0").isdigit()) and not words.isdigit():
        raise Problem(NO_TIME, value=cell[:20])
    minutes = int(hours) * 60 + int(rest or 0) if colon else int(words)
    if not 1 <= minutes <= 480:
        raise Problem(NO_TIME, value=cell[:20])
    rounded = -(-minutes // 15) * 15
    if rounded != minutes:
        line.remark(ROUNDED, value=str(minutes), minutes=rounded)
    return rounded


TOLD: dict[str, Any] = {
    code: label for code, label in NeedState.choices if code != NeedState.DRAFT.value
}
WORDS_OF_STATE = {
    "ouvert": NeedState.OPEN,
    "open": NeedState.OPEN,
    "en cours": NeedState.IN_HAND,
    "résolu": NeedState.MET,
    "fait": NeedState.MET,
    "done": NeedState.MET,
    "clos": NeedState.CLOSED_UNMET,
    "abandonné": NeedState.WITHDRAWN,
}
WORDS_OF_URGENCY = {
    "urgent": Urgency.NOW,
    "aujourd’hui": Urgency.NOW,
    "semaine": Urgency.WEEK,
    "mois": Urgency.MONTH,
}

FIELDS = (
    Field(
        "email",
        _("E-mail"),
        callers.who,
        ("e-mail", "mail", "courriel", "qui", "auteur", "membre", "author", "adresse mail"),
        required=True,
        help=_("or the name, where only one person of the hive bears it"),
        width=30,
    ),
    Field(
        "title",
        _("Need"),
        cleaning.text(2000),
        ("besoin", "titre", "demande", "title", "request", "sujet"),
        required=True,
        width=50,
    ),
    Field(
        "text",
        _("In full"),
        cleaning.text(2000),
        ("description", "détail", "texte", "text", "details"),
        width=60,
    ),
    Field(
        "minutes",
        _("Minutes"),
        _minutes,
        ("durée", "temps", "duration", "time", "minutes demandées"),
        help=_("45, 1 h 30, 2 h"),
    ),
    Field(
        "urgency",
        _("Urgency"),
        cleaning.one_of(dict(Urgency.choices), WORDS_OF_URGENCY),
        ("urgence", "quand", "délai", "when"),
    ),
    Field("skills", _("Skills"), cleaning.text(1000), ("compétences", "skills"), width=40),
    Field(
        "told_to",
        _("Told to"),
        cleaning.one_of(dict(NeedAudience.choices)),
        ("portée", "visibilité", "audience"),
    ),
    Field(
        "standing",
        _("State"),
        cleaning.one_of(TOLD, WORDS_OF_STATE),
        ("état", "statut", "status"),
    ),
    Field("said_on", _("Said on"), cleaning.day, ("date", "depuis", "le", "publié le")),
    Field("closed_on", _("Closed on"), cleaning.day, ("clos le", "résolu le", "date de fin")),
)


class Needs(Kind):
    code = "needs"
    turn = 4
    name = _("Needs")
    sentence = _("Who needed what, how long ago, and whether it was met.")
    fields = FIELDS
    creates = ("exchange.need", "people.skill")

    def places(self, person: Any) -> list[Place]:
        return places_of(person)

    def examine(self, lines: list[ImportLine], context: Context) -> None:
        authors, skills = Authors(lines, context), Skills(context.by)
        met: dict[tuple[str, str, str], int] = {}
        for line in lines:
            _shorten(line)
            authors.object_to(line)
            _tell_skills(line, skills)
            key = (line.values["email"], folded(_said(line)), line.values.get("said_on", ""))
            first = met.setdefault(key, line.number)
            if first != line.number:
                line.object_to(TWICE, line=first)
        _find_duplicates(lines, authors)

    def write(self, lines: list[ImportLine], context: Context) -> None:
        Writer(lines, context).write()

    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        needs = Need.objects.visible_to(viewer).filter(pk__in=list(ids))
        needs = needs.select_related("author").prefetch_related("skills")
        contacts = contacts_of([need.author for need in needs], viewer)
        return {need.pk: _words(need, contacts[need.author_id].email) for need in needs}

    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        """Without the address of its author a need could not be brought back: it stays here."""
        needs = Need.objects.visible_to(viewer).exclude(state=NeedState.DRAFT)
        if hub_id is not None:
            needs = needs.filter(hub_id=hub_id)
        ids = list(needs.order_by("published_at", "id").values_list("pk", flat=True))
        for start in range(0, len(ids), PIECE):
            piece = ids[start : start + PIECE]
            words = self.known(piece, viewer)
            yield from (words[need_id] for need_id in piece if words[need_id]["email"])

    def obstacles(self, ids: Iterable[UUID]) -> Mapping[UUID, Saying]:
        asked = Need.objects.filter(pk__in=list(ids), asks__isnull=False)
        return {need_id: Saying(UNDER_WAY) for need_id in asked.values_list("pk", flat=True)}


def _words(need: Need, email: str) -> dict[str, str]:
    return {
        "email": email,
        "title": need.title,
        "text": need.text,
        "minutes": str(need.minutes),
        "urgency": need.get_urgency_display(),
        "skills": " ; ".join(sorted(skill.label for skill in need.skills.all())),
        "told_to": need.get_audience_display(),
        "standing": need.get_state_display(),
        "said_on": _day(need.published_at),
        "closed_on": _day(need.closed_at),
    }


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""


def _shorten(line: ImportLine) -> None:
    """A long need gets a short title, and stands in full under it."""
    said = line.values["title"]
    if len(said) > TITLE:
        line.values["title"] = Truncator(said).chars(TITLE)
        line.values["text"] = "\n".join(filter(None, (said, line.values.get("text", ""))))[:2000]
        line.remark(SHORTENED)


def _said(line: ImportLine) -> str:
    return f"{line.values['title']} {line.values.get('text', '')}"


def _tell_skills(line: ImportLine, skills: Skills) -> None:
    for words in skills.listed(line.values.get("skills", "")):
        found, exact = skills.find(words)
        if found is None:
            line.remark(SKILL_PROPOSED, value=words[:60])
        elif not exact:
            line.remark(SKILL_READ_AS, value=words[:60], skill=found.label)


class Authors:
    """Those of the file whom the importer hosts, and the hub in which each tells needs."""

    def __init__(self, lines: list[ImportLine], context: Context) -> None:
        self.people = callers.called((line.values["email"] for line in lines), context.by)
        self.hubs = self._hubs(context)

    def _hubs(self, context: Context) -> dict[UUID, UUID]:
        ids = [person.pk for person in self.people.values()]
        homes = Residency.objects.current().filter(person__in=ids).order_by("-since_on", "-id")
        if context.hub_id is not None:
            homes = homes.filter(hub_id=context.hub_id)
        # The oldest residency is written last, and is home.
        return dict(homes.values_list("person_id", "hub_id"))

    def object_to(self, line: ImportLine) -> None:
        person = self.people.get(line.values["email"])
        if person is None:
            callers.object_to(line, line.values["email"])
        elif person.pk not in self.hubs:
            line.object_to(NO_HIVE, value=line.values["email"])
        else:
            line.about_id = person.pk


def _find_duplicates(lines: list[ImportLine], authors: Authors) -> None:
    """The same words of the same author on the same day are the same need."""
    told: dict[UUID, list[Need]] = {}
    ids = [person.pk for person in authors.people.values()]
    rows: QuerySet[Need] = Need.objects.filter(author__in=ids)
    for need in rows.exclude(state=NeedState.DRAFT).order_by("-published_at", "id"):
        told.setdefault(need.author_id, []).append(need)
    for line in lines:
        for need in told.get(line.about_id, []) if line.about_id else []:
            score = fuzz.ratio(folded(need.title), folded(line.values["title"]))
            if score < ALIKE:
                continue
            same_day = line.values.get("said_on") == _day(need.published_at)
            line.duplicate_id, line.sure = need.pk, score >= SAME and same_day
            break


class Writer:
    def __init__(self, lines: list[ImportLine], context: Context) -> None:
        self.lines, self.context = lines, context
        self.authors = Authors(lines, context)
        self.skills = Skills(context.by)
        ids = [line.duplicate_id for line in lines if line.duplicate_id]
        # What its author wrote is only completed or replaced where the importer is host.
        self.by_id = {
            need.pk: need
            for need in Need.objects.filter(pk__in=ids)
            if need.author_id in self.authors.hubs
        }
        self.new: list[Need] = []
        self.changed: list[Need] = []
        self.links: list[Any] = []

    def write(self) -> None:
        for line in self.lines:
            self.authors.object_to(line)
            if not line.problems:
                self._take(line)
        self.skills.save()
        Need.objects.bulk_create(self.new)
        Need.skills.through.objects.bulk_create(self.links)
        for need in self.changed:
            need.save()
        journal.record_all("import_need", self.new, by=self.context.by, hub_id=self.context.hub_id)

    def _take(self, line: ImportLine) -> None:
        found = self.by_id.get(line.duplicate_id) if line.duplicate_id else None
        if found is None or line.decision == Decision.CREATE:
            found = self._new(line)
        elif change(line, found, {name: line.values.get(name) for name in ("title", "text")}):
            self.changed.append(found)
        line.thing_id = found.pk

    def _new(self, line: ImportLine) -> Need:
        person = self.authors.people[line.values["email"]]
        need = Need(author=person, hub_id=self.authors.hubs[person.pk], **_values(line))
        self.new.append(need)
        note_created(line, need)
        self._link(line, need)
        return need

    def _link(self, line: ImportLine, need: Need) -> None:
        linked = set()
        for words in self.skills.listed(line.values.get("skills", "")):
            skill, proposed = self.skills.find_or_propose(words)
            if proposed:
                note_created(line, skill)
            if skill.pk not in linked:
                linked.add(skill.pk)
                self.links.append(Need.skills.through(need=need, skill=skill))


def _values(line: ImportLine) -> dict[str, Any]:
    now = timezone.now()
    urgency = line.values.get("urgency") or Urgency.WEEK
    standing = line.values.get("standing") or NeedState.OPEN
    said_at = _moment(line.values.get("said_on")) or now
    live = standing in LIVE
    return {
        "title": line.values["title"],
        "text": line.values.get("text") or line.values["title"],
        "minutes": line.values.get("minutes") or 30,
        "urgency": urgency,
        "audience": line.values.get("told_to") or NeedAudience.NETWORK,
        "source": NeedSource.IMPORT,
        "state": standing,
        "policy": escalation.policy_for(urgency),
        "level": 1,
        "created_at": said_at,
        "published_at": said_at,
        "expires_at": now + escalation.LIFE if live else said_at + escalation.LIFE,
        "closed_at": None if live else _moment(line.values.get("closed_on")) or said_at,
    }


def _moment(day: str | None) -> datetime | None:
    """Noon of that day, here: the day stays the same wherever it is read."""
    if not day:
        return None
    return timezone.make_aware(datetime.combine(datetime.fromisoformat(day), time(12)))
