"""Seconds to import 5,000 people into a network that has 16,000, from the file to the undoing."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.bench import networks
from tests.bench.figures import Figure, Figures, as_json

GIVEN = [
    "Léa",
    "Zoé",
    "Ana",
    "Sam",
    "Nadia",
    "Karim",
    "Élodie",
    "Jean",
    "Inès",
    "Amadou",
    "Salma",
    "Wolfgang",
    "Marie",
    "Paul",
    "Rosa",
]
FAMILY = [
    "Martin",
    "Benali",
    "Fontaine",
    "Haddad",
    "Lefèvre",
    "Dubois",
    "Moreau",
    "Diallo",
    "Garcia",
    "Roux",
    "Petit",
    "Silva",
]
TRADES = [
    "Comptabilité",
    "Couture",
    "Soudure",
    "Apiculture",
    "Graphisme",
    "Menuiserie",
    "Droit",
    "Vente",
]


LINES, HERE = 5_000, 16_000
TARGET_S = 20.0


def run(server: str) -> Figures:
    with networks.empty("imports", server) as network:
        return network.figures("tests.bench.imports")


def main() -> None:
    import django

    django.setup()
    sys.stdout.write(as_json(measure(LINES, HERE)))


def measure(lines: int, here: int) -> Figures:
    from tests.core import importing
    from tests.factories import make_host, make_hub

    hub = make_hub("La Halle")
    host = make_host(hub)
    people(here)
    raw, watch = workbook(lines), Watch()
    run = watch("received", lambda: receive(raw, host, hub))
    checked = watch("checked", lambda: importing.check(run))
    watch("written", lambda: importing.write(checked))
    written = checked.lines.filter(outcome="written").count()
    watch("exported", lambda: exported(host, hub))
    watch("taken_back", lambda: importing.take_back(checked))
    return watch.figures() | {"import_written_lines": Figure(written, "lines")}


class Watch:
    """How long each stage takes, for whoever waits and for the processor."""

    def __init__(self) -> None:
        self._took: dict[str, tuple[float, float]] = {}

    def __call__(self, stage: str, work: Callable[[], Any]) -> Any:
        start, processor = time.perf_counter(), time.process_time()
        answer = work()
        self._took[stage] = time.perf_counter() - start, time.process_time() - processor
        return answer

    def figures(self) -> Figures:
        brought_in = [self._took[stage] for stage in ("received", "checked", "written")]
        whole = tuple(map(sum, zip(*brought_in, strict=True)))
        found = _seconds("import", whole)
        found["import_s"] = replace(found["import_s"], target=TARGET_S)
        for stage, took in self._took.items():
            found |= _seconds(f"import_{stage}", took)
        return found


def _seconds(name: str, took: tuple[float, ...]) -> Figures:
    elapsed, processor = took
    return {
        f"{name}_s": Figure(round(elapsed, 2), "s"),
        f"{name}_cpu_s": Figure(round(processor, 2), "s"),
    }


def people(count: int) -> None:
    from essaim.people.models import Person, PersonState

    Person.objects.bulk_create(
        Person(
            email=f"here{n}@example.org",
            given_name=GIVEN[n % len(GIVEN)],
            family_name=f"{FAMILY[n % len(FAMILY)]}{n}",
            password="!",
            state=PersonState.ACTIVE,
        )
        for n in range(count)
    )


def workbook(lines: int) -> bytes:
    from essaim.core.spreadsheets import Sheet, xlsx_file

    headers = [
        "Prénom",
        "Nom",
        "Courriel",
        "Téléphone",
        "Structure",
        "Compétences",
        "Formule",
        "Depuis",
    ]
    rows = [headers] + [
        [
            GIVEN[n % len(GIVEN)],
            f"{FAMILY[n % len(FAMILY)]}{n + 7}",
            f"{'here' if n % 50 == 0 else 'new'}{n}@example.org",
            f"06{n:08d}",
            f"Structure {n % 1500} (fondatrice)",
            f"{TRADES[n % len(TRADES)]} ; {TRADES[n * 3 % len(TRADES)]}",
            "Résident",
            "2026-01-15",
        ]
        for n in range(lines)
    ]
    with xlsx_file(Sheet("Membres", rows)) as file:
        return file.read()


def receive(raw: bytes, host: Any, hub: Any) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from essaim.core.imports import receiving
    from essaim.core.imports.kinds import KINDS

    upload = SimpleUploadedFile("membres.xlsx", raw)
    return receiving.receive_file(upload=upload, kind=KINDS["people"], hub_id=hub.pk, by=host)


def exported(host: Any, hub: Any) -> int:
    from essaim.core.imports import exports
    from essaim.core.imports.kinds import KINDS
    from essaim.core.spreadsheets import csv_chunks

    return sum(map(len, csv_chunks(exports.exported(KINDS["people"], host, hub.pk))))


if __name__ == "__main__":
    main()
