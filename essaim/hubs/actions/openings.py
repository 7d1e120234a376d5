"""A hive opens with its host. The first host of all also runs the network."""

from django.db import transaction
from django.utils.text import slugify

from essaim.core import journal
from essaim.hubs.actions import invitations
from essaim.hubs.actions.places import HubExists
from essaim.hubs.models import Host, Hub, Invitation
from essaim.people.models import NetworkRole, Person, PersonState, Role


@transaction.atomic
def open_hub(
    *, name: str, town: str, email: str, given_name: str, family_name: str, language: str
) -> tuple[Hub, Invitation | None]:
    """For whoever holds the machine, who needs no account. A member who hosts needs no letter."""
    hub, new = Hub.objects.get_or_create(
        slug=slugify(name)[:60] or "hub", defaults={"name": name, "town": town}
    )
    if not new:
        raise HubExists
    host = invitations.known_or_new(email, given_name, family_name, language)
    Host.objects.create(person=host, hub=hub)
    if not NetworkRole.objects.filter(role=Role.ADMINISTRATOR).exists():
        _give_the_network(host)
    journal.record("hub.create", hub, by=None, hub_id=hub.pk)
    invitations.house(host, hub, plan="")
    if host.state == PersonState.ACTIVE:
        return hub, None
    return hub, invitations.send_letter(host, hub, message="", by=None)


def _give_the_network(person: Person) -> None:
    for role in (Role.ADMINISTRATOR, Role.DIRECTOR):
        NetworkRole.objects.create(person=person, role=role)
        journal.record("role.give", person, by=None, role=role.value)
