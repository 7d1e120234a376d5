from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.core import catalogues


class Command(BaseCommand):
    help = "Brings the French catalogues up to date and compiles them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="labels of apps (default: all)")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if incomplete"
        )
        parser.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, **options: Any) -> None:
        chosen = self._folders(options["apps"])
        if options["check"]:
            return self._check(chosen)
        for app in chosen:
            if not options["compile"] and catalogues.update(app):
                self.stdout.write(f"updated {app.name}")
            catalogues.compile_catalogue(app)
        if not options["compile"]:
            self._tell(chosen)
        return None

    def _folders(self, labels: list[str]) -> list[Path]:
        return [
            Path(config.path)
            for config in apps.get_app_configs()
            if config.name.startswith("essaim.") and (not labels or config.label in labels)
        ]

    def _check(self, chosen: list[Path]) -> None:
        if count := self._tell(chosen):
            raise CommandError(f"{count} problems in the French catalogues")

    def _tell(self, chosen: list[Path]) -> int:
        count = 0
        for app in chosen:
            for problem in catalogues.problems(app):
                self.stdout.write(f"{app.name}: {problem}")
                count += 1
        return count
