"""A tiny folder of made-up data, laid out like the public ones."""

import csv
import json
from pathlib import Path
from typing import Any

TRADES = {
    "Z1": ("Fromager / Fromagère", "Fabriquer des tommes", "Affineur / Affineuse"),
    "Z2": ("Luthier / Luthière", "Réparer un violon", "Archetier / Archetière"),
}


def write_lines(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_table(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_everything(data: Path) -> None:
    write_rome(data)
    write_esco(data)
    write_beta(data)
    for dataset in ("fra_q_fr_c_fr", "bel_q_fr_c_fr", "fra_q_fr_c_en", "usa_q_en_c_en"):
        write_melo(data, dataset)


def write_rome(data: Path) -> None:
    docs = [{"id": code, "label": name, "alts": []} for code, (name, _, _) in TRADES.items()]
    write_lines(data / "bench/rome_appellation.docs.jsonl", *docs)
    questions = [
        {"id": "1", "q": "Affineur de tommes", "full": "", "rel": ["Z1"]},
        {"id": "2", "q": "Réparatrice de violon", "full": "", "rel": ["Z2"]},
    ]
    write_lines(data / "bench/rome_appellation.dev.jsonl", *questions)
    skills = [{"code_ogr": f"S{code}", "libelle": skill} for code, (_, skill, _) in TRADES.items()]
    write_table(data / "rome_v460/competences.csv", *skills)
    write_table(data / "rome_v460/savoirs.csv", {"code_ogr": "K1", "libelle": "Lait cru"})
    links = [{"code_rome": code, "code_ogr": f"S{code}"} for code in TRADES]
    write_table(data / "rome_v460/liens_code_item.csv", *links)
    meanings = [{"code_rome": code, "definition": text} for code, (_, _, text) in TRADES.items()]
    write_table(data / "rome_v460/definitions.csv", *meanings)


def write_esco(data: Path) -> None:
    skills = [
        {"uuid": "u1", "label": "faire des tommes", "alt": "fabriquer du fromage|affiner"},
        {"uuid": "u2", "label": "accorder un violon", "alt": ""},
    ]
    write_table(data / "esco/skills_fr.csv", *skills)
    questions = [
        {"id": "1", "q": "Accord de violon", "trivial": 0, "rel": {"u2": 3}},
        {"id": "2", "q": "Affinage", "trivial": 0, "rel": {"u1": 1}},
    ]
    write_lines(data / "bench/esco_skill.dev.jsonl", *questions)


def write_beta(data: Path) -> None:
    solutions = [
        {"id": "tomme", "mission": "Vendre des tommes", "solution": "Une carte des fermes."},
        {"id": "violon", "mission": "Prêter un violon", "solution": "Un carnet de prêts."},
    ]
    write_lines(data / "beta_nc/solutions.docs.jsonl", *solutions)
    text = "Un violon coûte cher. Les élèves n’osent pas."
    problem = {"id": "violon", "q": text, "short": "Un violon coûte cher."}
    write_lines(data / "beta_nc/problems.dev.jsonl", problem)


def write_melo(data: Path, dataset: str) -> None:
    concepts = [
        {"id": "o/1", "forms": [["f1", "fromager"], ["f2", "affineur"]]},
        {"id": "o/2", "forms": [["f3", "luthier"]]},
    ]
    write_lines(data / f"bench/melo_{dataset}.docs.jsonl", *concepts)
    question = {"id": "1", "q": "Luthier d'art", "rel": ["o/2"]}
    write_lines(data / f"bench/melo_{dataset}.dev.jsonl", question)
    published = {"success_1": 0.5, "success_5": 0.6, "success_10": 0.7}
    rest = {"recip_rank": 0.55, "recall_10": 0.4, "map": 0.3}
    row = {"dataset": dataset, "model": "bge_m3", **published, **rest}
    write_table(data / "melo_published/results_full_set.csv", row)
