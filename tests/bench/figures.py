"""What every benchmark gives: figures by name, each with its unit and its target if any."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    value: float
    unit: str
    target: float | None = None


Figures = dict[str, Figure]


def as_json(figures: Figures) -> str:
    return json.dumps({name: asdict(figure) for name, figure in figures.items()}, indent=2) + "\n"


def read_json(text: str) -> Figures:
    return {name: Figure(**figure) for name, figure in json.loads(text).items()}


def list_of(figures: Figures) -> str:
    rows = [
        (name, f"{figure.value:g}", figure.unit, "" if figure.target is None else _aim(figure))
        for name, figure in figures.items()
    ]
    return table(("figure", "value", "unit", "target"), rows)


def _aim(figure: Figure) -> str:
    return f"{figure.target:g}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown, so that it can be pasted into docs/performance.md as it is."""
    lines = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    first, *others = ["| " + " | ".join(_aligned(line, widths)) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([first, rule, *others]) + "\n"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
