"""People of a hive: who they are, where they live and work, what they can lend."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from essaim.core.imports import cleaning
from essaim.core.imports.kinds import Context, Field, Kind, Place
from essaim.core.models import ImportLine
from essaim.core.sayings import Saying
from essaim.core.writing import folded
from essaim.exchange.imports import people_export
from essaim.exchange.imports.lookups import Names, Skills, keys_of_people
from essaim.exchange.imports.people_writing import Writer
from essaim.exchange.imports.places import places_of
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Audience, Person, PersonState

NO_NAME = gettext_noop("The name is missing.")
TWICE = gettext_noop("This e-mail address stands in line %(line)d already.")
UNKNOWN_HUB = gettext_noop("No hive is called “%(value)s”.")
SKILL_READ_AS = gettext_noop("“%(value)s” is understood as “%(skill)s”.")
SKILL_PROPOSED = gettext_noop("“%(value)s” is not in the list of skills: it will be proposed.")
HAS_JOINED = gettext_noop("This person has joined since: they stay.")

ALIKE_HERE, ALIKE_ANYWHERE = 88, 100


SHOWN_TO = dict(Audience.choices)
OF_PROFILE: dict[str, Any] = {code: SHOWN_TO[code] for code in (Audience.NETWORK, Audience.PUBLIC)}
OF_CONTACT: dict[str, Any] = {
    code: SHOWN_TO[code] for code in (Audience.ON_YES, Audience.HUB, Audience.NETWORK)
}


class People(Kind):
    code = "people"
    turn = 1
    name = _("People")
    sentence = _("Who lives in the hive, in which ventures, and what each can lend.")
    fields = (
        Field(
            "given_name",
            _("Given name"),
            cleaning.text(80),
            ("prénom", "first name", "firstname", "forename"),
        ),
        Field(
            "family_name",
            _("Family name"),
            cleaning.text(80),
            ("nom", "nom de famille", "last name", "lastname", "surname"),
        ),
        Field(
            "full_name",
            _("Full name"),
            cleaning.text(160),
            ("nom complet", "nom et prénom", "prénom et nom", "nom prénom", "name", "membre"),
            help=_("when given and family name share a column: « Léa MARTIN »"),
        ),
        Field(
            "email",
            _("E-mail"),
            cleaning.email,
            ("e-mail", "mail", "courriel", "adresse mail", "adresse e-mail", "email address"),
            required=True,
            width=30,
        ),
        Field(
            "phone",
            _("Phone"),
            cleaning.phone,
            ("téléphone", "tél", "tel", "portable", "mobile", "gsm", "phone number", "numéro"),
        ),
        Field(
            "ventures",
            _("Ventures"),
            cleaning.text(1000),
            ("structure", "structures", "entreprise", "projet", "organisation", "company"),
            help=_("several: separated by ; — a role may stand in brackets: Les Bocaux (founder)"),
            width=40,
        ),
        Field(
            "skills",
            _("Skills to lend"),
            cleaning.text(2000),
            ("compétences", "savoir-faire", "skills", "expertise", "boîte à outils"),
            help=_("several: separated by ;"),
            width=40,
        ),
        Field("about", _("About me"), cleaning.text(300), ("présentation", "bio", "à propos")),
        Field("plan", _("Plan"), cleaning.text(60), ("formule", "abonnement", "statut", "offre")),
        Field(
            "since_on",
            _("Since"),
            cleaning.day,
            ("depuis", "date d’entrée", "arrivée", "date d’arrivée", "entry date", "start date"),
        ),
        Field("hub", _("Hive"), cleaning.text(80), ("ruche", "lieu", "site", "hub", "space")),
        Field(
            "language",
            _("Language"),
            cleaning.one_of(dict(settings.LANGUAGES), {"français": "fr", "anglais": "en"}),
            ("langue",),
        ),
        Field(
            "profile_audience",
            _("Who sees the profile"),
            cleaning.one_of(OF_PROFILE),
        ),
        Field(
            "email_audience",
            _("Who sees the e-mail"),
            cleaning.one_of(OF_CONTACT),
        ),
        Field(
            "phone_audience",
            _("Who sees the phone"),
            cleaning.one_of(OF_CONTACT),
        ),
    )
    next_step = (_("Invite those who are not members yet"), "hubs:expected")
    creates = (
        "people.personskill",
        "people.affiliation",
        "hubs.residency",
        "people.person",
        "people.venture",
        "people.skill",
    )

    def places(self, person: Any) -> list[Place]:
        return places_of(person)

    def examine(self, lines: list[ImportLine], context: Context) -> None:
        hubs = _hubs_by_name()
        for line in lines:
            _split_full_name(line)
            _find_hub(line, context, hubs)
        _object_to_repeats(lines)
        _tell_skills(lines, Skills(context.by))
        _find_duplicates(lines, context)

    def write(self, lines: list[ImportLine], context: Context) -> None:
        Writer(lines, context).write()

    def known(self, ids: Iterable[UUID], viewer: Any) -> Mapping[UUID, dict[str, str]]:
        return people_export.known(ids, viewer)

    def export(self, viewer: Any, hub_id: UUID | None) -> Iterator[dict[str, str]]:
        return people_export.lines(viewer, hub_id)

    def obstacles(self, ids: Iterable[UUID]) -> Mapping[UUID, Saying]:
        joined = Person.objects.filter(pk__in=list(ids)).exclude(state=PersonState.EXPECTED)
        return {person_id: Saying(HAS_JOINED) for person_id in joined.values_list("pk", flat=True)}


def _split_full_name(line: ImportLine) -> None:
    """« MARTIN Léa », « Léa MARTIN », « Léa Martin »: capitals are the family name."""
    words = line.values.pop("full_name", "").split()
    if words and not line.values.get("given_name"):
        capitals = [word for word in words if len(word) > 1 and word.isupper()]
        family = capitals if 0 < len(capitals) < len(words) else words[1:]
        line.values["given_name"] = " ".join(word for word in words if word not in family)[:80]
        line.values["family_name"] = " ".join(family)[:80]
    if not line.values.get("given_name"):
        # Better one name than none: some lists hold family names alone.
        line.values["given_name"] = line.values.pop("family_name", "")
    if not line.values["given_name"]:
        line.object_to(NO_NAME)


def _hubs_by_name() -> dict[str, UUID]:
    hubs: dict[str, UUID] = {}
    for hub_id, name, slug in Hub.objects.open().order_by("id").values_list("pk", "name", "slug"):
        hubs.setdefault(folded(name), hub_id)
        hubs.setdefault(folded(slug), hub_id)
    return hubs


def _find_hub(line: ImportLine, context: Context, hubs: Mapping[str, UUID]) -> None:
    """A host's file is about their hub, whatever its column says; the network's says where."""
    spoken = line.values.get("hub", "")
    if context.hub_id is not None:
        line.values["hub_id"] = str(context.hub_id)
    elif spoken and (found := hubs.get(folded(spoken))):
        line.values["hub_id"] = str(found)
    elif spoken:
        line.object_to(UNKNOWN_HUB, value=spoken)


def _object_to_repeats(lines: list[ImportLine]) -> None:
    """The same person in two hubs is two lines of the network's file; elsewhere it is a slip."""
    first: dict[str, ImportLine] = {}
    met: dict[tuple[str, str], int] = {}
    for line in lines:
        address, key = line.values["email"], (line.values["email"], line.values.get("hub_id", ""))
        if key in met:
            line.object_to(TWICE, line=met[key])
        elif address in first:
            line.values["again"] = True
        met.setdefault(key, line.number)
        first.setdefault(address, line)


