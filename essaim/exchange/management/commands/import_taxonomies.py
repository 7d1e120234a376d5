import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.exchange import index, taxonomy
from essaim.matching.taxonomies import TaxonomyError

BAR = 40


class Command(BaseCommand):
    help = (
        "Imports the official downloads of ROME, of ESCO or of both, so that a need that names a "
        "trade finds people who declare its skills; --remove takes them out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="the CSV archives, unpacked")
        parser.add_argument("--remove", action="store_true", help="take out what was imported")

    def handle(self, *args: Any, folder: Path | None, remove: bool, **options: Any) -> None:
        if remove == bool(folder):
            raise CommandError("Give the folder of the downloads, or --remove.")
        if folder is None:
            return self._remove()
        if not folder.is_dir():
            message = f"{folder} is not a folder."
            raise CommandError(message)
        try:
            about = taxonomy.import_from(folder, self._progress("Trades"))
        except (TaxonomyError, OSError) as error:
            message = f"Nothing was changed. {error}"
            raise CommandError(message) from error
        index.prepare_bridge(self._progress("People"))
        for (name, kind, count), source in zip(about.schemes, about.sources, strict=True):
            self.stdout.write(f"{name}: {count} {'trades' if kind == 'trade' else 'skills'}")
            self.stdout.write(f"  Source: {source}")
        self.stdout.write(f"Version {about.version}. In force at once, in every process.")
        return None

    def _remove(self) -> None:
        removed = taxonomy.remove()
        index.prepare_bridge()
        self.stdout.write("Taken out." if removed else "Nothing was imported.")

    def _progress(self, what: str) -> Callable[[float], None]:
        """On a terminal a bar that moves; elsewhere one line when it is done."""
        seen = sys.stdout.isatty()

        def tell(share: float) -> None:
            bar = "█" * round(BAR * share)
            if seen:
                self.stdout.write(f"\r{what:7}{bar:·<{BAR}} {share:4.0%}", ending="")
                self.stdout.flush()
            if share == 1:
                self.stdout.write("" if seen else f"{what}: done")

        return tell
