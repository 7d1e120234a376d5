"""Figures of encounters: do they take place, are they useful and unexpected, is anyone left out.

Each also for one way of drawing alone, so that a round in three ways can be judged.
"""

from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.figures import Figure, Line, Scope, register
from essaim.core.inequality import gini
from essaim.exchange.figures.seeing import animates, percent
from essaim.exchange.models import (
    ENDED,
    Arm,
    Encounter,
    EncounterPlace,
    EncounterState,
    RoundState,
    Since,
    Told,
)
from essaim.people.models import Person

ARMS = (Arm.RANDOM, Arm.RELEVANCE, Arm.FULL)
USEFUL = 4
CAME_OF_IT = (Since.HELP, Since.INTRODUCED, Since.WORK)


def _sent(path: str, scope: Scope) -> Q:
    """In a round told in the period."""
    period = Q(
        **{
            f"{path}state": RoundState.SENT,
            f"{path}sent_at__gte": scope.since,
            f"{path}sent_at__lt": scope.until,
        }
    )
    return period & Q(**{f"{path}hub_id": scope.hub_id}) if scope.hub_id else period


def ended(scope: Scope, arm: str = "") -> QuerySet[Any]:
    """Encounters of which it is known what became of them, or whose time is over."""
    rows = Encounter.objects.filter(_sent("round__", scope), state__in=ENDED)
    return _named(rows.filter(arm=arm) if arm else rows)


def met(scope: Scope, arm: str = "") -> QuerySet[Any]:
    rows: QuerySet[Any] = ended(scope, arm).filter(state=EncounterState.MET)
    return rows


