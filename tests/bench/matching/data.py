"""Reads the public benchmarks: documents, questions and their right answers.

The data are read where they are and never copied.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from essaim.matching import Document


@dataclass(frozen=True)
class Question:
    text: str
    answers: Collection[str]


def rome(data: Path) -> tuple[list[Document], list[Question]]:
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
        r["code_rome"]: r["definition"] for r in read_csv(data / "rome_v460/definitions.csv")
    }
    documents = [
        Document(
            job["id"],
            1,
            definitions.get(job["id"], ""),
            [job["label"], *job["alts"], *skills[job["id"]]],
        )
        for job in read_jsonl(data / "bench/rome_appellation.docs.jsonl")
    ]
    asked = read_jsonl(data / "bench/rome_appellation.dev.jsonl")
    return documents, [Question(row["q"], row["rel"]) for row in asked]


def esco(data: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(row["uuid"], 1, "", [row["label"], *filter(None, row["alt"].split("|"))])
        for row in read_csv(data / "esco/skills_fr.csv")
    ]
    asked = read_jsonl(data / "bench/esco_skill.dev.jsonl")
    return documents, [Question(row["q"], row["rel"]) for row in asked]


def beta(data: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(row["id"], 1, f"{row['mission']}\n{row['solution']}")
        for row in read_jsonl(data / "beta_nc/solutions.docs.jsonl")
    ]
    asked = read_jsonl(data / "beta_nc/problems.dev.jsonl")
    return documents, [Question(row["short"], [row["id"]]) for row in asked]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
