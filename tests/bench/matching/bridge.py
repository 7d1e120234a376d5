"""From a wording of a trade to people who list skills of it, with and without an imported ROME.

As `matching.md` §3e lays it out: people of whom only five skills are known, of one trade each, and
no title; a question is a wording of a trade, and is answered by those of that trade. Truth and
bridge share ROME: an upper bound of what a bridge brings.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from essaim.matching import Document, Index, taxonomies
from essaim.matching.bridge import Bridge, schemes
from essaim.matching.encoder import default_encoder
from essaim.matching.taxonomies import Entry, TaxonomyError
from tests.bench.figures import Figure, Figures, table
from tests.bench.matching.data import SEED, read_jsonl
from tests.bench.matching.peers import DEPTH, Search, bm25

QUESTIONS, PEOPLE_EACH, SKILLS_EACH, TEN = 600, 5, 5, 10
TARGETS = {"bridge_mrr": 0.70, "bridge_recall10": 0.74}

Say = Callable[[str], object]


@dataclass(frozen=True)
class Result:
    """`recall10`: the share of the right people who are among the first ten."""

    mrr: float
    hit1: float
    hit10: float
    recall10: float
    ms: float


def bridged(data: Path, split: str, say: Say) -> Figures:
    """Nothing when the folder has no questions about trades, or not the whole of ROME."""
    path = data / f"bench/rome_appellation.{split}.jsonl"
    if not path.exists():
        return {}
    try:
        [rome] = [one for one in taxonomies.schemes(data) if one.name == "ROME"]
    except TaxonomyError as error:
        say(f"No bridge is measured: {error}\n")
        return {}
    chance = random.Random(SEED)
    people = list(_people(rome.entries, chance))
    questions = [(row["q"], _of(people, row["rel"])) for row in read_jsonl(path)]
    questions = chance.sample(questions, min(QUESTIONS, len(questions)))
    found: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        results, seconds = _results(Path(folder), rome, people, questions)
    say(f"{_table(results)}\n\n")
    for engine, result in results.items():
        for name, value in vars(result).items():
            unit = {"mrr": "MRR", "ms": "ms CPU"}.get(name, "share")
            figure = f"{engine}_{name}"
            found[figure] = Figure(round(value, 4), unit, TARGETS.get(figure))
    built, read = seconds
    return found | {
        "bridge_import_s": Figure(round(built, 1), "s CPU"),
        "bridge_prepare_s": Figure(round(read, 1), "s CPU"),
    }


def _people(entries: Sequence[Entry], chance: random.Random) -> list[tuple[str, Document]]:
    return [
        (entry.code, Document(f"{entry.code}-{number}", 1, "", chance.sample(skills, SKILLS_EACH)))
        for entry in entries
        if len(skills := list(dict.fromkeys(entry.skills))) >= SKILLS_EACH
        for number in range(PEOPLE_EACH)
    ]


def _of(people: Sequence[tuple[str, Document]], codes: Sequence[str]) -> set[str]:
    return {person.id for code, person in people if code in codes}


def _results(
    folder: Path,
    rome: taxonomies.Scheme,
    people: Sequence[tuple[str, Document]],
    questions: Sequence[tuple[str, set[str]]],
) -> tuple[dict[str, Result], tuple[float, float]]:
    encoder = default_encoder()
    documents = [person for _, person in people]
    begun = time.process_time()
    schemes.install(folder / "taxonomies", [rome], encoder)
    built = time.process_time() - begun
    with Index(folder / "people", encoder) as index:
        index.put(documents)
        bridge = Bridge(folder / "taxonomies", encoder)
        begun = time.process_time()
        bridge.prepare(index)
        read = time.process_time() - begun
        searches: dict[str, Search] = {
            "bm25_bridge": bm25(documents),
            "no_bridge": lambda text: [hit.id for hit in index.search(text, DEPTH)],
            "bridge": lambda text: [hit.id for hit in index.search(text, DEPTH, bridge=bridge)],
        }
        results = {engine: _measured(search, questions) for engine, search in searches.items()}
        bridge.close()
    return results, (built, read)


def _measured(search: Search, questions: Sequence[tuple[str, set[str]]]) -> Result:
    places, recalled, times = [], [], []
    for text, right in questions:
        begun = time.process_time()
        found = search(text)
        times.append((time.process_time() - begun) * 1_000)
        at = [place for place, one in enumerate(found, 1) if one in right]
        places.append(at[0] if at else 0)
        recalled.append(sum(place <= TEN for place in at) / max(min(len(right), TEN), 1))
    count = len(questions)
    return Result(
        mrr=sum(1 / place for place in places if place) / count,
        hit1=sum(place == 1 for place in places) / count,
        hit10=sum(0 < place <= TEN for place in places) / count,
        recall10=sum(recalled) / count,
        ms=statistics.median(times),
    )


def _table(results: dict[str, Result]) -> str:
    rows = [
        (engine, *(f"{value:.3f}" for value in list(vars(one).values())[:-1]), f"{one.ms:.1f}")
        for engine, one in results.items()
    ]
    return table(("people by trade", "MRR", "hit@1", "hit@10", "recall@10", "ms"), rows)
