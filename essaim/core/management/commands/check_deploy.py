import sys
from typing import Any

from django.core.management.base import BaseCommand

from essaim.core import readiness


class Command(BaseCommand):
    help = "Tells what is not safe for production, and what to do about it."

    def handle(self, **options: Any) -> None:
        found = list(readiness.problems())
        for problem, remedy in found:
            self.stdout.write(f"✗ {problem}\n  → {remedy}\n")
        if found:
            sys.exit(1)
        self.stdout.write(
            "✓ Secret, names, HTTPS, mail, backups, database, worker and accounts are in order."
        )
