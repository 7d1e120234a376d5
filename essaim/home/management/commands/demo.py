import sys
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from essaim.home.demo.build import build
from essaim.home.demo.friday import add_friday
from essaim.home.demo.sizes import SIZES
from essaim.home.demo.world import DOORS, LEA, PASSWORD
from essaim.home.week_counts import count_due
from essaim.people.models import Person

BAR = 30
COUNTING = 5.0
ROLES = {
    "member": "membre / member",
    "host": "hôte / host",
    "director": "direction / director",
    "administrator": "administration / administrator",
}


class Command(BaseCommand):
    help = "Fills an empty installation with a demonstration network. Never beside real data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="demo")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--now", type=datetime.fromisoformat, help="the moment it is told from")

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        if not Person.objects.exists():
            self._build(options)
            self.stdout.write(f"Ready in {time.monotonic() - started:.0f} s.")
        elif not Person.objects.filter(email=LEA.email).exists():
            raise CommandError("This installation holds real data: the demonstration stays out.")
        self._tell_doors()

    def _build(self, options: dict[str, Any]) -> None:
        call_command("seed_skills", verbosity=0)
        now = options["now"] or timezone.now().replace(minute=0, second=0, microsecond=0)
        _world, rows = build(
            SIZES[options["size"]], seed=options["seed"], now=now, tell=self._progress
        )
        self._progress(1, 1)
        self.stdout.write(f"\n{rows} rows written. Reading them into the matching index…")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        call_command("reindex", verbosity=0)
        add_friday(now)
        # The worker counts the rest of the year.
        count_due(timezone.now(), for_seconds=COUNTING)

    def _progress(self, done: int, total: int) -> None:
        if sys.stdout.isatty() or done == total:
            filled = BAR * done // total
            bar = "█" * filled + "·" * (BAR - filled)
            self.stdout.write(f"\r{bar} {100 * done // total:3d} %", ending="")
            self.stdout.flush()

    def _tell_doors(self) -> None:
        self.stdout.write(f"\nSign in at {settings.PUBLIC_URL}/compte/login/")
        for door in (LEA, *DOORS):
            self.stdout.write(f"  {ROLES[door.role]:32} {door.email:24} {PASSWORD}")
        self.stdout.write("")
