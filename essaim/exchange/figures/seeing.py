"""What figures of mutual help share: who sees them, of when and where, how they are told."""

from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Exists, OuterRef, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.figures import Line, Scope
from essaim.core.templatetags.presentation import minutes_words
from essaim.hubs.rules import hosts_hub
from essaim.people.rules import is_director


def animates(viewer: Any, hub_id: UUID | None) -> bool:
    """Names stand behind: hosts see their hives, directors all of them."""
    if not viewer.is_authenticated:
        return False
    return hosts_hub(viewer, hub_id) if hub_id else is_director(viewer)


def percent(**having: Any) -> Avg:
    """Share of the records that have this; none when there is no record."""
    return Avg(Case(When(**having, then=100.0), default=0.0))


def period(field: str, scope: Scope) -> Q:
    return Q(**{f"{field}__gte": scope.since, f"{field}__lt": scope.until})


def within(field: str, scope: Scope) -> Q:
    """In the period, and in the hive when it is of one."""
    when = period(field, scope)
    return when & Q(hub_id=scope.hub_id) if scope.hub_id else when


def did(rows: QuerySet[Any], who: str, scope: Scope) -> Q | Exists:
    """Asked person by person in a hive, as one list of ids for the network: each is several times
    slower where the other is used (16,000 people on PostgreSQL)."""
    if scope.hub_id:
        return Exists(rows.filter(**{who: OuterRef("pk")}))
    return Q(pk__in=rows.values(who))


def describe_need(need: Any) -> Line:
    sentence = _("%(name)s: %(title)s") % {"name": need.author.name, "title": need.title}
    return Line(sentence, reverse("exchange:need", args=[need.pk]), need.published_at)


def describe_help(exchange: Any) -> Line:
    words = {
        "giver": exchange.giver.name,
        "receiver": exchange.receiver.name,
        "time": minutes_words(exchange.minutes or 0),
        "title": exchange.title,
    }
    sentence = _("%(giver)s helped %(receiver)s, %(time)s: %(title)s") % words
    return Line(sentence, reverse("exchange:help", args=[exchange.pk]), exchange.confirmed_at)


def describe_person(person: Any) -> Line:
    return Line(person.name, person_path(person))


def person_path(person: Any) -> str:
    """Of those who left no page remains."""
    return reverse("home:person", args=[person.pk]) if person.is_present() else ""
