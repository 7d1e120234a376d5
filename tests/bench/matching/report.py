"""All figures of the matching engine, by name."""

from pathlib import Path

from tests.bench.figures import Figure, Figures
from tests.bench.matching.quality import quality
from tests.bench.matching.speed import speed

TARGETS = {"rome": 0.67, "rome~typo": 0.62, "rome~need": 0.63}


def figures(data: Path, sample: int | None, sizes: list[int]) -> Figures:
    found: Figures = {}
    for size in sizes:
        found |= speed(data, size)
    for name, values in quality(data, sample):
        found[f"{name} MRR"] = Figure(round(values["mrr"], 4), "MRR", TARGETS.get(name))
        found[f"{name} hit@10"] = Figure(round(values["hit@10"], 4), "share", None)
        found[f"{name} empty"] = Figure(round(values["empty"], 4), "share", 0)
    return found
