"""Mean reciprocal rank and the like, on the benchmarks and their variants."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from essaim.matching import Index
from tests.bench.matching.data import Question, beta, esco, rome
from tests.bench.matching.variants import SEED, variants

DEPTH = 100


def evaluate(index: Index, questions: list[Question]) -> dict[str, float]:
    """Mean reciprocal rank of the first right answer, share found in ten, share without answer."""
    ranks, empty = [], 0
    for question in questions:
        found = [hit.id for hit in index.search(question.text, DEPTH)]
        empty += not found
        right = [place for place, name in enumerate(found, 1) if name in question.answers]
        ranks.append(right[0] if right else 0)
    return {
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
        "hit@10": sum(0 < rank <= 10 for rank in ranks) / len(ranks),
        "empty": empty / len(ranks),
    }


def quality(data: Path, sample: int | None) -> Iterator[tuple[str, dict[str, float]]]:
    for name, load in (("rome", rome), ("esco", esco), ("beta~short", beta)):
        documents, questions = load(data)
        if sample and len(questions) > sample:
            questions = random.Random(SEED).sample(questions, sample)
        with tempfile.TemporaryDirectory() as folder, Index(Path(folder) / "index") as index:
            index.put(documents)
            for variant, asked in variants(name, questions).items():
                yield variant, evaluate(index, asked)
