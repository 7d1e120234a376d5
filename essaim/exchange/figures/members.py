"""Who is there: members who do something, who have gone quiet, whom nobody has met, newcomers."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.core.figures import Figure, Line, Scope, register
from essaim.exchange.figures.seeing import (
    animates,
    describe_person,
    did,
    percent,
    period,
    person_path,
)
from essaim.exchange.models import (
    Ask,
    AskState,
    BuzzPresence,
    EncounterPlace,
    EncounterState,
    HelpExchange,
    HelpState,
    Need,
    Pledge,
)
from essaim.hubs.models import Residency
from essaim.people.models import Person, PersonState

ANSWERED = (AskState.ACCEPTED, AskState.LATE_YES, AskState.DECLINED, AskState.LATER)
# Came to nothing: neither was anybody met.
IDLE = (HelpState.PROPOSED, HelpState.CANCELLED, HelpState.NO_SHOW)
# Those who never came in are nobody's members yet.
OUTSIDE = (PersonState.EXPECTED, PersonState.INVITED)
FIRST_DAYS = timedelta(days=30)
INTRODUCTIONS = 3
ACTIVE_DAYS, QUIET_DAYS, ISOLATED_DAYS = 30, 90, 45


def stays(scope: Scope) -> QuerySet[Any]:
    """Who resides there on the last day of the period, whatever became of them since."""
    there = Q(until_on__isnull=True) | Q(until_on__gt=scope.last_day)
    rows: QuerySet[Any] = Residency.objects.filter(there, since_on__lte=scope.last_day)
    return rows.filter(hub_id=scope.hub_id) if scope.hub_id else rows


def members(scope: Scope) -> QuerySet[Any]:
    return _of(stays(scope), scope)


def _of(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    people: QuerySet[Any] = Person.objects.exclude(state__in=OUTSIDE)
    return people.filter(did(rows, "person", scope)).order_by("folded_name", "id")


def _met(scope: Scope) -> Q | Exists:
    """An answer given or received, help agreed, an encounter, a Buzz: somebody was met."""
    answers = Ask.objects.filter(period("answered_at", scope), state__in=ANSWERED)
    agreed = HelpExchange.objects.filter(period("created_at", scope)).exclude(state__in=IDLE)
    there = BuzzPresence.objects.filter(period("since_at", scope))
    meetings = EncounterPlace.objects.filter(
        period("encounter__met_at", scope), encounter__state=EncounterState.MET
    )
    return (
        Q(did(answers, "helper", scope))
        | Q(did(answers, "need__author", scope))
        | Q(did(agreed, "giver", scope))
        | Q(did(agreed, "receiver", scope))
        | Q(did(there, "person", scope))
        | Q(did(meetings, "person", scope))
    )


def _told(scope: Scope) -> Q | Exists:
    return did(Need.objects.filter(period("published_at", scope)), "author", scope)


def active_members(scope: Scope) -> QuerySet[Any]:
    return members(scope).filter(_met(scope) | Q(_told(scope)))


def _here_all_along(scope: Scope) -> QuerySet[Any]:
    return _of(stays(scope).filter(since_on__lt=scope.first_day), scope)


def isolated_members(scope: Scope) -> QuerySet[Any]:
    """To have told a need that nobody answered is no company."""
    return _here_all_along(scope).exclude(_met(scope))


def dormant_members(scope: Scope) -> QuerySet[Any]:
    return _here_all_along(scope).exclude(_met(scope) | Q(_told(scope)))


def quiet_members(scope: Scope) -> QuerySet[Any]:
    """Something in the period, nothing in its last thirty days."""
    return active_members(scope).exclude(lately(scope))


def lately(scope: Scope) -> Q:
    month = Scope(
        scope.viewer,
        scope.hub_id,
        scope.recent_at,
        scope.until,
        grown_at=scope.grown_at,
        first_day=scope.first_day,
        last_day=scope.last_day,
        recent_at=scope.recent_at,
        settled_on=scope.settled_on,
    )
    return Q(_met(month)) | Q(_told(month))


def pledging_members(scope: Scope) -> QuerySet[Any]:
    return members(scope).filter(did(pledges(scope), "person", scope))


def pledges(scope: Scope) -> QuerySet[Any]:
    """In force on the last day of the period."""
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gt=scope.last_day)
    return Pledge.objects.filter(lasts, valid_from__lte=scope.last_day, minutes_per_month__gt=0)


# --- the first thirty days ---------------------------------------------------------------------


def newcomers(scope: Scope) -> QuerySet[Any]:
    """Who came in the period, for the first time anywhere, and has been here for thirty days."""
    earlier = Residency.objects.filter(person=OuterRef("person"), pk__lt=OuterRef("pk"))
    came: QuerySet[Any] = Residency.objects.filter(
        since_on__gte=scope.first_day,
        since_on__lte=scope.last_day,
    ).filter(~Exists(earlier), since_on__lte=scope.settled_on)
    came = came.filter(hub_id=scope.hub_id) if scope.hub_id else came
    came = came.exclude(person__state__in=OUTSIDE)
    return _welcomed(came).select_related("person").order_by("-since_on", "pk")


def _welcomed(came: QuerySet[Any]) -> QuerySet[Any]:
    """Adds whom they met in thirty days, and what they gave."""
    ends = ExpressionWrapper(F("since_on") + Value(FIRST_DAYS), output_field=DateTimeField())
    timed: QuerySet[Any] = came.annotate(settled_at=ends)
    mine = Q(giver=OuterRef("person")) | Q(receiver=OuterRef("person"))
    agreed = HelpExchange.objects.filter(mine, created_at__lt=OuterRef("settled_at"))
    helps = _others(agreed.exclude(state__in=IDLE))
    given = HelpExchange.objects.filter(
        giver=OuterRef("person"), created_at__lt=OuterRef("settled_at")
    ).filter(state__in=(HelpState.CLAIMED, HelpState.CONFIRMED))
    found: QuerySet[Any] = timed.annotate(
        introduced=Coalesce(Subquery(helps), 0) + Coalesce(Subquery(_encountered()), 0),
        gave=Case(When(Exists(given), then=True), default=False),
    )
    return found


def _others(rows: QuerySet[Any]) -> QuerySet[Any]:
    """How many different people are at the other end."""
    other = Case(When(giver=OuterRef("person"), then=F("receiver")), default=F("giver"))
    counted: QuerySet[Any] = rows.order_by().annotate(other=other, one=Value(1)).values("one")
    found: QuerySet[Any] = counted.annotate(n=Count("other", distinct=True)).values("n")
    return found


def _encountered() -> QuerySet[Any]:
    """Those met at an encounter, without those met over help: nobody is counted twice."""
    newcomer = OuterRef(OuterRef("person"))
    mine = EncounterPlace.objects.filter(encounter=OuterRef("encounter"), person=newcomer)
    helped = HelpExchange.objects.filter(
        Q(giver=newcomer, receiver=OuterRef("person"))
        | Q(receiver=newcomer, giver=OuterRef("person")),
        created_at__lt=OuterRef(OuterRef("settled_at")),
    ).exclude(state__in=IDLE)
    places: QuerySet[Any] = EncounterPlace.objects.filter(
        Exists(mine),
        ~Exists(helped),
        ~Q(person=OuterRef("person")),
        encounter__state=EncounterState.MET,
        encounter__met_at__lt=OuterRef("settled_at"),
    )
    one = places.order_by().annotate(one=Value(1)).values("one")
    found: QuerySet[Any] = one.annotate(n=Count("person", distinct=True)).values("n")
    return found


def describe_newcomer(stay: Any) -> Line:
    met = ngettext("%(n)d person met", "%(n)d people met", stay.introduced) % {"n": stay.introduced}
    if stay.gave:
        said = _("%(name)s: %(met)s, gave help")
    else:
        said = _("%(name)s: %(met)s, has not given help")
    return Line(said % {"name": stay.person.name, "met": met}, person_path(stay.person))


ACTIVE = register(
    Figure(
        "active_members",
        gettext_lazy("Active members"),
        gettext_lazy(
            "Members who told a need, answered an ask or had an answer, gave or received help, met "
            "somebody at an encounter or came to a Buzz."
        ),
        active_members,
        describe_person,
        may_see=animates,
        window=ACTIVE_DAYS,
        shared=True,
    )
)
QUIET = register(
    Figure(
        "quiet_members",
        gettext_lazy("Gone quiet"),
        gettext_lazy("Members who did something in the period, and nothing in its last 30 days."),
        quiet_members,
        describe_person,
        may_see=animates,
        window=QUIET_DAYS,
    )
)
DORMANT = register(
    Figure(
        "dormant_members",
        gettext_lazy("Asleep"),
        gettext_lazy("Members since before the period who did nothing in it."),
        dormant_members,
        describe_person,
        may_see=animates,
        window=QUIET_DAYS,
    )
)
ISOLATED = register(
    Figure(
        "isolated_members",
        gettext_lazy("Alone"),
        gettext_lazy(
            "Members since before the period whom nobody met in it: no answer given or received, "
            "no help, no encounter, no Buzz."
        ),
        isolated_members,
        describe_person,
        may_see=animates,
        window=ISOLATED_DAYS,
    )
)
PLEDGING = register(
    Figure(
        "pledging_members",
        gettext_lazy("Who promise time"),
        gettext_lazy("Members whose promise of time was in force on the last day of the period."),
        pledging_members,
        describe_person,
        may_see=animates,
        window=7,
    )
)
FIRST30 = register(
    Figure(
        "first30",
        gettext_lazy("Well begun"),
        gettext_lazy(
            "Of the people who came in the period and have been here for thirty days, share of "
            "those who in these days met three people (by help or an encounter) and gave help once."
        ),
        newcomers,
        describe_newcomer,
        percent(introduced__gte=INTRODUCTIONS, gave=True),
        unit="percent",
        may_see=animates,
        is_share=True,
        window=91,
    )
)
FIGURES = (ACTIVE, QUIET, DORMANT, ISOLATED, PLEDGING, FIRST30)
