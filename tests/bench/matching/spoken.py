"""Ten sentences of hive life, asked of the skills that Essaim is delivered with.

They are for reading: nothing is tuned on them. What a person would expect is told beside each.
"""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from essaim.matching import Document, Hit
from tests.bench.matching.parts import opened

SKILLS = Path(__file__).parents[3] / "essaim/people/data/skills.csv"
SHOWN = 5


@dataclass(frozen=True)
class Sentence:
    """`expected`: codes of the skills that a person of the trade would be glad to see."""

    text: str
    expected: tuple[str, ...]


SENTENCES = (
    Sentence("je cherche quelqu'un pour relire mon plan de financement", ("funding-plan",)),
    Sentence("looking for someone to review my funding plan", ("funding-plan",)),
    Sentence(
        "faire connaitre notre association sur les reseaux sociaux",
        ("social-networks", "facebook", "instagram"),
    ),
    Sentence(
        "Quelqu’un·e pour nous aider à écrire les statuts de notre future SCIC ?",
        ("scic", "bylaws"),
    ),
    Sentence("mon associé et moi on ne se parle plus", ("founders-agreement", "conflict")),
    Sentence(
        "je passe devant un jury jeudi et j’ai le trac",
        ("rehearse", "public-speaking", "pitching-funders"),
    ),
    Sentence("cherche bras pour monter des étagères samedi au local", ("extra-hands", "diy")),
    Sentence(
        "on veut embaucher notre premiere salariee, par ou commencer",
        ("recruitment", "job-ad", "employment-law", "job-subsidies"),
    ),
    Sentence("who can explain French VAT to a non-profit?", ("vat", "association-accounts")),
    Sentence("notre fichier de contcats est un vrai bazar, quel CRM choisir ?", ("crm",)),
)


@dataclass(frozen=True)
class Heard:
    """`place` of the first expected skill, from 1; 0 when it did not come in ten."""

    sentence: Sentence
    skills: list[Hit]
    trades: list[Hit]
    place: int


def skill_documents(path: Path = SKILLS) -> list[Document]:
    """As the network's own index has them: both names, then every other wording."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Document(row["code"], 1, "", [row["label_fr"], row["label_en"], *_also(row)])
            for row in csv.DictReader(file)
        ]


def _also(row: dict[str, str]) -> list[str]:
    wordings = f"{row['also_fr']}|{row['also_en']}".split("|")
    return [wording.strip() for wording in wordings if wording.strip()]


def hear(skills: Sequence[Document], trades: Sequence[Document]) -> list[Heard]:
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder) / "skills") as known,
        opened(Path(folder) / "trades") as jobs,
    ):
        known.put(skills)
        jobs.put(trades)
        return [
            _heard(sentence, known.search(sentence.text, 10), jobs.search(sentence.text, 3))
            for sentence in SENTENCES
        ]


def _heard(sentence: Sentence, skills: list[Hit], trades: list[Hit]) -> Heard:
    places = [place for place, hit in enumerate(skills, 1) if hit.id in sentence.expected]
    return Heard(sentence, skills, trades, places[0] if places else 0)


def told(heard: Sequence[Heard], labels: dict[str, str]) -> Iterator[str]:
    """Lines to read: what came, why, and where the expected skill stands."""
    for one in heard:
        place = f"expected at {one.place}" if one.place else "expected NOT in ten"
        yield f"« {one.sentence.text} »  ({place})"
        for hit in one.skills[:SHOWN]:
            mark = "*" if hit.id in one.sentence.expected else " "
            yield f"   {mark} {hit.score:.2f} {labels[hit.id]}  [{', '.join(hit.reasons.matched)}]"
        if not one.skills:
            yield "     nothing"
        yield "     trades: " + ("; ".join(labels[hit.id] for hit in one.trades) or "none")
        yield ""
