"""What Friday's letter tells of the hive: needs that nobody has in hand, newcomers, thanks."""

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from essaim.core.digest import WEEK, Line, section
from essaim.exchange import exposure
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
    on = timezone.localdate(since + WEEK)
    near, far = _needs(person, hubs, on)
    lines = [_need_line(need) for need in near]
    lines += _newcomers(person, hubs, since)
    lines += _thanks(person, hubs, since)
    # Alone, one from afar would not be worth a letter.
    if not lines:
        return []
    exposure.note([*near, *far], person, on)
    return lines + [_line_from_afar(need) for need in far]


def _needs(person: Person, hubs: Sequence[UUID], on: date) -> tuple[list[Need], list[Need]]:
    """Two of my hives and one by chance from elsewhere; the same if the letter is written twice."""
    if told := exposure.shown_in(person, on):
        known = _nobody_has(person).in_bulk(told)
        needs = [known[pk] for pk in told if pk in known]
        here = [need for need in needs if need.hub_id in hubs]
        return here, [need for need in needs if need not in here]
    near = _needs_near(person, hubs, on)
    return near, _one_from_afar(person, hubs, on)


def _nobody_has(person: Person) -> QuerySet[Any]:
    """Open needs of others that nobody is thinking about now, and that I was never asked for."""
    thinking = Ask.objects.waiting().filter(need=OuterRef("pk"))
    mine = Ask.objects.filter(need=OuterRef("pk"), helper=person)
    waiting = Need.objects.open().filter(~Exists(thinking), ~Exists(mine))
    return waiting.exclude(author=person).select_related("author", "hub")


def _needs_near(person: Person, hubs: Sequence[UUID], on: date) -> list[Need]:
    rows = _nobody_has(person).filter(hub__in=hubs)
    needs = list(rows.order_by("-level", "published_at", "id")[:DRAWN_FROM])
    needs.sort(key=lambda need: (need.published_at, need.pk))
    seen = exposure.seen_lately([need.pk for need in needs], person, on) if needs else {}
    return exposure.fairest(needs, seen, NEEDS)


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


def _one_from_afar(person: Person, hubs: Sequence[UUID], on: date) -> list[Need]:
    """Drawn among those that the fewest people were asked for; another for each reader."""
    rows = (
        _nobody_has(person)
        .filter(audience=NeedAudience.NETWORK)
        .exclude(hub__in=hubs)
        .annotate(asked=Count("asks"))
        .order_by("asked", "-published_at", "id")[:DRAWN_FROM]
    )
    if not (needs := list(rows)):
        return []
    seen = exposure.seen_lately([need.pk for need in needs], person, on)
    return [exposure.drawn(needs, seen, Random(f"{person.pk}{on}"))]  # noqa: S311


def _line_from_afar(need: Need) -> Line:
    words = {"name": need.author.given_name, "hub": need.hub.name, "title": need.title}
    text = _("From elsewhere: %(name)s (%(hub)s) needs: %(title)s") % words
    return text, reverse("exchange:need", args=[need.pk])
