"""All figures of the matching engine, by name, and the tables that show them."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from tests.bench import assignment
from tests.bench.figures import Figure, Figures, table
from tests.bench.matching import melo, spoken
from tests.bench.matching.bridge import bridged
from tests.bench.matching.data import Benchmark, benchmarks, rome_documents
from tests.bench.matching.melo import Ranking
from tests.bench.matching.quality import ENGINES, OURS, PEERS, Scores, measure
from tests.bench.matching.speed import speed
from tests.bench.matching.variants import asked
from tests.bench.matching.work import run

Say = Callable[[str], object]

TARGETS = {
    "rome_mrr": 0.78,
    "rome_hit10": 0.95,
    "rome_typo_mrr": 0.75,
    "rome_need_mrr": 0.74,
    "rome_need_empty_share": 0,
    "esco_skill_mrr": 0.33,
    "esco_skill_hit10": 0.48,
    "esco_exact_mrr": 0.62,
    "melo_fra_fr_success1": 0.83,
    "melo_fra_fr_success10": 0.94,
    "melo_bel_fr_success10": 0.74,
    "melo_fra_en_success10": 0.86,
    "melo_fra_en_recip_rank": 0.68,
    "melo_usa_en_success10": 0.85,
    "beta_short_mrr": 0.53,
}
# Those of matching.md §3b, so that the means can be compared with its own.
MEAN = (
    "rome",
    "rome_typo",
    "rome_need",
    "esco_skill",
    "esco_skill_typo",
    "esco_skill_need",
    "beta",
    "beta_short",
    "melo_fra_fr",
    "melo_bel_fr",
    "melo_usa_en",
)
PROTOCOL = (OURS, "bm25")


@dataclass
class Found:
    """By engine, then by test. `protocol`: by MELO benchmark, then by engine or published model."""

    scores: dict[str, dict[str, Scores]] = field(default_factory=dict)
    protocol: dict[str, dict[str, Ranking]] = field(default_factory=dict)


def quality(options: argparse.Namespace, say: Say) -> Figures:
    """Every engine on every test, MELO's protocol, and the ten sentences."""
    tests = benchmarks(options.data, options.split, options.sample)
    found = _found(tests)
    say(f"\n{scores_table(found.scores)}\n{peers_table(found.scores)}\n")
    models = melo.published(options.data)
    for name, ours in found.protocol.items():
        say(f"{name}\n\n{melo_table(ours, models.get(name, {}))}\n")
    figures = figures_of(found)
    say(f"{targets_table(figures)}\n")
    return figures | _spoken(options.data, say)


def _found(tests: list[Benchmark]) -> Found:
    ranked = [(engine, test) for test in tests for engine in ENGINES]
    judged = [(engine, test) for test in tests if test.corpus for engine in PROTOCOL]
    jobs = [partial(_measured, test, engine) for engine, test in ranked]
    last = [partial(_judged, test, engine) for engine, test in judged]
    total = sum(_asked(test) for _, test in ranked)
    total += sum(len(test.questions) for _, test in judged)
    found = Found()
    for part in run([*jobs, *last], total):
        for engine, scores in part.scores.items():
            found.scores.setdefault(engine, {}).update(scores)
        for name, rankings in part.protocol.items():
            found.protocol.setdefault(name, {}).update(rankings)
    return found


def _measured(test: Benchmark, engine: str, tick: Callable[[], None]) -> Found:
    return Found(scores={engine: measure(asked(test), test.documents(), engine, tick)})


def _judged(test: Benchmark, engine: str, tick: Callable[[], None]) -> Found:
    return Found(protocol={test.name: {engine: melo.measure(test, engine, tick)}})


def _asked(test: Benchmark) -> int:
    return sum(map(len, asked(test).values()))


def figures_of(found: Found) -> Figures:
    """Ours under the name of the test alone, those of others after the name of the engine."""
    values: dict[str, float] = {}
    for name, scores in found.scores.get(OURS, {}).items():
        values |= {f"{name}_{measure}": value for measure, value in asdict(scores).items()}
    for engine in PEERS:
        for name, scores in found.scores.get(engine, {}).items():
            values[f"{engine}_{name}_mrr"] = scores.mrr
            values[f"{engine}_{name}_empty_share"] = scores.empty_share
    for name, rankings in found.protocol.items():
        for engine, ranking in rankings.items():
            values |= _named(name if engine == OURS else f"{engine}_{name}", ranking)
    values |= _means(found.scores)
    return {name: _figure(name, value) for name, value in values.items()}


