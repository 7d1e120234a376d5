"""How alive a hive is: members, needs, answers, help and ties. Each figure is its records."""

from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Exists, Min, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.figures import Figure, Line, Scope, register
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.models import (
    Ask,
    AskState,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
)
from essaim.hubs.models import Residency
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person
from essaim.people.rules import is_director

ANSWERED = (AskState.ACCEPTED, AskState.LATE_YES, AskState.DECLINED, AskState.LATER)


def animates(viewer: Any, hub_id: UUID | None) -> bool:
    """Hosts for their hives, directors for all of them."""
    if not viewer.is_authenticated:
        return False
    return hosts_hub(viewer, hub_id) if hub_id else is_director(viewer)


def percent(**having: Any) -> Avg:
    """Share of the records that have this; none when there is no record."""
    return Avg(Case(When(**having, then=100.0), default=0.0))


def _within(field: str, scope: Scope) -> Q:
    period = Q(**{f"{field}__gte": scope.since, f"{field}__lt": scope.until})
    return period & Q(hub_id=scope.hub_id) if scope.hub_id else period


def _period(field: str, scope: Scope) -> Q:
    return Q(**{f"{field}__gte": scope.since, f"{field}__lt": scope.until})


def needs_told(scope: Scope) -> QuerySet[Any]:
    rows = Need.objects.filter(_within("published_at", scope)).exclude(state=NeedState.DRAFT)
    return rows.select_related("author").order_by("-published_at", "id")


def needs_answered(scope: Scope) -> QuerySet[Any]:
    answers = Ask.objects.filter(need=OuterRef("pk"), state__in=ANSWERED).order_by()
    first = answers.values("need").annotate(at=Min("answered_at")).values("at")
    told: QuerySet[Any] = needs_told(scope).annotate(first_at=Subquery(first))
    return told.filter(first_at__isnull=False)


def median_hours(needs: QuerySet[Any]) -> float | None:
    waits = [
        (first_at - told_at).total_seconds() / 3600
        for told_at, first_at in needs.order_by().values_list("published_at", "first_at")
    ]
    return median(waits) if waits else None


def needs_unanswered(scope: Scope) -> QuerySet[Any]:
    """Nobody has answered, yes or no; those that their author took back are not counted."""
    answers = Ask.objects.filter(need=OuterRef("pk"), state__in=ANSWERED)
    unanswered = needs_told(scope).filter(~Exists(answers))
    return unanswered.exclude(state__in=(NeedState.WITHDRAWN, NeedState.MET))


def needs_old_enough(scope: Scope) -> QuerySet[Any]:
    grown = needs_told(scope).filter(published_at__lte=scope.grown_at)
    return grown.exclude(state=NeedState.WITHDRAWN)


def help_confirmed(scope: Scope) -> QuerySet[Any]:
    rows = HelpExchange.objects.filter(_within("confirmed_at", scope), state=HelpState.CONFIRMED)
    return rows.select_related("giver", "receiver").order_by("-confirmed_at", "id")


def first_helps(scope: Scope) -> QuerySet[Any]:
    """The first confirmed help between two people, whoever gave it."""
    earlier = HelpExchange.objects.filter(
        Q(giver=OuterRef("giver"), receiver=OuterRef("receiver"))
        | Q(giver=OuterRef("receiver"), receiver=OuterRef("giver")),
        Q(confirmed_at__lt=OuterRef("confirmed_at"))
        | Q(confirmed_at=OuterRef("confirmed_at"), pk__lt=OuterRef("pk")),
        state=HelpState.CONFIRMED,
    )
    return help_confirmed(scope).filter(~Exists(earlier))


def _people(scope: Scope) -> QuerySet[Any]:
    people: QuerySet[Any] = Person.objects.present()
    if scope.hub_id:
        here = Residency.objects.current().filter(person=OuterRef("pk"), hub_id=scope.hub_id)
        people = people.filter(Exists(here))
    return people.order_by("folded_name", "id")


def active_members(scope: Scope) -> QuerySet[Any]:
    """Those who did something: told a need, answered an ask, gave or received help."""
    told = Need.objects.filter(_period("published_at", scope))
    answered = Ask.objects.filter(_period("answered_at", scope), state__in=ANSWERED)
    agreed = HelpExchange.objects.filter(_period("created_at", scope))
    return _people(scope).filter(
        Q(_did(told, "author", scope))
        | Q(_did(answered, "helper", scope))
        | Q(_did(agreed, "giver", scope))
        | Q(_did(agreed, "receiver", scope))
    )


def _did(rows: QuerySet[Any], who: str, scope: Scope) -> Any:
    """Asked person by person in a hive, as one list of ids for the network: each is several times
    slower where the other is used (16,000 people on PostgreSQL)."""
    if scope.hub_id:
        return Exists(rows.filter(**{who: OuterRef("pk")}))
    return Q(pk__in=rows.values(who))


def helping_members(scope: Scope) -> QuerySet[Any]:
    done = HelpExchange.objects.filter(_period("confirmed_at", scope), state=HelpState.CONFIRMED)
    both: QuerySet[Any] = _people(scope).annotate(
        gave=Case(When(_did(done, "giver", scope), then=True), default=False),
        got=Case(When(_did(done, "receiver", scope), then=True), default=False),
    )
    return both.filter(Q(gave=True) | Q(got=True))


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
    return Line(person.name, _person_path(person))


def describe_helping(person: Any) -> Line:
    if person.gave and person.got:
        sentence = _("%(name)s gave and received")
    else:
        sentence = _("%(name)s gave") if person.gave else _("%(name)s received")
    return Line(sentence % {"name": person.name}, _person_path(person))


def _person_path(person: Any) -> str:
    return reverse("home:person", args=[person.pk])


# Code, name, definition, records, how one is listed; how they make a value, and its unit.
SHOWN: tuple[tuple[str, Any, Any, Any, Any, dict[str, Any]], ...] = (
    (
        "active_members",
        gettext_lazy("Active members"),
        gettext_lazy("Members who told a need, answered an ask, gave or received help."),
        active_members,
        describe_person,
        {},
    ),
    (
        "needs_told",
        gettext_lazy("Needs told"),
        gettext_lazy("Needs that left in the period."),
        needs_told,
        describe_need,
        {},
    ),
    (
        "first_answer",
        gettext_lazy("First answer"),
        gettext_lazy(
            "Median time from a need to the first answer of somebody, yes or no, among needs "
            "that had one."
        ),
        needs_answered,
        describe_need,
        {"value": median_hours, "unit": "hours"},
    ),
    (
        "unanswered",
        gettext_lazy("Without an answer"),
        gettext_lazy("Needs told in the period to which nobody has answered, yes or no."),
        needs_unanswered,
        describe_need,
        {},
    ),
    (
        "resolution",
        gettext_lazy("Needs met"),
        gettext_lazy("Share of needs met, among those told at least two weeks ago."),
        needs_old_enough,
        describe_need,
        {"value": percent(state=NeedState.MET), "unit": "percent"},
    ),
    (
        "new_ties",
        gettext_lazy("New ties"),
        gettext_lazy("Pairs of people who helped each other for the first time."),
        first_helps,
        describe_help,
        {},
    ),
    (
        "reciprocity",
        gettext_lazy("Both ways"),
        gettext_lazy(
            "Of the members who gave or received help in the period, share of those who did both."
        ),
        helping_members,
        describe_helping,
        {"value": percent(gave=True, got=True), "unit": "percent"},
    ),
)
FIGURES = [
    register(Figure(code, name, definition, records, describe, may_see=animates, **more))
    for code, name, definition, records, describe, more in SHOWN
]
