"""The residents of a hub, for its hosts: a list, and the same list as a file."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from essaim.core.prepared import Prepared
from essaim.exchange.contact import contacts_of
from essaim.hubs.models import Hub, Residency
from essaim.people.models import GONE, Affiliation, Person

ORDERS = {
    "": ("person__folded_name", "id"),
    "newest": ("-since_on", "id"),
    "plan": ("plan", "person__folded_name", "id"),
}


SHOWN = (
    *("plan", "since_on"),
    *(
        f"person__{name}"
        for name in ("given_name", "family_name", "state", "email", "email_audience")
    ),
    *("person__phone", "person__phone_audience"),
)


@dataclass(frozen=True)
class Row:
    residency: Residency
    person: Person
    ventures: str
    email: str
    phone: str


def residencies(hub: Hub, *, words: str = "", sort: str = "") -> QuerySet[Any]:
    found = Residency.objects.current().filter(hub=hub).exclude(person__state__in=GONE)
    if words:
        found = found.filter(person__in=Person.objects.named(words))
    return found.select_related("person").only(*SHOWN).order_by(*ORDERS.get(sort, ORDERS[""]))


def rows(found: list[Residency], viewer: Any) -> list[Row]:
    """What the viewer may see of each, as on each person's own page."""
    contacts = contacts_of([residency.person for residency in found], viewer)
    ventures = _ventures([residency.person_id for residency in found])
    return [
        Row(
            residency=residency,
            person=residency.person,
            ventures=", ".join(ventures[residency.person_id]),
            email=contacts[residency.person_id].email,
            phone=contacts[residency.person_id].phone,
        )
        for residency in found
    ]


def _ventures(ids: list[UUID]) -> dict[UUID, list[str]]:
    names: dict[UUID, list[str]] = defaultdict(list)
    for pk, name in _ventures_of(ids=ids):
        names[pk].append(name)
    return names


def _ventures_query(ids: list[UUID]) -> QuerySet[Any, Any]:
    places: QuerySet[Any, Any] = Affiliation.objects.current().filter(person__among=ids)
    return places.order_by("since_on", "id").values_list("person_id", "venture__name")


_ventures_of = Prepared(_ventures_query, ids=list)


def table(rows: list[Row]) -> Iterator[list[str]]:
    """The list as it is taken away."""
    yield _heads()
    for row in rows:
        person = row.person
        told = [person.given_name, person.family_name, row.email, row.phone, row.ventures]
        yield [*told, row.residency.plan, str(row.residency.since_on), person.get_state_display()]


def _heads() -> list[str]:
    who = [_("given name"), _("family name"), _("e-mail"), _("phone"), _("ventures")]
    return [*who, _("plan"), _("since"), _("state")]
