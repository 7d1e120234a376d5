"""Roles on the whole network."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.people.models import NetworkRole, Person, Role
from essaim.people.rules import runs_network


class HasRole(Refusal):
    message = _("This person already has this role.")


class RoleGone(Refusal):
    message = _("This person no longer has this role.")


class LastAdministrator(Refusal):
    message = _(
        "This is the last administrator of the network. Give the role to somebody else first."
    )


@transaction.atomic
def give_role(*, person: Person, role: str, by: Person) -> NetworkRole:
    if not runs_network(by):
        raise NotAllowed
    return _give(person, role, by)


@transaction.atomic
def name_administrator(*, person: Person) -> NetworkRole:
    """For whoever holds the machine, who needs no account: nobody may be left to ask."""
    return _give(person, Role.ADMINISTRATOR, None)


def _give(person: Person, role: str, by: Person | None) -> NetworkRole:
    if not person.is_active:
        raise NotAllowed
    given = NetworkRole(person=person, role=role)
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError as race:
        raise HasRole from race
    journal.record("role.give", person, by=by, role=str(role))
    return given


@transaction.atomic
def take_role(*, person: Person, role: str, by: Person) -> None:
    if not runs_network(by):
        raise NotAllowed
    _keep_an_administrator(person, role)
    if not NetworkRole.objects.filter(person=person, role=role).delete()[0]:
        raise RoleGone
    journal.record("role.take", person, by=by, role=role)


def end_everything(*, person: Person) -> None:
    """For the actions by which a person leaves or is erased, in their transaction."""
    _keep_an_administrator(person, Role.ADMINISTRATOR)
    NetworkRole.objects.filter(person=person).delete()


def _keep_an_administrator(person: Person, role: str) -> None:
    """The rows are locked: two administrators who leave at once must see each other."""
    if role != Role.ADMINISTRATOR:
        return
    holders = NetworkRole.objects.select_for_update().filter(role=Role.ADMINISTRATOR)
    if set(holders.values_list("person_id", flat=True)) == {person.pk}:
        raise LastAdministrator
