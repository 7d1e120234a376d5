from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.core import backups, erasures, readiness


class Command(BaseCommand):
    help = "Puts a backup in place of what is here. Stop the site first; what is here is lost."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no file {path}.")
        self._warn(path)
        if (
            not options["yes"]
            and input("Replace all data of this installation? [yes/no] ") != "yes"
        ):
            raise CommandError("Nothing was changed.")
        try:
            backups.restore(path)
        except backups.BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        call_command("migrate", verbosity=0, interactive=False)
        if count := erasures.replay():
            self.stdout.write(f"Erased again, because they were after this backup: {count}.")
        for problem, remedy in readiness.in_rows():
            self.stdout.write(f"✗ {problem}\n  → {remedy}")
        self.stdout.write("Restored. Run `essaim prepare`, then start the site.")

    def _warn(self, path: Path) -> None:
        try:
            unknown = len(erasures.beside(path))
        except erasures.ForeignRecord as stranger:
            message = f"{erasures.NAME} beside {path} was not put there by whoever made the backup."
            raise CommandError(message) from stranger
        if unknown:
            self.stdout.write(
                f"The record beside this backup will have {unknown} more people erased, for good:"
                " it must come from this installation."
            )
