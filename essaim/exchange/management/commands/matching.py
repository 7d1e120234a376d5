import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.exchange import learned_weights, learning
from essaim.matching.taxonomies import TaxonomyError

BAR = 40

FORGOTTEN = "The shipped weights serve again."
NOTHING = "The shipped weights serve already: nothing was learned here."
TOO_FEW = (
    "{needs} needs have both a yes and a « not my field »; {enough} are needed to learn anything. "
    "Nothing changes."
)
FORETOLD = (
    "{needs} needs answered. Of answers held back, the yes stood before the no: "
    "{before:.0%} with the shipped weights, {after:.0%} with those learned."
)
KEPT = "What was learned serves from the next search on; `--forget` goes back."
UNCHANGED = "What was learned foretells no better: the shipped weights serve."


class Command(BaseCommand):
    help = "Trains the encoder of matching, or learns its weights from the answers given here."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        train = verbs.add_parser("train", help="train an encoder from the files in a folder")
        train.add_argument("folder", type=_folder, help="the CSV archives, unpacked")
        train.add_argument("--output", type=Path, default=Path("encoder.bin"))
        train.add_argument("--epochs", type=int, default=4)
        train.add_argument("--dims", type=int, default=128)
        train.add_argument("--seed", type=int, default=1)
        calibrate = verbs.add_parser("calibrate", help="learn from who said yes and who did not")
        calibrate.add_argument("--forget", action="store_true", help="back to the shipped weights")

    def handle(self, *args: Any, **options: Any) -> None:
        {"train": self._train, "calibrate": self._calibrate}[options["verb"]](options)

    def _calibrate(self, options: dict[str, Any]) -> None:
        if options["forget"]:
            known = learned_weights.forget()
            self.stdout.write(FORGOTTEN if known else NOTHING)
            return
        lesson = learning.learn()
        if not lesson.enough:
            self.stdout.write(TOO_FEW.format(needs=lesson.needs, enough=learning.ENOUGH))
            return
        self.stdout.write(FORETOLD.format(**vars(lesson)))
        self.stdout.write(KEPT if lesson.better else UNCHANGED)

    def _train(self, options: dict[str, Any]) -> None:
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
