from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from essaim.core import moving


class Command(BaseCommand):
    help = "Copies everything from SQLite to an empty PostgreSQL database. Stop the site first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="postgres://user:password@host/database")

    def handle(self, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("This installation does not run on SQLite.")
        try:
            moving.connect(options["url"])
            total = moving.move(lambda table, count: self.stdout.write(f"{count:>9}  {table}"))
        except moving.CannotMove as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(
            f"{total} rows moved and compared. Set ESSAIM_DATABASE_URL to the same address, "
            "then start the site."
        )
