"""Reads the public benchmarks: documents, questions and their right answers.

The data are read where they are and never copied. A split is a set of questions, one file per
benchmark: `bench/rome_appellation.dev.jsonl` is the split `dev` of `rome_appellation`.
"""

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from essaim.matching import Document

SEED = 7
EXACT_LINK = 3
SKILLS_OF_A_CARD = 5


class NoQuestionsError(Exception):
    """The folder holds no file of the split."""


@dataclass(frozen=True)
class Question:
    """`exact`: those of the answers that are the very same thing; `short`: the first sentence.

    Both where the data tell.
    """

    text: str
    answers: Collection[str]
    exact: Collection[str] = ()
    short: str = ""


@dataclass(frozen=True)
class Benchmark:
    """`documents` reads what is searched, where the work is done. `language`: of the questions.

    `corpus`, for MELO: the file of the concepts with their surface forms.
    """

    name: str
    questions: list[Question]
    documents: Callable[[], list[Document]]
    language: str = "fr"
    corpus: Path | None = None


def benchmarks(data: Path, split: str, sample: int | None = None) -> list[Benchmark]:
    """Those of which the folder has questions of that split, at most `sample` of each."""
    found = [
        *_known(data, split, "bench/rome_appellation", _rome),
        *_known(data, split, "bench/esco_skill", _esco_skill),
        *_known(data, split, "bench/esco_skill", _cards),
        *_known(data, split, "beta_nc/problems", _beta),
        *(_melo(data, path) for path in sorted((data / "bench").glob(f"melo_*.{split}.jsonl"))),
    ]
    if not found:
        raise NoQuestionsError(f"no bench/*.{split}.jsonl nor beta_nc/*.{split}.jsonl in {data}")
    return [replace(one, questions=_some(one.questions, sample)) for one in found]


def _known(
    data: Path, split: str, name: str, read: Callable[[Path, Path], Benchmark]
) -> list[Benchmark]:
    path = data / f"{name}.{split}.jsonl"
    return [read(data, path)] if path.exists() else []


def _some(questions: list[Question], sample: int | None) -> list[Question]:
    if sample is None or len(questions) <= sample:
        return questions
    return random.Random(SEED).sample(questions, sample)


def _rome(data: Path, path: Path) -> Benchmark:
    questions = [Question(row["q"], row["rel"]) for row in read_jsonl(path)]
    return Benchmark("rome", questions, partial(rome_documents, data))


def rome_documents(data: Path) -> list[Document]:
    """A trade: its definition, its wordings and what it asks to know."""
    items = {
        row["code_ogr"]: row["libelle"]
        for name in ("competences", "savoirs")
        for row in read_csv(data / f"rome_v460/{name}.csv")
    }
    skills = defaultdict(list)
    for row in read_csv(data / "rome_v460/liens_code_item.csv"):
        if row["code_ogr"] in items:
            skills[row["code_rome"]].append(items[row["code_ogr"]])
    definitions = {
        row["code_rome"]: row["definition"] for row in read_csv(data / "rome_v460/definitions.csv")
    }
    return [
        Document(
            job["id"],
            1,
            definitions.get(job["id"], ""),
            [job["label"], *job["alts"], *skills[job["id"]]],
        )
        for job in read_jsonl(data / "bench/rome_appellation.docs.jsonl")
    ]


def _esco_skill(data: Path, path: Path) -> Benchmark:
    questions = [Question(row["q"], row["rel"], _exact(row["rel"])) for row in read_jsonl(path)]
    return Benchmark("esco_skill", questions, partial(esco_documents, data))


def _exact(links: dict[str, int]) -> tuple[str, ...]:
    return tuple(skill for skill, link in links.items() if link == EXACT_LINK)


def esco_documents(data: Path) -> list[Document]:
    return [
        Document(row["uuid"], 1, "", [row["label"], *filter(None, row["alt"].split("|"))])
        for row in read_csv(data / "esco/skills_fr.csv")
    ]


def _cards(data: Path, path: Path) -> Benchmark:
    """The same questions asked of people, who each can do things that have nothing in common."""
    holders = {skill: str(card) for card, skills in _dealt(data) for skill in skills}
    questions = [
        Question(row["q"], {holders[skill] for skill in row["rel"]}) for row in read_jsonl(path)
    ]
    return Benchmark("cards", questions, partial(card_documents, data))


def card_documents(data: Path) -> list[Document]:
    labels = {skill.id: skill.lines[0] for skill in esco_documents(data)}
    return [
        Document(str(card), 1, "", [labels[skill] for skill in skills])
        for card, skills in _dealt(data)
    ]


def _dealt(data: Path) -> list[tuple[int, list[str]]]:
    """All skills of ESCO, five to a card, as chance has them."""
    skills = [skill.id for skill in esco_documents(data)]
    random.Random(SEED).shuffle(skills)
    hands = range(0, len(skills), SKILLS_OF_A_CARD)
    return [(at, skills[at : at + SKILLS_OF_A_CARD]) for at in hands]


def _beta(data: Path, path: Path) -> Benchmark:
    questions = [Question(row["q"], [row["id"]], short=row["short"]) for row in read_jsonl(path)]
    return Benchmark("beta", questions, partial(beta_documents, data))


def beta_documents(data: Path) -> list[Document]:
    return [
        Document(row["id"], 1, f"{row['mission']}\n{row['solution']}")
        for row in read_jsonl(data / "beta_nc/solutions.docs.jsonl")
    ]


def _melo(data: Path, path: Path) -> Benchmark:
    dataset = path.name.split(".")[0]
    questions = [Question(row["q"], row["rel"]) for row in read_jsonl(path)]
    corpus = data / f"bench/{dataset}.docs.jsonl"
    documents = partial(melo_documents, corpus)
    language = "en" if "_q_en_" in dataset else "fr"
    return Benchmark(melo_name(dataset), questions, documents, language, corpus)


def melo_name(dataset: str) -> str:
    """`melo_fra_q_fr_c_en`, French titles of France in the English corpus, is `melo_fra_en`."""
    return re.sub(r"_q_[a-z]+_c_([a-z]+)$", r"_\1", dataset)


def melo_documents(corpus: Path) -> list[Document]:
    """A concept, whose surface forms are its lines."""
    return [
        Document(concept["id"], 1, "", [text for _, text in concept["forms"]])
        for concept in read_jsonl(corpus)
    ]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
