"""ROME and ESCO as they are given out, read into plain values.

ROME is published by France Travail (Licence Ouverte 2.0), ESCO by the European Commission (reuse
authorised with the source acknowledged, Decision 2011/833/EU). A folder holds the files of their
CSV archives, at any depth and under their official names; the names and columns of trimmed copies
are known too.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Of each table: how the names of its files begin, and where each value stands, by header.
_Headers = Mapping[str, Sequence[str]]
_TABLES: dict[str, tuple[Sequence[str], _Headers]] = {
    "trades": (
        ("codes", "unix_referentiel_code_rome_v"),
        {"code": ["code_rome"], "label": ["libelle", "libelle_rome"]},
    ),
    "wordings": (
        ("appellations", "unix_referentiel_appellation_"),
        {"code": ["code_rome"], "label": ["libelle", "libelle_appellation_long"]},
    ),
    "abilities": (
        ("competences", "unix_referentiel_competence_"),
        {
            "id": ["code_ogr"],
            "label": ["libelle", "libelle_competence"],
            "family": ["macro_ogr", "code_ogr_macro_comp"],
        },
    ),
    "knowledge": (
        ("savoirs", "unix_referentiel_savoir_"),
        {"id": ["code_ogr", "code_ogr_savoir"], "label": ["libelle", "libelle_savoir"]},
    ),
    "links": (
        ("liens_code_item", "unix_coherence_item_"),
        {"code": ["code_rome"], "id": ["code_ogr"]},
    ),
    "definitions": (
        ("definitions", "unix_texte_"),
        {"code": ["code_rome"], "text": ["definition", "libelle_texte"]},
    ),
}
_RELATIONS = "occupationSkillRelations"
_RELATION: _Headers = {"occupation": ["occupationUri"], "skill": ["skillUri"]}
_LANGUAGES = ("fr", "en")
_ESCO = ("skills", "occupations")
_CONCEPTS: _Headers = {
    "id": ["uuid", "conceptUri"],
    "label": ["label", "preferredLabel"],
    "alt": ["alt", "altLabels"],
    "description": ["description_200", "description"],
}


ROME_SOURCE = "ROME, France Travail, Licence Ouverte 2.0"
ESCO_SOURCE = "ESCO, European Commission, reuse authorised with the source acknowledged"


class TaxonomyError(ValueError):
    """A file that is needed is not in the folder, or has not the columns that it should."""


@dataclass
class Trade:
    """A trade of ROME: its wordings (the label first), what it is, what one knows and can do."""

    code: str
    wordings: list[str]
    definition: str = ""
    skills: list[str] = field(default_factory=list)


@dataclass
class Concept:
    """A skill or an occupation of ESCO: its wordings by language, the preferred one first."""

    id: str
    wordings: dict[str, list[str]] = field(default_factory=dict)
    description: str = ""


@dataclass
class Taxonomies:
    """Both classifications. `families`: abilities of ROME that belong together."""

    trades: list[Trade]
    families: list[list[str]]
    skills: list[Concept]
    occupations: list[Concept]


@dataclass(frozen=True)
class Entry:
    """What a need may touch: a trade with the skills it takes, or one skill with its wordings.

    `labels` by language; `skills` is what somebody may declare of it.
    """

    code: str
    labels: Mapping[str, str]
    wordings: Sequence[str]
    definition: str
    skills: Sequence[str]


@dataclass(frozen=True)
class Scheme:
    """One classification: its `name` as it is told to people, entries of one `kind`."""

    name: str
    kind: str
    source: str
    entries: Sequence[Entry]


def schemes(folder: Path) -> list[Scheme]:
    """ROME, ESCO or both, whichever the folder holds.

    ESCO gives trades when the folder tells which skills its occupations take
    (`occupationSkillRelations_*.csv`), else skills. `TaxonomyError` says what is missing.
    """
    found = []
    if _holds(folder, [beginning for files, _ in _TABLES.values() for beginning in files]):
        found.append(_rome(folder))
    if _holds(folder, [f"{name}_{one}" for name in _ESCO for one in _LANGUAGES]):
        found.append(_esco(folder))
    if not found:
        raise TaxonomyError(_nothing_in(folder))
    return found


def _nothing_in(folder: Path) -> str:
    if archives := sorted(path.name for path in folder.rglob("*.zip")):
        return f"{folder} holds archives ({', '.join(archives)}): unpack them first"
    return f"{folder} holds neither the CSV files of ROME nor those of ESCO"


def _rome(folder: Path) -> Scheme:
    trades = _trades(folder, _labels(folder))
    entries = [
        Entry(one.code, {"fr": one.wordings[0]}, one.wordings, one.definition, one.skills)
        for one in trades
        if one.skills
    ]
    return Scheme("ROME", "trade", ROME_SOURCE, _some(entries, "ROME"))


def _esco(folder: Path) -> Scheme:
    languages = [one for one in _LANGUAGES if _holds(folder, [f"skills_{one}"])]
    skills = _concepts(folder, "skills", languages)
    if not _holds(folder, [_RELATIONS]):
        entries = [_entry(one, _all_wordings(one)) for one in skills]
        return Scheme("ESCO", "skill", ESCO_SOURCE, _some(entries, "ESCO"))
    known = {skill.id: list(_preferred(skill).values()) for skill in skills}
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(_file(folder, [_RELATIONS]), _RELATION):
        taken[_last(row["occupation"])] += known.get(_last(row["skill"]), [])
    occupations = _concepts(folder, "occupations", languages)
    entries = [_entry(one, taken[one.id]) for one in occupations if taken[one.id]]
    return Scheme("ESCO", "trade", ESCO_SOURCE, _some(entries, "ESCO"))


def _some(entries: list[Entry], name: str) -> list[Entry]:
    if not entries:
        message = f"The files of {name} hold no entry: are they of one version?"
        raise TaxonomyError(message)
    return entries


def _entry(concept: Concept, skills: Sequence[str]) -> Entry:
    wordings, once = _all_wordings(concept), list(dict.fromkeys(skills))
    return Entry(concept.id, _preferred(concept), wordings, concept.description, once)


def _preferred(concept: Concept) -> dict[str, str]:
    return {language: wordings[0] for language, wordings in concept.wordings.items()}


def _all_wordings(concept: Concept) -> list[str]:
    return list(dict.fromkeys(word for words in concept.wordings.values() for word in words))


def _labels(folder: Path) -> dict[str, str]:
    rows = (row for name in ("abilities", "knowledge") for row in _table(folder, name))
    return {row["id"]: row["label"] for row in rows}


def read(folder: Path) -> Taxonomies:
    """All of both; `TaxonomyError` says which file or column is missing."""
    families = defaultdict(list)
    for row in _table(folder, "abilities"):
        if row["family"]:
            families[row["family"]].append(row["label"])
    return Taxonomies(
        _trades(folder, _labels(folder)),
        [labels for labels in families.values() if len(labels) > 1],
        _concepts(folder, "skills"),
        _concepts(folder, "occupations"),
    )


def _trades(folder: Path, labels: Mapping[str, str]) -> list[Trade]:
    trades = {row["code"]: Trade(row["code"], [row["label"]]) for row in _table(folder, "trades")}
    for row in _table(folder, "wordings"):
        trade = trades.get(row["code"])
        if trade and row["label"] not in trade.wordings:
            trade.wordings.append(row["label"])
    for row in _table(folder, "links"):
        if row["code"] in trades and row["id"] in labels:
            trades[row["code"]].skills.append(labels[row["id"]])
    for row in _table(folder, "definitions"):
        if row["code"] in trades and row.get("kind", "definition") == "definition":
            trade = trades[row["code"]]
            trade.definition = f"{trade.definition} {row['text']}".strip()
    return list(trades.values())


def _concepts(folder: Path, name: str, languages: Sequence[str] = _LANGUAGES) -> list[Concept]:
    concepts: dict[str, Concept] = {}
    for language in languages:
        path = _file(folder, [f"{name}_{language}"])
        for row in _rows(path, _CONCEPTS, optional="description"):
            identifier = _last(row["id"])
            concept = concepts.setdefault(identifier, Concept(identifier))
            alternatives = [part.strip() for part in re.split(r"[|\n]", row["alt"])]
            concept.wordings[language] = [row["label"], *filter(None, alternatives)]
            if language == languages[-1]:
                concept.description = row["description"]
    return list(concepts.values())


def _table(folder: Path, name: str) -> Iterator[dict[str, str]]:
    files, headers = _TABLES[name]
    path = _file(folder, files)
    if name == "definitions":
        headers = dict(headers) | {"kind": ["libelle_type_texte"]}
        for row in _rows(path, headers, optional="kind"):
            # The official file doubles its apostrophes.
            text = row["text"].replace("''", "'")
            yield row | {"text": text, "kind": row["kind"] or "definition"}
    else:
        yield from _rows(path, headers)


def _last(address: str) -> str:
    """The id at the end of an address, or the id itself."""
    return address.rsplit("/", 1)[-1]


def _holds(folder: Path, beginnings: Collection[str]) -> bool:
    return any(next(folder.rglob(f"{one}*.csv"), None) for one in beginnings)


def _file(folder: Path, beginnings: Sequence[str]) -> Path:
    for beginning in beginnings:
        if found := sorted(folder.rglob(f"{beginning}*.csv")):
            return found[-1]
    message = f"No file {' or '.join(f'{name}*.csv' for name in beginnings)} in {folder}"
    raise TaxonomyError(message)


def _rows(path: Path, headers: _Headers, optional: str = "") -> Iterator[dict[str, str]]:
    reader = csv.DictReader(_read(path).splitlines(keepends=True))
    present = reader.fieldnames or []
    columns = {}
    for name, known in headers.items():
        column = next((header for header in known if header in present), None)
        if column is None and name != optional:
            message = f"{path.name} has no column {' or '.join(known)}"
            raise TaxonomyError(message)
        columns[name] = column
    for row in reader:
        yield {name: row[column] or "" if column else "" for name, column in columns.items()}


def _read(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")