def _tell_skills(lines: list[ImportLine], skills: Skills) -> None:
    for line in lines:
        for words in skills.listed(line.values.get("skills", "")):
            found, exact = skills.find(words)
            if found is None:
                line.remark(SKILL_PROPOSED, value=words[:60])
            elif not exact:
                line.remark(SKILL_READ_AS, value=words[:60], skill=found.label)


def _find_duplicates(lines: list[ImportLine], context: Context) -> None:
    addresses = [line.values["email"] for line in lines]
    rows = Person.objects.filter(email__in=addresses).values_list("email", "pk")
    by_address = dict(rows)
    names, near = _names_of_people(), _people_of(context)
    for line in lines:
        if found := by_address.get(line.values["email"]):
            line.duplicate_id, line.sure, line.about_id = found, True, found
        else:
            line.duplicate_id = _alike(line, names, near)


def _names_of_people() -> Names:
    people = Person.objects.present().values_list("pk", "given_name", "family_name")
    return Names(
        ((pk, f"{given} {family}") for pk, given, family in people.iterator()), keys_of_people
    )


def _people_of(context: Context) -> set[UUID]:
    there = Residency.objects.current().filter(hub_id=context.hub_id)
    return set(there.values_list("person_id", flat=True))


def _alike(line: ImportLine, names: Names, near: set[UUID]) -> UUID | None:
    """A neighbour whose name is close; anywhere else, one whose name is the same."""
    name = f"{line.values['given_name']} {line.values.get('family_name', '')}"
    for person_id, score in names.like(name, ALIKE_HERE):
        if person_id in near or score >= ALIKE_ANYWHERE:
            return person_id
    return None
