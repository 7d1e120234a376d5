"""What must hold on every day of the year, looked at by other means than those that ensure it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from essaim.exchange import escalation
from essaim.exchange.guards import guards_in_force
from essaim.exchange.models import (
    Ask,
    AskState,
    EscalationStep,
    HelpExchange,
    HelpState,
    Need,
    Pause,
    Pledge,
)
from tests.bench.year.life import PARIS

UNASKED = 0
HELD = (HelpState.PROPOSED, HelpState.AGREED)
WEEK, REST = timedelta(days=7), timedelta(hours=48)


@dataclass
class Watch:
    """`broken`: how often each rule was; all must stay at nought."""

    broken: Counter[str] = field(default_factory=Counter)

    def asks_sent(self, asks: Iterable[Ask], now: datetime) -> None:
        """Just after they left, and before anybody answered."""
        ids = {ask.helper_id for ask in asks if ask.wave != UNASKED}
        if not ids:
            return
        mine = _by_person(Ask.objects.filter(helper__in=ids), "helper_id")
        helps = _by_person(HelpExchange.objects.filter(giver__in=ids, state__in=HELD), "giver_id")
        for pledge in Pledge.objects.filter(person__in=ids, valid_to__isnull=True):
            self._guards(pledge, mine[pledge.person_id], helps[pledge.person_id], now)
        day = now.astimezone(PARIS).date()
        paused = Pause.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=day), person__in=ids, from_on__lte=day
        )
        self.broken["pause"] += paused.count()

    def _guards(
        self, pledge: Pledge, asks: list[Ask], helps: list[HelpExchange], now: datetime
    ) -> None:
        week = sum(ask.sent_at > now - WEEK for ask in asks)
        waiting = sum(ask.state in (AskState.SENT, AskState.LATER) for ask in asks)
        asked = [one for one in helps if _is_wanted(one)]
        held = waiting + len(asked) + sum(one.state == HelpState.AGREED for one in helps)
        week += sum(one.created_at > now - WEEK for one in asked)
        network = guards_in_force()
        self.broken["asks in seven days"] += week > (
            pledge.max_asks_per_week or network.asks_per_week
        )
        self.broken["at once"] += held > (pledge.max_parallel or network.at_once)
        self.broken["rest after a no"] += any(
            ask.state == AskState.DECLINED and ask.answered_at and ask.answered_at > now - REST
            for ask in asks
        )

    def ladders(self, policies: dict[UUID, object], since: datetime) -> None:
        """Each need that climbed since then has taken the steps of its own frozen policy, from the
        first, in order."""
        climbed = Exists(EscalationStep.objects.filter(need=OuterRef("pk"), at__gte=since))
        needs = Need.objects.filter(climbed, pk__in=list(policies))
        for need in needs.prefetch_related("steps"):
            self.broken["policy changed"] += need.policy != policies[need.pk]
            order = [step.action for step in escalation.steps_of(need)]
            steps = sorted(need.steps.all(), key=lambda step: step.pk)
            taken = [step for step in steps if step.action in order]
            actions = [step.action for step in taken]
            moments = [step.at for step in taken]
            self.broken["step skipped or repeated"] += actions != order[: len(actions)]
            self.broken["step before its turn"] += moments != sorted(moments)


def _by_person(rows: QuerySet[Any], who: str) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, who)].append(row)
    return found


def _is_wanted(exchange: HelpExchange) -> bool:
    """Asked for by name, without a need, and not answered yet."""
    return exchange.state == HelpState.PROPOSED and exchange.proposed_by_id != exchange.giver_id
