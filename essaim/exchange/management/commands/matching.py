import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.matching.taxonomies import TaxonomyError

BAR = 40


class Command(BaseCommand):
    help = "Trains the encoder of matching anew, from the official files of ROME and ESCO."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        train = verbs.add_parser("train", help="train an encoder from the files in a folder")
        train.add_argument("folder", type=_folder, help="the CSV archives, unpacked")
        train.add_argument("--output", type=Path, default=Path("encoder.bin"))
        train.add_argument("--epochs", type=int, default=3)
        train.add_argument("--dims", type=int, default=128)
        train.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # SciPy belongs to whoever trains: nothing that serves a page may need it.
            from essaim.matching.training.descent import Settings
            from essaim.matching.training.making import make
        except ImportError as error:
            message = "Training needs SciPy: install the extra “training”."
            raise CommandError(message) from error
        settings = Settings(**{name: options[name] for name in ("epochs", "dims", "seed")})
        try:
            digest = make(options["folder"], options["output"], settings, self._progress)
        except TaxonomyError as error:
            raise CommandError(str(error)) from error
        size = options["output"].stat().st_size / 1e6
        self.stdout.write(f"\n{options['output']}: {size:.1f} MB, SHA-256 {digest}")

    def _progress(self, share: float, loss: float) -> None:
        if sys.stdout.isatty() or share == 1:
            bar = "█" * round(BAR * share)
            self.stdout.write(f"\r{bar:·<{BAR}} {share:4.0%}  loss {loss:.2f}", ending="")
            self.stdout.flush()


def _folder(written: str) -> Path:
    path = Path(written)
    if not path.is_dir():
        message = f"{written} is not a folder"
        raise ArgumentTypeError(message)
    return path
