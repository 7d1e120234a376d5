from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.core.mail import absolute
from essaim.core.refusals import Refusal
from essaim.hubs.actions import openings
from essaim.hubs.invitation_forms import read_guest
from essaim.hubs.invitation_links import invitation_path


class Command(BaseCommand):
    help = "Opens a hive and invites its host; the first host of all also runs the network."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the hive: « La Halle »")
        parser.add_argument("--town", required=True)
        parser.add_argument("--host", required=True, help="« Aïcha Diallo <aicha@example.org> »")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=dict(settings.LANGUAGES)
        )

    def handle(self, **options: Any) -> None:
        try:
            email, given_name, family_name = read_guest(options["host"])
            hub, invitation = openings.open_hub(
                name=options["name"],
                town=options["town"],
                email=email,
                given_name=given_name,
                family_name=family_name,
                language=options["language"],
            )
        except (Refusal, ValidationError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{hub.name} is open.")
        if invitation:
            # Mail may not work yet on a new machine: the link also goes by hand.
            self.stdout.write(f"A letter leaves for {email}; its link, valid for 14 days:")
            self.stdout.write(absolute(invitation_path(invitation)))
