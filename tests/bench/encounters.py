"""Improbable encounters: how fast they are drawn, and what comes of them in simulated hives.

Speed: 600 people of one hive, from what they wrote to who meets whom; then 16,000 in 100 hives,
hive by hive and once more across hives. Quality: see hives.py and ways.py.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

import numpy as np

from essaim.matching.drawing import draw, draw_across, draw_by_hub
from essaim.matching.encoder import default_encoder
from essaim.matching.encounters import Guest, Past
from essaim.matching.ties import Ties
from essaim.matching.wanting import Offer, Remembered, Want
from tests.bench.apart import Measured, apart, timed
from tests.bench.figures import Figure, Figures, table
from tests.bench.hives import FORTNIGHTS, PEOPLE, Year, hive, lived
from tests.bench.ways import WAYS

HIVES = 12
HIVE, NETWORK, HUBS = 600, 16_000, 100
FIELDS = "comptabilité,droit,vidéo,menuiserie,cuisine,financement,vente,site,photo,traduction"
SIDES = "agricole,associative,solidaire,participative,durable,urbaine,locale,numérique"
SKILLS = [f"{field} {side}" for field in FIELDS.split(",") for side in SIDES.split(",")]


def run() -> tuple[Figures, str]:
    """The figures, and the table of the comparison."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the application runs
    one, network = apart(_one_hive), apart(_network)
    worlds = [hive(seed) for seed in range(HIVES)]
    years = {
        name: [lived(world, way, seed) for seed, world in enumerate(worlds)]
        for name, way in WAYS.items()
    }
    figures: Figures = {
        "pairs_600_s": Figure(round(one.seconds, 2), "s", 2),
        "pairs_600_cpu_s": Figure(round(one.cpu_seconds, 2), "s"),
        "pairs_600_mb": Figure(round(one.megabytes), "MB"),
        "pairs_16000_s": Figure(round(network.seconds, 1), "s", 60),
        "pairs_16000_cpu_s": Figure(round(network.cpu_seconds, 1), "s"),
        "pairs_16000_mb": Figure(round(network.megabytes), "MB"),
    }
    for name, lives in years.items():
        found = summary(lives)
        figures |= {
            f"srdp_{name}": Figure(round(found.srdp, 4), ""),
            f"coverage_{name}": Figure(round(found.coverage, 4), ""),
            f"never_drawn_{name}": Figure(round(found.never, 4), ""),
        }
    return figures, comparison(years)


@dataclass(frozen=True)
class Summary:
    """Means over hives; `margin`: half of the 95 % interval of the mean SRDP (normal)."""

    srdp: float
    margin: float
    coverage: float
    never: float
    fewest: float
    drop: float


def summary(years: Sequence[Year]) -> Summary:
    rates = [year.srdp / year.met if year.met else 0.0 for year in years]
    spread = stdev(rates) if len(rates) > 1 else 0.0
    return Summary(
        srdp=mean(rates),
        margin=1.96 * spread / len(rates) ** 0.5,
        coverage=mean(year.drawn / year.places for year in years),
        never=mean(float((year.times == 0).mean()) for year in years),
        fewest=mean(float(year.times.min()) for year in years),
        drop=mean(mean(year.drops) if year.drops else 0.0 for year in years),
    )


def comparison(years: dict[str, list[Year]]) -> str:
    heads = ("way", "SRDP", "±", "coverage", "never drawn", "fewest times", "constraint drop")
    rows = [
        (
            name,
            f"{found.srdp:.1%}",
            f"{found.margin:.1%}",
            f"{found.coverage:.1%}",
            f"{found.never:.1%}",
            f"{found.fewest:.1f} of {FORTNIGHTS}",
            f"{found.drop:.1%}",
        )
        for name, lives in years.items()
        for found in [summary(lives)]
    ]
    title = f"\n{len(years['full'])} hives of {PEOPLE} people, {FORTNIGHTS} fortnights\n\n"
    return title + table(heads, rows)


def _one_hive() -> Measured:
    guests, past = people(HIVE, seed=1)
    encoder = default_encoder()
    return timed(lambda: float(len(draw(guests, past, encoder, seed=1).groups)))


def _network() -> Measured:
    """By hive, then across hives."""
    guests, past = people(NETWORK, seed=1)
    homes = {guest.id: f"hub{at % HUBS:03}" for at, guest in enumerate(guests)}

    def both() -> float:
        encoder = Remembered(default_encoder())
        near = draw_by_hub(guests, homes, past, encoder, seed=1)
        far = draw_across(guests, homes, past, encoder, seed=1)
        return float(len(near.groups) + len(far.groups))

    return timed(both)


def people(count: int, seed: int) -> tuple[list[Guest], Past]:
    """Up to three wants and two to six offers each, in the words of a few trades; a past of four
    ties each, and colleagues who stay apart."""
    draw_from = np.random.default_rng(seed)
    guests = [_guest(draw_from, at) for at in range(count)]
    ids = [guest.id for guest in guests]
    one = draw_from.integers(0, count, 2 * count)
    other = (one + draw_from.integers(1, min(400, count), 2 * count)) % count
    ties = Ties((ids[a], ids[b]) for a, b in zip(one.tolist(), other.tolist(), strict=True))
    return guests, Past(ties, apart=frozenset(zip(ids[::2], ids[1::2], strict=False)))


def _guest(draw_from: np.random.Generator, at: int) -> Guest:
    wants = [
        Want(
            f"Quelqu’un pour {SKILLS[skill]}, avant la réunion du mois {at % 12}",
            {f"s{skill}": f"f{skill // 8}"},
            float(age) if age < 40 else None,
        )
        for skill, age in draw_from.integers(0, len(SKILLS), (draw_from.integers(0, 4), 2)).tolist()
    ]
    lent = draw_from.integers(0, len(SKILLS), draw_from.integers(2, 7)).tolist()
    offers = [
        Offer(f"{SKILLS[skill]} : dix ans de métier, {at % 97}", {f"s{skill}": f"f{skill // 8}"})
        for skill in lent
    ]
    tags = frozenset(f"t{tag}" for tag in draw_from.integers(0, 40, 4).tolist())
    return Guest(f"{at:05}", wants, offers, tags, float(draw_from.uniform(0.2, 1)))
