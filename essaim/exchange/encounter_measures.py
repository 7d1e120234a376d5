"""The page that judges encounters: each way of drawing, with its uncertainty, and what to think."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from essaim.core.figures import Figure, Scope, path_of
from essaim.exchange import trials
from essaim.exchange.figures import encounters as figures
from essaim.exchange.models import Arm, EncounterState
from essaim.exchange.trials import ENOUGH, FEW, Estimate


@dataclass(frozen=True)
class Measure:
    """A figure with its interval, in percent; `estimate` is None without a record."""

    figure: Figure
    path: str
    estimate: Estimate | None

    @property
    def known(self) -> bool:
        return self.estimate is not None

    @property
    def words(self) -> dict[str, float]:
        found = self.estimate or Estimate(0, 0, 0, 0)
        return {
            "value": 100 * found.value,
            "low": 100 * found.low,
            "high": 100 * found.high,
            "n": found.n,
        }

    @property
    def few(self) -> bool:
        return self.estimate is not None and self.estimate.n < FEW


@dataclass(frozen=True)
class Row:
    arm: str
    name: str
    measures: tuple[Measure, ...]


def rows_of(scope: Scope) -> list[Row]:
    """All together, then each way, when it drew anything."""
    found = [Row("", _("All together"), _three("", scope))]
    for arm in figures.ARMS:
        measures = _three(arm, scope)
        if any(measure.known for measure in measures):
            found.append(Row(arm, str(Arm(arm).label), measures))
    return found


def _three(arm: str, scope: Scope) -> tuple[Measure, ...]:
    met, unexpected, drop = figures.BY_ARM[arm]
    useful = Q(useful__gte=figures.USEFUL, anyway=False)
    drops = list(drop.records(scope).order_by().values_list("drop", flat=True))
    return (
        _measure(met, scope, _share(met.records(scope), Q(state=EncounterState.MET))),
        _measure(unexpected, scope, _share(unexpected.records(scope), useful)),
        _measure(drop, scope, trials.average(drops)),
    )


def _measure(figure: Figure, scope: Scope, estimate: Estimate | None) -> Measure:
    return Measure(figure, path_of(figure, scope), estimate)


def _share(records: Any, having: Q) -> Estimate | None:
    counted = records.order_by().aggregate(n=Count("pk"), k=Count("pk", filter=having))
    return trials.wilson(counted["k"], counted["n"])


def guards_of(scope: Scope) -> list[Measure]:
    """Is anybody forgotten, are some drawn more than others, does anything come of it?"""
    left_out, exposure, came = figures.LEFT_OUT, figures.EXPOSURE, figures.CAME
    times = list(exposure.records(scope).order_by("pk").values_list("times", flat=True))
    something = Q(since__in=figures.CAME_OF_IT)
    return [
        _measure(left_out, scope, _share(left_out.records(scope), Q(encounter__isnull=True))),
        _measure(exposure, scope, trials.gini_estimate(times)),
        _measure(came, scope, _share(came.records(scope), something)),
    ]


def conclusions(rows: Sequence[Row]) -> list[str]:
    """In sentences, and plainly when there is nothing to conclude yet."""
    by_arm = {row.arm: row for row in rows}
    full, chance = by_arm.get(Arm.FULL), by_arm.get(Arm.RANDOM)
    if full is None or chance is None:
        return [_("Only one way of drawing was used: there is nothing to compare.")]
    names = (_("Encounters that took place"), _("Useful and unexpected"))
    return [
        _conclusion(name, full.measures[at].estimate, chance.measures[at].estimate)
        for at, name in enumerate(names)
    ]


def _conclusion(name: str, full: Estimate | None, chance: Estimate | None) -> str:
    fewest = min(full.n if full else 0, chance.n if chance else 0)
    if full is None or chance is None or fewest < ENOUGH:
        said = _(
            "%(name)s: too few to conclude. The smaller group has %(n)d; %(enough)d in "
            "each would show a gap of 15 points."
        )
        return said % {"name": name, "n": fewest, "enough": ENOUGH}
    gap = trials.difference(full, chance)
    words = {"name": name, "low": round(100 * gap.low), "high": round(100 * gap.high)}
    return _compared(gap) % words


def _compared(gap: Estimate) -> str:
    if gap.low > 0:
        return _("%(name)s: the score does better than chance, by %(low)d to %(high)d points.")
    if gap.high < 0:
        return _("%(name)s: the score does worse than chance, from %(low)d to %(high)d points.")
    return _("%(name)s: no difference shown; it lies between %(low)d and %(high)d points.")
