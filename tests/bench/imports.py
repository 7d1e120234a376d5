"""Seconds to import 5,000 people into a network that has 16,000, from the file to the undoing.

    python -m tests.bench.imports [lines] [already here]

It works on a database of its own, made and thrown away.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def main(lines: int = 5000, here: int = 16_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ESSAIM_VAR"] = folder
        os.environ["ESSAIM_DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(lines, here, Path(folder))


def measure(lines: int, here: int, folder: Path) -> None:
    from tests.core import importing
    from tests.factories import make_host, make_hub

    hub = make_hub("La Halle")
    host = make_host(hub)
    people(here)
    raw = workbook(lines)
    say(f"{lines} lines, {len(raw) / 1000:.0f} kB, {here} people here already")
    run = timed("received", lambda: receive(raw, host, hub))
    checked = timed("checked", lambda: importing.check(run))
    timed("written", lambda: importing.write(checked))
    say(f"  written lines: {checked.lines.filter(outcome='written').count()}")
    timed("exported (csv)", lambda: exported(host, hub))
    timed("taken back", lambda: importing.take_back(checked))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def timed(name: str, work: Callable[[], Any]) -> Any:
    start, processor = time.perf_counter(), time.process_time()
    answer = work()
    elapsed, processor = time.perf_counter() - start, time.process_time() - processor
    say(f"  {name}: {elapsed:.1f} s, of which {processor:.1f} s of processor")
    return answer


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
    main(*map(int, sys.argv[1:]))
