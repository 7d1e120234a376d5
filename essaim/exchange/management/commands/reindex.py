from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from essaim.exchange import index


class Command(BaseCommand):
    help = "Compares the matching index with the database and mends it; --fresh fills it anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="set the old files aside first")

    def handle(self, *args: Any, fresh: bool, **options: Any) -> None:
        names = (_("people"), _("skills"), _("needs"), _("ventures"))
        for source, name in zip(index.SOURCES, names, strict=True):
            start = perf_counter()
            if fresh:
                index.put_aside(source)
            written = index.refresh(source, whole=True)
            seconds = perf_counter() - start
            self.stdout.write(f"{name}: {written} ({seconds:.1f} s)")