def _named(name: str, ranking: Ranking) -> dict[str, float]:
    """`success_10` is the figure `..._success10`."""
    return {
        f"{name}_{measure.replace('_1', '1').replace('_5', '5')}": value
        for measure, value in asdict(ranking).items()
    }


def _means(scores: dict[str, dict[str, Scores]]) -> dict[str, float]:
    means = {}
    for engine, tests in scores.items():
        prefix = "" if engine == OURS else f"{engine}_"
        means[f"{prefix}mean_mrr"] = mean_mrr(tests, MEAN)
        means[f"{prefix}mean_all_mrr"] = mean_mrr(tests, tests)
    return means


def mean_mrr(tests: dict[str, Scores], names: Iterable[str]) -> float:
    """Over those of the tests that were run; 0 when none was."""
    values = [tests[name].mrr for name in names if name in tests]
    return sum(values) / len(values) if values else 0.0


def _figure(name: str, value: float) -> Figure:
    if name.endswith("_questions"):
        return Figure(value, "questions")
    unit = "MRR" if name.endswith(("mrr", "recip_rank")) else "share"
    return Figure(round(value, 4), unit, TARGETS.get(name))


def scores_table(scores: dict[str, dict[str, Scores]]) -> str:
    """Ours alone."""
    rows = [
        (
            name,
            str(one.questions),
            *(f"{value:.3f}" for value in (one.mrr, one.hit1, one.hit5, one.hit10)),
            f"{one.empty_share:.1%}",
        )
        for name, one in scores[OURS].items()
    ]
    return table(("test", "questions", "MRR", "hit@1", "hit@5", "hit@10", "empty"), rows)


def peers_table(scores: dict[str, dict[str, Scores]]) -> str:
    """Mean reciprocal rank of each engine and, where it is not zero, the share of empty answers."""
    rows = [(name, *(_cell(scores[one][name]) for one in scores)) for name in scores[OURS]]
    mean = ("mean_mrr", *(f"{mean_mrr(tests, MEAN):.3f}" for tests in scores.values()))
    everything = ("mean_all_mrr", *(f"{mean_mrr(tests, tests):.3f}" for tests in scores.values()))
    return table(("MRR, empty answers", *scores), [*rows, mean, everything])


def _cell(scores: Scores) -> str:
    empty = f", {scores.empty_share:.0%}" if scores.empty_share >= 0.005 else ""
    return f"{scores.mrr:.3f}{empty}"


def melo_table(ours: dict[str, Ranking], models: dict[str, Ranking]) -> str:
    """Best first; the published models were measured on the full set of questions."""
    rows = [(f"{engine}, this split", ranking) for engine, ranking in ours.items()]
    rows += [(f"{model}, published on the full set", one) for model, one in models.items()]
    rows.sort(key=lambda row: -row[1].success_10)
    heads = ("model", "success@1", "@5", "@10", "recip. rank", "recall@10", "MAP")
    return table(
        heads,
        [(name, *(f"{value:.3f}" for value in asdict(one).values())) for name, one in rows],
    )


def targets_table(figures: Figures) -> str:
    rows = [
        (name, f"{one.value:.3f}", f"{one.target:g}", "yes" if _reached(name, one) else "no")
        for name, one in figures.items()
        if one.target is not None
    ]
    return table(("figure", "value", "target", "reached"), rows)


def _reached(name: str, figure: Figure) -> bool:
    assert figure.target is not None
    less_is_better = name.endswith("_empty_share")
    return figure.value <= figure.target if less_is_better else figure.value >= figure.target


def _spoken(data: Path, say: Say) -> Figures:
    skills, trades = spoken.skill_documents(), rome_documents(data)
    labels = {document.id: document.lines[0] for document in [*skills, *trades]}
    heard = spoken.hear(skills, trades)
    for line in spoken.told(heard, labels):
        say(f"{line}\n")
    return {
        "spoken_first": Figure(sum(one.place == 1 for one in heard), "of 10 sentences"),
        "spoken_in_three": Figure(sum(0 < one.place <= 3 for one in heard), "of 10 sentences"),
    }


def all_figures(options: argparse.Namespace, say: Say) -> Figures:
    """Quality, then speed at the sizes that were asked, assignment and pairs."""
    found = quality(options, say) | bridged(options.data, options.split, say)
    for size in options.sizes:
        found |= speed(options.data, size)
    return found | (assignment.run() if options.sizes else {})
