from typing import Any

from django.core.management.base import BaseCommand

from essaim.people.seeding import seed_skills


class Command(BaseCommand):
    help = "Brings the list of skills that comes with Essaim; what hosts changed stays."

    def handle(self, *args: Any, **options: Any) -> None:
        done = seed_skills()
        self.stdout.write(
            f"Skills: {done.added} added, {done.changed} changed, {done.kept} left as they are."
        )