def _named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The names of the first and the last, and how many they are."""
    places = EncounterPlace.objects.filter(encounter=OuterRef("pk"))
    one = places.order_by("person_id").values("person__given_name")[:1]
    other = places.order_by("-person_id").values("person__given_name")[:1]
    count = places.order_by().values("encounter").annotate(n=Count("pk")).values("n")
    named: QuerySet[Any] = rows.select_related("round").annotate(
        one=Subquery(one), other=Subquery(other), people=Subquery(count)
    )
    return named.order_by("-round__sent_at", "pk")


def answers(scope: Scope, arm: str = "") -> QuerySet[Any]:
    """What each said of an encounter that took place, both questions answered."""
    rows = EncounterPlace.objects.filter(
        _sent("round__", scope), told=Told.MET, useful__isnull=False, anyway__isnull=False
    )
    rows = rows.filter(encounter__arm=arm) if arm else rows
    return rows.select_related("person", "encounter").order_by("-told_at", "pk")


def followed(scope: Scope) -> QuerySet[Any]:
    rows = EncounterPlace.objects.filter(_sent("round__", scope)).exclude(since="")
    return rows.select_related("person", "encounter").order_by("-since_at", "pk")


def places(scope: Scope) -> QuerySet[Any]:
    rows = EncounterPlace.objects.filter(_sent("round__", scope))
    return rows.select_related("person", "encounter").order_by("-round__sent_at", "pk")


def exposed(scope: Scope) -> QuerySet[Any]:
    """People who had a place in a round, with how often somebody was found for them."""
    mine = EncounterPlace.objects.filter(_sent("round__", scope), person=OuterRef("pk"))
    times = mine.order_by().values("person").annotate(n=Count("encounter")).values("n")
    people: QuerySet[Any] = Person.objects.filter(Exists(mine)).annotate(times=Subquery(times))
    return people.order_by("-times", "folded_name", "id")


def exposure(rows: QuerySet[Any]) -> float | None:
    times = list(rows.order_by().values_list("times", flat=True))
    return 100 * gini(times) if times else None


def describe_encounter(found: Any) -> Line:
    words = {"one": found.one, "other": found.other, "state": found.get_state_display()}
    if found.people > 2:
        said = _("%(one)s, %(other)s and one more: %(state)s") % words
    else:
        said = _("%(one)s and %(other)s: %(state)s") % words
    return Line(said, reverse("exchange:encounter", args=[found.pk]), found.round.sent_at)


def describe_answer(place: Any) -> Line:
    words = {"name": place.person.name, "useful": place.useful}
    if place.anyway:
        said = _("%(name)s: useful %(useful)s out of 5, and would have met anyway") % words
    else:
        said = _("%(name)s: useful %(useful)s out of 5, and would not have met") % words
    return Line(said, reverse("exchange:encounter", args=[place.encounter_id]), place.told_at)


def describe_followed(place: Any) -> Line:
    said = _("%(name)s: %(since)s") % {
        "name": place.person.name,
        "since": place.get_since_display(),
    }
    return Line(said, reverse("exchange:encounter", args=[place.encounter_id]), place.since_at)


def describe_place(place: Any) -> Line:
    if place.encounter_id is None:
        return Line(_("%(name)s: nobody was found") % {"name": place.person.name}, "")
    path = reverse("exchange:encounter", args=[place.encounter_id])
    return Line(_("%(name)s: somebody was found") % {"name": place.person.name}, path)


def describe_exposed(person: Any) -> Line:
    words = {"name": person.name, "times": person.times}
    return Line(
        _("%(name)s: drawn %(times)s times") % words, reverse("home:person", args=[person.pk])
    )


# Names of the three ways, and of all together.
WAYS: dict[str, str] = {"": ""} | {str(arm.value): f"_{arm.value}" for arm in ARMS}
MET_NAME = {
    "": gettext_lazy("Encounters that took place"),
    Arm.RANDOM: gettext_lazy("Encounters that took place, drawn by chance"),
    Arm.RELEVANCE: gettext_lazy("Encounters that took place, useful alone"),
    Arm.FULL: gettext_lazy("Encounters that took place, the whole score"),
}
UNEXPECTED_NAME = {
    "": gettext_lazy("Useful and unexpected"),
    Arm.RANDOM: gettext_lazy("Useful and unexpected, drawn by chance"),
    Arm.RELEVANCE: gettext_lazy("Useful and unexpected, useful alone"),
    Arm.FULL: gettext_lazy("Useful and unexpected, the whole score"),
}
DROP_NAME = {
    "": gettext_lazy("What the encounters open"),
    Arm.RANDOM: gettext_lazy("What the encounters open, drawn by chance"),
    Arm.RELEVANCE: gettext_lazy("What the encounters open, useful alone"),
    Arm.FULL: gettext_lazy("What the encounters open, the whole score"),
}
MET_WORDS = gettext_lazy(
    "Share of those that took place, among encounters of rounds told in the period that are over."
)
UNEXPECTED_WORDS = gettext_lazy(
    "Of the answers about encounters that took place: would not have met anyway, and useful for "
    "4 or 5 out of 5 (SRDP)."
)
DROP_WORDS = gettext_lazy(
    "Mean share of their constraint (Burt) that the new tie takes away from the two, for "
    "encounters that took place: the higher, the further apart their circles were."
)


def _of(records: Any, arm: str) -> Any:
    return lambda scope: records(scope, arm)


def _three(arm: str) -> tuple[Figure, Figure, Figure]:
    ending = WAYS[arm]
    common: dict[str, Any] = {"unit": "percent", "may_see": may_see}
    return (
        Figure(
            f"encounters_met{ending}", MET_NAME[arm], MET_WORDS, _of(ended, arm),
            describe_encounter, percent(state=EncounterState.MET), **common,
        ),
        Figure(
            f"encounters_unexpected{ending}", UNEXPECTED_NAME[arm], UNEXPECTED_WORDS,
            _of(answers, arm), describe_answer, percent(useful__gte=USEFUL, anyway=False), **common,
        ),
        Figure(
            f"encounters_drop{ending}", DROP_NAME[arm], DROP_WORDS, _of(met, arm),
            describe_encounter, Avg(F("drop") * 100.0), **common,
        ),
    )  # fmt: skip


def may_see(viewer: Any, hub_id: UUID | None) -> bool:
    """What people said of each other stands behind: their hosts, and directors."""
    return animates(viewer, hub_id)


BY_ARM = {arm: tuple(register(figure) for figure in _three(arm)) for arm in WAYS}
LEFT_OUT = register(
    Figure(
        "encounters_left_out",
        gettext_lazy("Left out of a draw"),
        gettext_lazy("Share of the places in rounds for which nobody was found."),
        places,
        describe_place,
        percent(encounter__isnull=True),
        unit="percent",
        may_see=may_see,
    )
)
EXPOSURE = register(
    Figure(
        "encounters_exposure",
        gettext_lazy("Unequal exposure"),
        gettext_lazy(
            "Gini coefficient, in percent, of how often each was drawn: 0 when all were as often."
        ),
        exposed,
        describe_exposed,
        exposure,
        unit="percent",
        may_see=may_see,
    )
)
CAME = register(
    Figure(
        "encounters_came",
        gettext_lazy("Something came of it"),
        gettext_lazy(
            "Of the answers given a month later: help, an introduction, or work together."
        ),
        followed,
        describe_followed,
        percent(since__in=CAME_OF_IT),
        unit="percent",
        may_see=may_see,
    )
)
