"""Runs a search over the questions of a benchmark and says how well it answers."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from essaim.matching import Document, Index
from tests.bench.matching import peers
from tests.bench.matching.data import Question
from tests.bench.matching.parts import opened
from tests.bench.matching.peers import DEPTH, Search

OURS = "essaim"
PEERS: dict[str, Callable[[Sequence[Document]], Search]] = {
    "bm25": peers.bm25,
    "and_prefix": peers.and_prefix,
    "and_stem": peers.and_stem,
    "trigram": peers.trigram,
}
ENGINES = (OURS, *PEERS)
Tick = Callable[[], None]
Tests = Mapping[str, list[Question]]


@dataclass(frozen=True)
class Scores:
    """`mrr`: mean of 1 / rank of the first right answer, none counting 0; the rest are shares."""

    mrr: float
    hit1: float
    hit5: float
    hit10: float
    empty_share: float
    questions: int


@contextmanager
def searching(engine: str, documents: Sequence[Document]) -> Iterator[Search]:
    """A search over the documents: ids, best first, a hundred at most."""
    if engine != OURS:
        yield PEERS[engine](documents)
        return
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "index") as index:
        index.put(documents)
        yield ids_of(index)


def ids_of(index: Index) -> Search:
    return lambda text: [hit.id for hit in index.search(text, DEPTH)]


def measure(tests: Tests, documents: list[Document], engine: str, tick: Tick) -> dict[str, Scores]:
    with searching(engine, documents) as search:
        return scored(tests, search, tick)


def scored(tests: Tests, search: Search, tick: Tick) -> dict[str, Scores]:
    """Scores by test; the links marked exact are a test of their own."""
    found = {}
    for name, questions in tests.items():
        answers = [_answer(search, question.text, tick) for question in questions]
        found[name] = scores(answers, [question.answers for question in questions])
        found |= _exact(name, questions, answers)
    return found


def _answer(search: Search, text: str, tick: Tick) -> list[str]:
    tick()
    return search(text)


def _exact(name: str, questions: list[Question], answers: list[list[str]]) -> dict[str, Scores]:
    pairs = [
        (answer, question.exact)
        for question, answer in zip(questions, answers, strict=True)
        if question.exact
    ]
    if not pairs:
        return {}
    exact_name = name.replace("esco_skill", "esco_exact")
    return {exact_name: scores([answer for answer, _ in pairs], [right for _, right in pairs])}


def scores(answers: Sequence[list[str]], right: Sequence[Collection[str]]) -> Scores:
    ranks = [first_right(found, names) for found, names in zip(answers, right, strict=True)]
    return Scores(
        mrr=sum(1 / rank for rank in ranks if rank) / len(ranks),
        hit1=within(ranks, 1),
        hit5=within(ranks, 5),
        hit10=within(ranks, 10),
        empty_share=sum(not found for found in answers) / len(answers),
        questions=len(ranks),
    )


def first_right(found: Sequence[str], right: Collection[str]) -> int:
    """From 1; 0 when no right answer was found."""
    return next((place for place, name in enumerate(found, 1) if name in right), 0)


def within(ranks: Sequence[int], depth: int) -> float:
    return sum(0 < rank <= depth for rank in ranks) / len(ranks)
