"""Do needs find an answer: how many are told, how soon somebody answers, what becomes of them."""

from typing import Any

from django.db.models import (
    Avg,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.aggregates import HoursBetween, Median
from essaim.core.figures import Figure, Line, Scope, register
from essaim.exchange.figures.members import ANSWERED, members
from essaim.exchange.figures.seeing import (
    animates,
    describe_need,
    percent,
    period,
    person_path,
    within,
)
from essaim.exchange.models import Ask, EscalationStep, Need, NeedState


def needs_told(scope: Scope) -> QuerySet[Any]:
    rows = Need.objects.filter(within("published_at", scope)).exclude(state=NeedState.DRAFT)
    return rows.select_related("author").order_by("-published_at", "id")


def _with_first_answer(needs: QuerySet[Any]) -> QuerySet[Any]:
    answers = Ask.objects.filter(need=OuterRef("pk"), state__in=ANSWERED).order_by()
    first = answers.values("need").annotate(at=Min("answered_at")).values("at")
    timed: QuerySet[Any] = needs.annotate(first_at=Subquery(first))
    found: QuerySet[Any] = timed.annotate(waited=HoursBetween(F("published_at"), F("first_at")))
    return found


def needs_answered(scope: Scope) -> QuerySet[Any]:
    return _with_first_answer(needs_told(scope)).filter(first_at__isnull=False)


def needs_ripe(scope: Scope) -> QuerySet[Any]:
    """Those that have had two days; not what its author took back before anybody answered."""
    ripe = _with_first_answer(needs_told(scope).filter(published_at__lte=scope.ripe_at))
    return ripe.exclude(state=NeedState.WITHDRAWN, first_at__isnull=True)


def needs_by_step(scope: Scope) -> QuerySet[Any]:
    """With the step of the escalation that was reached when the first answer came."""
    answered = needs_answered(scope)
    taken = EscalationStep.objects.filter(need=OuterRef("pk"), at__lte=OuterRef("first_at"))
    reached = taken.order_by().values("need").annotate(level=Max("level")).values("level")
    found: QuerySet[Any] = answered.annotate(
        step=Coalesce(Subquery(reached), Value(1), output_field=IntegerField())
    )
    return found


def needs_unanswered(scope: Scope) -> QuerySet[Any]:
    """Nobody has answered, yes or no; those that their author took back are not counted."""
    answers = Ask.objects.filter(need=OuterRef("pk"), state__in=ANSWERED)
    unanswered = needs_told(scope).filter(~Exists(answers))
    return unanswered.exclude(state__in=(NeedState.WITHDRAWN, NeedState.MET))


def needs_old_enough(scope: Scope) -> QuerySet[Any]:
    grown = needs_told(scope).filter(published_at__lte=scope.grown_at)
    return grown.exclude(state=NeedState.WITHDRAWN)


def members_asking(scope: Scope) -> QuerySet[Any]:
    """Each member with how many needs they told."""
    mine = Need.objects.filter(period("published_at", scope), author=OuterRef("pk"))
    mine = mine.exclude(state=NeedState.DRAFT)
    counted = mine.order_by().values("author").annotate(n=Count("pk")).values("n")
    found: QuerySet[Any] = members(scope).annotate(asked=Coalesce(Subquery(counted), 0))
    return found


def describe_step(need: Any) -> Line:
    line = describe_need(need)
    words = {"sentence": line.sentence, "step": need.step}
    return Line(_("%(sentence)s (step %(step)s)") % words, line.path, line.at)


def describe_wait(need: Any) -> Line:
    line = describe_need(need)
    if need.waited is None:
        return Line(_("%(sentence)s (no answer)") % {"sentence": line.sentence}, line.path, line.at)
    words = {"sentence": line.sentence, "hours": round(need.waited)}
    return Line(_("%(sentence)s (answered after %(hours)s h)") % words, line.path, line.at)


def describe_asking(person: Any) -> Line:
    words = {"name": person.name, "needs": person.asked}
    return Line(_("%(name)s: %(needs)s needs") % words, person_path(person))


SHARE: dict[str, Any] = {
    "unit": "percent",
    "may_see": animates,
    "is_share": True,
}
TOLD = register(
    Figure(
        "needs_told",
        gettext_lazy("Needs told"),
        gettext_lazy("Needs that left in the period."),
        needs_told,
        describe_need,
        may_see=animates,
        shared=True,
    )
)
ASKING = register(
    Figure(
        "needs_per_100",
        gettext_lazy("Needs for 100 members"),
        gettext_lazy("Needs that members told in the period, for 100 members; over 30 days."),
        members_asking,
        describe_asking,
        Avg(F("asked") * 100.0),
        unit="decimal",
        may_see=animates,
        window=30,
    )
)
FIRST_ANSWER = register(
    Figure(
        "first_answer",
        gettext_lazy("First answer"),
        gettext_lazy(
            "Median time from a need to the first answer of somebody, yes or no, among needs "
            "that had one."
        ),
        needs_answered,
        describe_wait,
        Median("waited"),
        unit="hours",
        may_see=animates,
    )
)
WITHIN_24 = register(
    Figure(
        "answered_24h",
        gettext_lazy("Answered within a day"),
        gettext_lazy(
            "Share of needs to which somebody answered, yes or no, within 24 hours, among those "
            "told at least two days ago."
        ),
        needs_ripe,
        describe_wait,
        percent(waited__lte=24),
        **SHARE,
    )
)
WITHIN_48 = register(
    Figure(
        "answered_48h",
        gettext_lazy("Answered within two days"),
        gettext_lazy(
            "Share of needs to which somebody answered, yes or no, within 48 hours, among those "
            "told at least two days ago."
        ),
        needs_ripe,
        describe_wait,
        percent(waited__lte=48),
        shared=True,
        **SHARE,
    )
)
FIRST_STEP = register(
    Figure(
        "answered_first_step",
        gettext_lazy("Answered by the first people asked"),
        gettext_lazy(
            "Of the needs that had an answer, share of those that had it at step 1: before a "
            "second wave, the hosts or the network had to look. Each record says its step."
        ),
        needs_by_step,
        describe_step,
        percent(step__lte=1),
        **SHARE,
    )
)
UNANSWERED = register(
    Figure(
        "unanswered",
        gettext_lazy("Without an answer"),
        gettext_lazy("Needs told in the period to which nobody has answered, yes or no."),
        needs_unanswered,
        describe_need,
        may_see=animates,
    )
)
RESOLUTION = register(
    Figure(
        "resolution",
        gettext_lazy("Needs met"),
        gettext_lazy("Share of needs met, among those told at least two weeks ago."),
        needs_old_enough,
        describe_need,
        percent(state=NeedState.MET),
        shared=True,
        **SHARE,
    )
)
FIGURES = (TOLD, ASKING, FIRST_ANSWER, WITHIN_24, WITHIN_48, FIRST_STEP, UNANSWERED, RESOLUTION)
