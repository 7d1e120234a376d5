"""What came of a year, counted on its rows."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from essaim.exchange.figures.members import ANSWERED
from essaim.exchange.models import (
    Account,
    Ask,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    NeedState,
    Pledge,
)
from essaim.people.models import PersonState
from tests.bench.figures import Figure, Figures
from tests.bench.year.days import Year
from tests.bench.year.life import moment

TWO_DAYS = timedelta(hours=48)
# A need of the last three weeks may still be taken: it says nothing about what nobody takes.
STILL_OPEN = timedelta(days=21)
DONE = (HelpState.CLAIMED, HelpState.DISPUTED, HelpState.CONFIRMED)


def gini(values: list[float]) -> float:
    """0 when all are equal; 1 when one has everything (mean absolute difference, halved)."""
    total, count = sum(values), len(values)
    if not total:
        return 0.0
    ranked = sorted(values)
    weighted = sum(rank * value for rank, value in enumerate(ranked, 1))
    return 2 * weighted / (count * total) - (count + 1) / count


def figures_of(year: Year) -> Figures:
    needs = _needs(year)
    found = needs | _given(year) | _asks(year)
    broken = year.watch.broken
    found["guards_exceeded"] = Figure(
        sum(broken[name] for name in ("asks in seven days", "at once", "rest after a no", "pause")),
        "times", 0,
    )  # fmt: skip
    found["ladder_broken"] = Figure(
        sum(n for name, n in broken.items() if "step" in name or "policy" in name), "times", 0
    )
    balances = Account.objects.with_balance().values_list("balance", flat=True)
    found["ledger_sum"] = Figure(sum(balances) + broken["ledger"], "min", 0)
    return found


def _needs(year: Year) -> Figures:
    end = moment(year.last, 0)
    told = Need.objects.filter(published_at__isnull=False).exclude(state=NeedState.WITHDRAWN)
    old = told.filter(published_at__lte=end - TWO_DAYS)
    grown = told.filter(published_at__lte=end - STILL_OPEN)
    taken = grown.filter(Exists(HelpExchange.objects.filter(need=OuterRef("pk"))))
    met = grown.filter(state=NeedState.MET).count()
    waits = _waits(old)
    hours = [wait.total_seconds() / 3600 for wait in waits] or [0.0]
    return {
        "answered_48h_share": _share(sum(wait <= TWO_DAYS for wait in waits), old.count(), 0.8),
        "orphan_share": _share(grown.count() - taken.count(), grown.count(), 0.10),
        "needs_told": Figure(told.count(), "needs"),
        "met_share": _share(met, grown.count(), 0.6),
        "first_answer_h": Figure(round(median(hours), 1), "h"),
    } | _steps(grown)


def _waits(needs: QuerySet[Need]) -> list[timedelta]:
    """As the figures of the hive count them: a yes, a no or a « later » is an answer."""
    answers = Ask.objects.filter(need=OuterRef("pk"), state__in=ANSWERED).order_by()
    first = answers.values("need").annotate(at=Min("answered_at")).values("at")
    rows = needs.annotate(first_at=Subquery(first)).filter(first_at__isnull=False)
    return [at - told for told, at in rows.values_list("published_at", "first_at")]


def _steps(needs: QuerySet[Need]) -> Figures:
    reached: Counter[str] = Counter(
        EscalationStep.objects.filter(need__in=needs).values_list("action", flat=True)
    )
    order: dict[str, None] = {}
    for policy in needs.values_list("policy", flat=True):
        order |= dict.fromkeys(step["action"] for step in policy["steps"])
    count = needs.count()
    return {f"reached_{action}_share": _share(reached[action], count) for action in order}


def _share(part: int, whole: int, target: float | None = None) -> Figure:
    return Figure(round(part / whole, 3) if whole else 0.0, "", target)


def _given(year: Year) -> Figures:
    helped = HelpExchange.objects.filter(state__in=DONE)
    hours: defaultdict[UUID, float] = defaultdict(float)
    for giver, minutes, claimed in helped.values_list("giver_id", "minutes", "claimed_minutes"):
        hours[giver] += (minutes or claimed or 0) / 60
    pledged = Pledge.objects.filter(
        valid_to__isnull=True, minutes_per_month__gt=0, person__state=PersonState.ACTIVE
    )
    ids = list(pledged.values_list("person_id", flat=True))
    all_year = list(pledged.filter(valid_from__lte=year.first).values_list("person_id", flat=True))
    above = over_pledge(helped)
    return {
        "gini_given": Figure(round(gini([hours[pk] for pk in ids]), 3), "", 0.35),
        "gini_all_year": Figure(round(gini([hours[pk] for pk in all_year]), 3), ""),
        "over_pledge": Figure(len(set(above)), "people", 0),
        "over_pledge_asked": Figure(len(set(over_pledge(helped, asked=True))), "people"),
        "helps_done": Figure(helped.count(), "helps"),
        "hours_given": Figure(round(sum(hours.values())), "h"),
        "gave_nothing_share": _share(sum(hours[pk] == 0 for pk in ids), len(ids)),
    }


def over_pledge(helped: QuerySet[HelpExchange], *, asked: bool = False) -> list[UUID]:
    """Whoever gave more in a month than was promised, once per month. `asked`: without help that
    one offered, and without what a help took beyond what was agreed."""
    months: Counter[tuple[UUID, date]] = Counter()
    for one in helped:
        offered = one.proposed_by_id == one.giver_id
        if one.happened_on is None or (asked and offered):
            continue
        took = one.minutes or one.claimed_minutes or 0
        minutes = min(took, one.planned_minutes) if asked else took
        months[one.giver_id, one.happened_on.replace(day=1)] += minutes
    promised: defaultdict[UUID, list[Any]] = defaultdict(list)
    for pledge in Pledge.objects.order_by("valid_from"):
        promised[pledge.person_id].append(pledge)
    return [
        giver
        for (giver, _month), minutes in months.items()
        if minutes > max(pledge.minutes_per_month for pledge in promised[giver])
    ]


def _asks(year: Year) -> Figures:
    asks = Ask.objects.exclude(wave=0)
    answered = asks.filter(answered_at__isnull=False)
    return {
        "asks_sent": Figure(asks.count(), "asks"),
        "asks_answered_share": _share(answered.count(), asks.count()),
        "refusals": Figure(sum(year.life.refused.values()), "times"),
    }
