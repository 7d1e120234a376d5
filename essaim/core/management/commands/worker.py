import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from essaim.core import duties, outbox


class Command(BaseCommand):
    help = "Does what waits in the outbox and the duties that are due. Stop it with Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="empty what is due, then stop")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            close_old_connections()
            worked = outbox.deliver() + duties.run_due()
            if not worked:
                if options["once"]:
                    return
                time.sleep(options["pause"])
