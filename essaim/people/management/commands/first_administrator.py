import getpass
import sys
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from essaim.core import journal
from essaim.people.models import NetworkRole, Person, PersonState, Role


class Command(BaseCommand):
    help = "Opens the first account of a new installation: it may name hosts and directors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help='"Given Family"')

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if NetworkRole.objects.filter(role=Role.ADMINISTRATOR).exists():
            raise CommandError("There is an administrator already: they can name others.")
        email = options["email"].strip().lower()
        given_name, _space, family_name = options["name"].strip().partition(" ")
        person = Person(
            email=email,
            given_name=given_name,
            family_name=family_name,
            state=PersonState.ACTIVE,
        )
        try:
            validate_email(email)
            password = _ask_for_password()
            validate_password(password, person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        person.set_password(password)
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        for role in Role.values:
            NetworkRole.objects.create(person=person, role=role)
        journal.record("open_first_account", person, by=None)
        self.stdout.write(f"{person.name} may sign in, create hubs and name hosts.")


def _ask_for_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
