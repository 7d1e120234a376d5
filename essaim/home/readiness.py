"""What an operator must know about the people in the database."""

from essaim.core import readiness
from essaim.home.demo.world import DOORS, LEA, PASSWORD
from essaim.people.models import NetworkRole, Person, Role


@readiness.check
def demonstration_accounts() -> readiness.Problems:
    """Their password is in the README of everyone."""
    known = Person.objects.present().filter(email__in=[door.email for door in (LEA, *DOORS)])
    opened = sorted(person.email for person in known if person.check_password(PASSWORD))
    if opened:
        yield (
            f"Anyone can sign in as {', '.join(opened)}: the demonstration's password is public.",
            "Begin with an empty database (another ESSAIM_VAR), or change these passwords.",
        )


@readiness.check
def administrators() -> readiness.Problems:
    """The last one may have been erased again after a restoration."""
    holders = NetworkRole.objects.filter(role=Role.ADMINISTRATOR).values("person")
    if not any(person.is_active for person in Person.objects.filter(pk__in=holders)):
        yield (
            "The network has no administrator: nobody can see what failed, or give roles.",
            "Run `essaim name-administrator aicha@example.org`, with the address of a member.",
        )
