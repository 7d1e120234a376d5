from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from essaim.core import erasures


class Command(BaseCommand):
    help = "Brings database and static files up to date. Run it after each upgrade."

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        # Somebody may have put an older database here by other means than `restore`.
        if count := erasures.replay():
            self.stdout.write(f"Erased again, because a backup had brought them back: {count}.")
        call_command("collectstatic", verbosity=0, interactive=False)
        self.stdout.write("Database and static files are up to date.")
