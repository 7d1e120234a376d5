from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from essaim.core import backups, erasures


class Command(BaseCommand):
    help = "Writes one archive with the database and the documents. Run it every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="default: var/backups/<now>.tar.gz")

    def handle(self, **options: Any) -> None:
        now = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
        path: Path = options["path"] or erasures.folder() / f"{now}.tar.gz"
        try:
            backups.back_up(path)
        except backups.BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"{path} ({path.stat().st_size / 1_000_000:.1f} MB)")
