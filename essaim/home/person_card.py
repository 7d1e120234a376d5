"""What a viewer may see of a person: one place, read by the page, its previews and the tests."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from essaim.core.ids import uuid7
from essaim.exchange import signs
from essaim.exchange.contact import Contact, contact_of
from essaim.exchange.models import HelpExchange, HelpState, Thanks
from essaim.hubs.models import Hub, Residency
from essaim.people.models import Affiliation, Person, PersonSkill, SkillKind, Venture

THANKS_SHOWN = 5


@dataclass(frozen=True)
class Given:
    """Help given, never what was received: the balance is nobody's business but one's own."""

    minutes: int = 0
    people: int = 0


@dataclass(frozen=True)
class PersonCard:
    person: Person
    places: list[Affiliation]
    hubs: list[Hub]
    lends: list[PersonSkill]
    contact: Contact
    member: bool = False
    own: bool = False
    # Told to hosts only, who may end them.
    residencies: list[Residency] = field(default_factory=list)
    # For hosts, when the machine asks the person nothing: quiet, dormant, or silent.
    silent: str = ""
    learns: list[PersonSkill] = field(default_factory=list)
    given: Given = Given()
    thanks: list[Thanks] = field(default_factory=list)


def shown_to(viewer: Any) -> QuerySet[Person]:
    """People as `card_of` wants them."""
    done = HelpExchange.objects.filter(giver=OuterRef("pk"), state=HelpState.CONFIRMED)
    totals = done.order_by().values("giver")
    found: QuerySet[Person] = Person.objects.visible_to(viewer).annotate(
        given_minutes=Coalesce(Subquery(totals.annotate(n=Sum("minutes")).values("n")), 0),
        given_people=Coalesce(
            Subquery(totals.annotate(n=Count("receiver", distinct=True)).values("n")), 0
        ),
    )
    return found


def card_of(person: Any, viewer: Any) -> PersonCard:
    """`person` was loaded through `shown_to(viewer)`."""
    lines = list(person.skills.with_labels())
    residencies = list(person.residencies.current().select_related("hub").order_by("since_on"))
    contact = contact_of(person, viewer)
    seen: dict[str, Any] = {
        "person": person,
        "places": _places(person, viewer),
        "hubs": [residency.hub for residency in residencies],
        "lends": [line for line in lines if line.kind == SkillKind.CAN_HELP],
        "contact": contact,
        "thanks": list(_thanks(person, viewer)[:THANKS_SHOWN]),
    }
    if not viewer.is_authenticated:
        return PersonCard(**seen)
    return PersonCard(
        member=True,
        own=viewer.pk == person.pk,
        residencies=residencies if contact.hosted else [],
        silent=_silent(person) if contact.hosted else "",
        learns=[line for line in lines if line.kind == SkillKind.WANTS_TO_LEARN],
        given=Given(person.given_minutes, person.given_people),
        **seen,
    )


def _silent(person: Person) -> str:
    standing = signs.standing_of(person, timezone.now())
    if standing.unanswering:
        return "silent"
    gone = standing.presence in (signs.Presence.QUIET, signs.Presence.DORMANT)
    return standing.presence.value if gone else ""


def _places(person: Person, viewer: Any) -> list[Affiliation]:
    shown = Venture.objects.visible_to(viewer)
    places = person.affiliations.current().filter(venture__in=shown)
    return list(places.select_related("venture").order_by("since_on"))


def _thanks(person: Person, viewer: Any) -> QuerySet[Thanks]:
    received = Thanks.objects.visible_to(viewer).filter(exchange__giver=person)
    return received.select_related("author").order_by("-created_at", "-id")


def visitor() -> Any:
    """Somebody who has not signed in, for the preview of one's own page."""
    return AnonymousUser()


def another_member() -> Person:
    """A member of another hub whom the person never met, for the same preview."""
    return Person(pk=uuid7())
