"""How people answered what they were asked, old answers fading: added up by the database.

What a hundred candidates answered in half a year is two thousand rows: to read them cost a third of
a search for helpers.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, FloatField, Func, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Power

from essaim.core.prepared import Prepared
from essaim.exchange.models import SAID_YES, Ask, AskState, DeclineCode
from essaim.exchange.scoring import ALTERNATIVE, HALF_LIFE, Answers

# Older ones would weigh less than a quarter.
READ = timedelta(days=180)
ANSWERED = (*SAID_YES, AskState.DECLINED, AskState.EXPIRED)


class Days(Func):
    """Days from the second moment to the first, with their fractions."""

    arity = 2
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        template = "(julianday(%(expressions)s))"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=") - julianday(", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        template = "(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400)::double precision"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)


def answers_of(person_ids: Collection[UUID], *, now: datetime) -> dict[UUID, list[Answers]]:
    """One query; people who were never asked are not in it."""
    found: dict[UUID, list[Answers]] = defaultdict(list)
    for pk, worth, weight in _answers_of(ids=person_ids, now=now, since=now - READ):
        found[pk].append(Answers(weight, worth))
    return found


def _query(ids: Collection[UUID], now: datetime, since: datetime) -> QuerySet[Any, Any]:
    weight = Power(Value(0.5), Days(Value(now), F("sent_at")) / (HALF_LIFE / timedelta(days=1)))
    worth = Case(
        When(state__in=SAID_YES, then=Value(1.0)),
        When(Q(state=AskState.DECLINED, decline_code=DeclineCode.OTHER_PERSON),
             then=Value(ALTERNATIVE)),
        default=Value(0.0),
    )  # fmt: skip
    rows: QuerySet[Any, Any] = (
        Ask.objects.filter(helper__among=ids, sent_at__gt=since, state__in=ANSWERED)
        .order_by()
        .annotate(worth=worth)
        .values("helper_id", "worth")
        .annotate(weight=Sum(weight))
    )
    return rows.values_list("helper_id", "worth", "weight")


_answers_of = Prepared(_query, ids=list, now=datetime, since=datetime)
