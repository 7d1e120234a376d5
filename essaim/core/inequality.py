"""How unequally something is shared. Pure."""

from collections.abc import Sequence

TOP = 20
"""The first of them are one in twenty: 5 %."""


def gini(values: Sequence[float]) -> float:
    """0 when all have the same, towards 1 when one has everything; 0 when there is nothing."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(ordered, start=1))
    return 2 * ranked / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def top_share(values: Sequence[float]) -> float | None:
    """What one in twenty has of all, those who have most; None under twenty, or of nothing."""
    total, first = sum(values), len(values) // TOP
    if not total or not first:
        return None
    return sum(sorted(values, reverse=True)[:first]) / total
