from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from essaim.core.refusals import NotAllowed, Refusal
from essaim.people.actions import roles
from essaim.people.models import Person


class Command(BaseCommand):
    help = "Makes a member an administrator: for whoever holds the machine, when none is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of a member who can sign in: aicha@example.org")

    def handle(self, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        try:
            roles.name_administrator(person=person)
        except NotAllowed as refusal:
            raise CommandError(f"{person.email} is not a member who can sign in.") from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person.name} is an administrator of the network.")
