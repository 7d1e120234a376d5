"""What Friday's letter tells of the hive: needs that nobody has in hand, newcomers, thanks."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.core.digest import Line, section
from essaim.exchange.models import Ask, Need, NeedAudience, Thanks, ThanksAudience
from essaim.hubs.models import Residency
from essaim.people.models import Person, PersonState

NEEDS = 2
THANKS = 3
NAMES = 4
DRAWN_FROM = 30


@section
def news_of_the_hive(person: Person, since: datetime) -> list[Line]:
    hubs = list(Residency.objects.current().filter(person=person).values_list("hub_id", flat=True))
    near = _needs_near(person, hubs)
    lines = [_need_line(need) for need in near]
    lines += _newcomers(person, hubs, since)
    lines += _thanks(person, hubs, since)
    # Alone it would not be worth a letter.
    return lines + _one_from_afar(person, near, since) if lines else []


def _nobody_has(person: Person) -> QuerySet[Any]:
    """Open needs of others that nobody is thinking about now, and that I was never asked for."""
    thinking = Ask.objects.waiting().filter(need=OuterRef("pk"))
    mine = Ask.objects.filter(need=OuterRef("pk"), helper=person)
    waiting = Need.objects.open().filter(~Exists(thinking), ~Exists(mine))
    return waiting.exclude(author=person).select_related("author", "hub")


def _needs_near(person: Person, hubs: Sequence[UUID]) -> list[Need]:
    rows = _nobody_has(person).filter(hub__in=hubs)
    return list(rows.order_by("-level", "published_at", "id")[:NEEDS])


def _need_line(need: Need) -> Line:
    words = {"name": need.author.given_name, "title": need.title}
    return _("%(name)s needs: %(title)s") % words, reverse("exchange:need", args=[need.pk])


def _newcomers(person: Person, hubs: Sequence[UUID], since: datetime) -> list[Line]:
    arrived = Residency.objects.current().filter(
        hub__in=hubs,
        since_on__gte=timezone.localdate(since),
        person__state__in=(PersonState.INVITED, PersonState.ACTIVE),
    )
    rows = arrived.exclude(person=person).order_by("since_on", "person__given_name", "id")
    # In two hives of mine at once, one is new once.
    names = list(dict(rows.values_list("person_id", "person__given_name")).values())
    if not names:
        return []
    words = {"names": ", ".join(names[:NAMES]), "more": len(names) - NAMES}
    if len(names) > NAMES:
        text = _("New in the hive: %(names)s, and %(more)d more") % words
    else:
        text = _("New in the hive: %(names)s") % words
    return [(text, reverse("home:directory"))]


def _thanks(person: Person, hubs: Sequence[UUID], since: datetime) -> list[Line]:
    """Those meant for the hive: a private word has reached its reader already."""
    rows = Thanks.objects.visible_to(person).filter(exchange__hub__in=hubs, created_at__gte=since)
    rows = rows.exclude(audience=ThanksAudience.PRIVATE)
    told = rows.exclude(author=person).select_related("author", "exchange__giver")
    return [
        (
            _("%(author)s thanks %(giver)s: “%(text)s”")
            % {
                "author": thanks.author.given_name,
                "giver": thanks.exchange.giver.given_name,
                "text": thanks.text,
            },
            "",
        )
        for thanks in told.order_by("-created_at", "id")[:THANKS]
    ]


def _one_from_afar(person: Person, near: Sequence[Need], since: datetime) -> list[Line]:
    """Drawn among those that the fewest people were asked for; the same if the letter is written
    twice, another for each reader."""
    rows = (
        _nobody_has(person)
        .filter(audience=NeedAudience.NETWORK)
        .exclude(pk__in=[need.pk for need in near])
        .annotate(asked=Count("asks"))
        .order_by("asked", "-published_at", "id")[:DRAWN_FROM]
    )
    if not (needs := list(rows)):
        return []
    drawn = Random(f"{person.pk}{since.date()}").choice(needs)  # noqa: S311
    words = {
        "name": drawn.author.given_name,
        "hub": drawn.hub.name,
        "title": drawn.title,
    }
    text = _("From elsewhere: %(name)s (%(hub)s) needs: %(title)s") % words
    return [(text, reverse("exchange:need", args=[drawn.pk]))]
