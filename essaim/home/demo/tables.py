"""The written files of the demonstration network, read once."""

import csv
from functools import cache
from pathlib import Path

from essaim.home.demo.records import DemoHub, DemoNeed, DemoVenture, ToolboxNote

DATA = Path(__file__).parent / "data"


@cache
def lines(name: str) -> tuple[str, ...]:
    return tuple((DATA / name).read_text(encoding="utf-8").splitlines())


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def grouped(name: str, key: str, value: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for row in rows(name):
        groups.setdefault(row[key], []).append(row[value])
    return {group: tuple(values) for group, values in groups.items()}


@cache
def written_hubs() -> tuple[DemoHub, ...]:
    return tuple(DemoHub(**row) for row in rows("hubs.csv"))


@cache
def written_ventures() -> tuple[DemoVenture, ...]:
    return tuple(
        DemoVenture(
            name=row["name"],
            purpose=row["purpose"],
            challenge=row["challenge"],
            trade=row["trade"],
            stage=row["stage"],
            legal_form=row["legal_form"],
            team_size=int(row["team_size"]),
        )
        for row in rows("ventures.csv")
    )


@cache
def needs_of(name: str) -> tuple[DemoNeed, ...]:
    return tuple(
        DemoNeed(
            title=row["title"],
            text=row["text"],
            language=row["language"],
            skills=tuple(row["skills"].split("|")),
            urgency=row["urgency"],
            minutes=int(row["minutes"]),
            handoff=row["handoff"],
            thanks=row["thanks"],
            news=row["news"] or None,
        )
        for row in rows(name)
    )


@cache
def toolbox_notes() -> tuple[ToolboxNote, ...]:
    return tuple(ToolboxNote(row["skill"], row["note"]) for row in rows("toolbox_notes.csv"))
