"""The hours in which mail may leave: those of the network, on the clock of the reader's hive."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from essaim.core import nights
from essaim.core.prepared import Prepared
from essaim.exchange.guards import guards_in_force
from essaim.exchange.working_hours import next_civil_hour
from essaim.hubs.models import Host, Residency
from essaim.people.models import Person


@nights.morning
def when_it_is_day(person: Any, now: datetime) -> datetime:
    guards = guards_in_force()
    [(zone,)] = _zone_of(person=person.pk)
    zone = zone or settings.TIME_ZONE
    return next_civil_hour(now, zone, first=guards.morning, last=guards.evening)


def _zone_query(person: UUID) -> QuerySet[Any, Any]:
    """Of the hive where the person lives, else of the one that they animate."""
    me = OuterRef("pk")
    home = Residency.objects.current().filter(person=me).order_by("since_on", "id")
    hosted = Host.objects.current().filter(person=me).order_by("since_on", "id")
    zone = Coalesce(
        Subquery(home.values("hub__time_zone")[:1]), Subquery(hosted.values("hub__time_zone")[:1])
    )
    found: QuerySet[Any, Any] = Person.objects.filter(pk=person).annotate(zone=zone)
    return found.values_list("zone")


_zone_of = Prepared(_zone_query, person=UUID)
