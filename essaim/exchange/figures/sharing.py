"""How the hours are shared: given by how many, promised, and whether a few carry too much."""

from typing import Any

from django.db.models import (
    Avg,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.aggregates import Gini, TopShare
from essaim.core.figures import Figure, Line, Scope, register
from essaim.core.templatetags.presentation import minutes_words
from essaim.exchange.concentration import TOO_MUCH, TOO_UNEQUAL
from essaim.exchange.figures.members import members, pledges
from essaim.exchange.figures.seeing import (
    animates,
    describe_help,
    did,
    percent,
    period,
    person_path,
)
from essaim.exchange.figures.ties import counted_help, help_confirmed
from essaim.exchange.models import Thanks

WINDOW = 84
"""Twelve weeks: shorter, chance alone makes shares look unequal."""


def _given(scope: Scope) -> Any:
    mine = counted_help().filter(period("confirmed_at", scope), giver=OuterRef("pk"))
    total = mine.order_by().values("giver").annotate(total=Sum("minutes")).values("total")
    return Coalesce(Subquery(total), 0, output_field=IntegerField())


def members_giving(scope: Scope) -> QuerySet[Any]:
    rows: QuerySet[Any] = members(scope).annotate(gave=_given(scope))
    return rows.order_by("-gave", "folded_name", "id")


def carriers(scope: Scope) -> QuerySet[Any]:
    """Those whose time may be asked for, and those who gave some: nought counts too."""
    gave = counted_help().filter(period("confirmed_at", scope))
    may = Q(did(pledges(scope), "person", scope)) | Q(did(gave, "giver", scope))
    return members_giving(scope).filter(may)


def promises(scope: Scope) -> QuerySet[Any]:
    """Members with a promise in force, what they promised for a month, and what they gave."""
    mine = pledges(scope).filter(person=OuterRef("pk")).order_by("-valid_from", "-pk")
    promised = Subquery(mine.values("minutes_per_month")[:1])
    rows: QuerySet[Any] = members_giving(scope).annotate(promised=promised)
    return rows.filter(promised__isnull=False)


def help_thanked(scope: Scope) -> QuerySet[Any]:
    """Whether there are thanks; what they say is not looked at."""
    found: QuerySet[Any] = help_confirmed(scope).annotate(
        thanked=Exists(Thanks.objects.filter(exchange=OuterRef("pk")))
    )
    return found


def describe_giving(person: Any) -> Line:
    words = {"name": person.name, "time": minutes_words(person.gave)}
    return Line(_("%(name)s gave %(time)s") % words, person_path(person))


def describe_promise(person: Any) -> Line:
    words = {
        "name": person.name,
        "time": minutes_words(person.gave),
        "promised": minutes_words(person.promised),
    }
    said = _("%(name)s gave %(time)s, and promises %(promised)s a month")
    return Line(said % words, person_path(person))


def _share_of(total: str, whole: str) -> ExpressionWrapper[Any]:
    part = Cast(Sum(total), FloatField()) * Value(100.0)
    return ExpressionWrapper(part / Cast(Sum(whole), FloatField()), output_field=FloatField())


def _percent_of(value: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(value * Value(100.0), output_field=FloatField())


HOURS = register(
    Figure(
        "brain_hours",
        gettext_lazy("Time exchanged"),
        gettext_lazy("Confirmed help of the hive, as corrected since."),
        help_confirmed,
        describe_help,
        Sum("minutes", default=0),
        unit="minutes",
        may_see=animates,
        shared=True,
    )
)
PER_MEMBER = register(
    Figure(
        "hours_per_member",
        gettext_lazy("Time given by each"),
        gettext_lazy("Mean time that members gave, those who gave nothing included; over 30 days."),
        members_giving,
        describe_giving,
        Avg(F("gave") * 1.0),
        unit="minutes",
        may_see=animates,
        window=30,
    )
)
GINI = register(
    Figure(
        "gini_given",
        gettext_lazy("Unequal giving"),
        gettext_lazy(
            "Gini coefficient, in percent, of the time given by members who promise some or gave "
            "some: 0 when all gave as much. Over twelve weeks; above 45 is too unequal."
        ),
        carriers,
        describe_giving,
        _percent_of(Gini("gave")),
        unit="percent",
        may_see=animates,
        window=WINDOW,
        limit=100 * TOO_UNEQUAL,
    )
)
TOP = register(
    Figure(
        "top_givers",
        gettext_lazy("Carried by one in twenty"),
        gettext_lazy(
            "Of the time given, share of that given by one in twenty (5 %) of the members who "
            "promise some or gave some, those who gave most. Over twelve weeks; 35 % is too much."
        ),
        carriers,
        describe_giving,
        _percent_of(TopShare("gave")),
        unit="percent",
        may_see=animates,
        window=WINDOW,
        limit=100 * TOO_MUCH,
    )
)
USED = register(
    Figure(
        "pledge_used",
        gettext_lazy("Promised time that was given"),
        gettext_lazy(
            "Time that members with a promise gave in the period, compared with what they "
            "promise for a month; over 30 days."
        ),
        promises,
        describe_promise,
        _share_of("gave", "promised"),
        unit="percent",
        may_see=animates,
        window=30,
    )
)
THANKED = register(
    Figure(
        "thanked",
        gettext_lazy("Help that was thanked"),
        gettext_lazy("Share of confirmed help for which somebody wrote thanks."),
        help_thanked,
        describe_help,
        percent(thanked=True),
        unit="percent",
        may_see=animates,
        is_share=True,
    )
)
FIGURES = (HOURS, PER_MEMBER, GINI, TOP, USED, THANKED)
