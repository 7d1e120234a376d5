"""The MELO benchmark by its published protocol, beside its fifteen published models.

Job titles are ranked against every surface form of ESCO's occupations, each form for itself, and
the first hundred are judged with the definitions of `trec_eval` (Retyk et al. 2024, "MELO: a
multilingual benchmark for entity linking of occupations"). The published figures are those of the
full sets of questions; ours are those of the split: at 700 questions they may differ by 0.01, at
170 by 0.035, from chance alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from essaim.matching import Document
from tests.bench.matching.data import Benchmark, melo_name, read_csv, read_jsonl
from tests.bench.matching.quality import Tick, first_right, searching, within


@dataclass(frozen=True)
class Ranking:
    """Shares in 0..1, named as `trec_eval` names them."""

    success_1: float
    success_5: float
    success_10: float
    recip_rank: float
    recall_10: float
    map: float


@dataclass(frozen=True)
class Forms:
    """Surface forms as documents, and the forms of each concept."""

    documents: list[Document]
    of: dict[str, list[str]]


def forms(corpus: Path) -> Forms:
    concepts = read_jsonl(corpus)
    documents = [Document(form, 1, "", [text]) for one in concepts for form, text in one["forms"]]
    return Forms(documents, {one["id"]: [form for form, _ in one["forms"]] for one in concepts})


def measure(benchmark: Benchmark, engine: str, tick: Tick) -> Ranking:
    assert benchmark.corpus is not None
    known = forms(benchmark.corpus)
    answers = []
    with searching(engine, known.documents) as search:
        for question in benchmark.questions:
            answers.append(search(question.text))
            tick()
    right = [
        {form for concept in question.answers for form in known.of.get(concept, ())}
        for question in benchmark.questions
    ]
    return judged(answers, right)


def judged(answers: Sequence[list[str]], right: Sequence[Collection[str]]) -> Ranking:
    pairs = list(zip(answers, right, strict=True))
    ranks = [first_right(found, names) for found, names in pairs]
    return Ranking(
        success_1=within(ranks, 1),
        success_5=within(ranks, 5),
        success_10=within(ranks, 10),
        recip_rank=sum(1 / rank for rank in ranks if rank) / len(pairs),
        recall_10=sum(_recall(found[:10], names) for found, names in pairs) / len(pairs),
        map=sum(_average_precision(found, names) for found, names in pairs) / len(pairs),
    )


def _recall(found: list[str], right: Collection[str]) -> float:
    return sum(name in right for name in found) / len(right)


def _average_precision(found: list[str], right: Collection[str]) -> float:
    """Precision at each right answer, over all that there were to find."""
    places = [place for place, name in enumerate(found, 1) if name in right]
    return sum(held / place for held, place in enumerate(places, 1)) / len(right)


def published(data: Path) -> dict[str, dict[str, Ranking]]:
    """By name of benchmark, then by model; empty when the folder has none."""
    path = data / "melo_published/results_full_set.csv"
    found: dict[str, dict[str, Ranking]] = {}
    if not path.exists():
        return found
    for row in read_csv(path):
        name, model = melo_name(f"melo_{row.pop('dataset')}"), row.pop("model")
        values = {measure: float(value) for measure, value in row.items()}
        found.setdefault(name, {})[model] = Ranking(**values)
    return found
