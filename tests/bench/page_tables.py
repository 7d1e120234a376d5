"""`scripts/bench pages`: pages and writes at each size, and whether they grow with the network."""

from collections.abc import Iterable

from tests.bench.figures import Figure, Figures, table
from tests.bench.networks import copied, prepared

EMPTY = {"empty", "empty_signed_in"}
GROWTH = 1.5


def measure(size: str, server: str) -> Figures:
    with copied(prepared(size, server)) as network:
        return network.figures("tests.bench.measure")


def measure_all(sizes: Iterable[str], server: str) -> dict[str, Figures]:
    return {size: measure(size, server) for size in sizes}


def names_of(figures: Figures) -> list[str]:
    return [name.removesuffix("_cpu_ms") for name in figures if name.endswith("_cpu_ms")]


def page_table(figures: Figures) -> str:
    heads = ("page", "queries", "CPU ms", "p95", "target", "empty view ×", "kB sent", "kB plain")
    empty = figures["empty_signed_in_cpu_ms"].value
    return table(heads, [_row(name, figures, empty) for name in names_of(figures)])


def _row(name: str, figures: Figures, empty: float) -> list[str]:
    cpu = figures[f"{name}_cpu_ms"]
    queries, target = figures[f"{name}_queries"], cpu.target
    over = (target is not None and cpu.value > target) or (
        queries.target is not None and queries.value > queries.target
    )
    return [
        name + (" (over)" if over else ""),
        f"{queries.value:.0f}",
        f"{cpu.value:.1f}",
        f"{figures[f'{name}_p95_ms'].value:.1f}",
        "" if target is None else f"{target:g}",
        f"{cpu.value / empty:.1f}",
        f"{figures[f'{name}_kb'].value:.1f}",
        f"{figures[f'{name}_plain_kb'].value:.1f}",
    ]


def growth(small: Figures, large: Figures) -> Figures:
    """How many times more a page costs in the large network, the machine's mood taken out.

    Both are divided by what the empty view cost in the same minutes.
    """

    def relative(figures: Figures, name: str) -> float:
        return figures[f"{name}_cpu_ms"].value / figures["empty_signed_in_cpu_ms"].value

    return {
        f"{name}_growth": Figure(
            round(relative(large, name) / relative(small, name), 2), "×", GROWTH
        )
        for name in names_of(large)
        if name not in EMPTY
    }


def growth_table(measured: dict[str, Figures]) -> str:
    first, *_, last = measured
    rows = [
        [name.removesuffix("_growth"), *_costs(name, measured), f"{figure.value:.2f}"]
        for name, figure in growth(measured[first], measured[last]).items()
    ]
    heads = ("page", *(f"{size}, CPU ms" for size in measured), f"{first} to {last} ×")
    return table(heads, rows)


def _costs(name: str, measured: dict[str, Figures]) -> list[str]:
    page = name.removesuffix("_growth")
    return [f"{figures[f'{page}_cpu_ms'].value:.1f}" for figures in measured.values()]
