"""Aggregates that SQLite lacks, added up in Python: see `essaim.core.aggregates`."""

from collections.abc import Callable
from statistics import median

from essaim.core.inequality import gini, top_share


class _Gathering:
    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self.values.append(value)


class _Median(_Gathering):
    def finalize(self) -> float | None:
        return median(self.values) if self.values else None


class _Gini(_Gathering):
    def finalize(self) -> float | None:
        return gini(self.values) if any(self.values) else None


class _TopShare(_Gathering):
    def finalize(self) -> float | None:
        return top_share(self.values)


GATHERINGS: dict[str, type[_Gathering]] = {
    "essaim_median": _Median,
    "essaim_gini": _Gini,
    "essaim_top_share": _TopShare,
}


def teach(create_aggregate: Callable[..., None]) -> None:
    for name, gathering in GATHERINGS.items():
        create_aggregate(name, 1, gathering)
