"""Whom in the hive somebody could be introduced to, and why: what they know is close to what the
person does, wants to learn or needs."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from essaim.exchange import index, reasons
from essaim.exchange.models import AvoidPair, HelpExchange, HelpState, Need, Pause
from essaim.exchange.texts import told_by
from essaim.hubs.models import Residency
from essaim.people.models import Affiliation, Person, PersonSkill, PersonState, SkillKind

FOUND = 12
NEVER = (HelpState.CANCELLED, HelpState.NO_SHOW)


@dataclass(frozen=True)
class Meeting:
    person: Person
    why: str


def could_meet(person: Person, hub_ids: Collection[UUID]) -> list[Person]:
    """Who lives in these hives and does not know the person yet: neither of the same venture, nor
    helped, nor on a pause, nor kept apart."""
    me, them = person.pk, OuterRef("pk")
    living = Residency.objects.current().filter(hub__in=hub_ids, person=them)
    mine = Affiliation.objects.current().filter(person=me).values("venture")
    helped = HelpExchange.objects.exclude(state__in=NEVER).filter(
        Q(giver=me, receiver=them) | Q(receiver=me, giver=them)
    )
    apart = AvoidPair.objects.filter(Q(person=them, other=me) | Q(person=me, other=them))
    people = Person.objects.filter(Exists(living), state=PersonState.ACTIVE).exclude(pk=me)
    unknown = people.exclude(
        Exists(Affiliation.objects.current().filter(person=them, venture__in=mine))
        | Exists(helped)
        | Exists(apart)
        | Exists(Pause.objects.on(timezone.localdate()).filter(person=them))
    )
    return list(unknown.by_name())


def suggested(person: Person, others: Collection[Person], *, count: int) -> list[Meeting]:
    """The closest first; nobody when nothing is known of the person yet."""
    known = {other.pk: other for other in others}
    text = _about(person)
    if not text or not known:
        return []
    hits = index.search_people(text, k=FOUND, among=list(known))[:count]
    told = told_by([UUID(hit.id) for hit in hits])
    found = []
    for hit in hits:
        other = known[UUID(hit.id)]
        evidence = told[other.pk].evidence_of(hit.reasons)
        if evidence is not None and evidence.kind:
            facts = {
                "kind": evidence.kind, "quote": evidence.quote, "label_fr": evidence.label_fr,
                "label_en": evidence.label_en,
            } | reasons.of_path(evidence.path)  # fmt: skip
            found.append(Meeting(other, reasons.about_helper(facts, other.given_name)))
    return found


def _about(person: Person) -> str:
    """Needs and wishes to learn first: they say what somebody could bring."""
    needs = Need.objects.live().filter(author=person).order_by("-published_at", "pk")
    learns = PersonSkill.objects.filter(person=person, kind=SkillKind.WANTS_TO_LEARN)
    places = Affiliation.objects.current().filter(person=person)
    words = [
        *needs.values_list("title", flat=True)[:3],
        *learns.order_by("pk").values_list("skill__label_fr", flat=True),
        *places.order_by("pk").values_list("venture__purpose", flat=True),
        person.about,
    ]
    return "\n".join(filter(None, words))
