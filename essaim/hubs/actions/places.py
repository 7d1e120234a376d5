"""Hubs and who animates them."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.hubs.models import Host, Hub
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person
from essaim.people.rules import is_director

# What the hosts of a hub keep true; the rest is the director's.
PRACTICAL = frozenset(
    {"address", "postcode", "presentation", "opening_hours", "working_from", "working_to"}
)


class HubExists(Refusal):
    message = _("A hive already has this name. Add its district, so that nobody mixes them up.")


class HostedAlready(Refusal):
    message = _("This person is already a host here.")


class NoLongerHost(Refusal):
    message = _("This person is no longer a host here.")


@transaction.atomic
def create_hub(*, by: Person, **fields: Any) -> Hub:
    if not is_director(by):
        raise NotAllowed
    hub = Hub(slug=slugify(fields["name"])[:60] or f"hub-{Hub.objects.count() + 1}", **fields)
    _refuse_namesake(hub)
    try:
        with transaction.atomic():
            hub.save(force_insert=True)
    except IntegrityError as clash:
        raise HubExists from clash
    journal.record("hub.create", hub, by=by, hub_id=hub.pk)
    return hub


@transaction.atomic
def update_hub(*, hub: Hub, by: Person, **fields: Any) -> None:
    """Hosts may change what is practical; the name, model and clock are the director's."""
    if not hosts_hub(by, hub.pk) or (fields.keys() - PRACTICAL and not is_director(by)):
        raise NotAllowed
    for name, value in fields.items():
        setattr(hub, name, value)
    _refuse_namesake(hub)
    hub.save(update_fields=fields.keys())
    journal.record("hub.update", hub, by=by, hub_id=hub.pk, fields=" ".join(sorted(fields)))


def _refuse_namesake(hub: Hub) -> None:
    if Hub.objects.open().filter(name__iexact=hub.name).exclude(pk=hub.pk).exists():
        raise HubExists


@transaction.atomic
def add_host(*, hub: Hub, person: Person, by: Person) -> Host:
    if not hosts_hub(by, hub.pk) or not person.is_active:
        raise NotAllowed
    host = Host(hub=hub, person=person)
    try:
        with transaction.atomic():
            host.save(force_insert=True)
    except IntegrityError as clash:
        raise HostedAlready from clash
    journal.record("host.add", host, by=by, hub_id=hub.pk, person=str(person.pk))
    return host


@transaction.atomic
def end_host(*, hub: Hub, person: Person, by: Person) -> None:
    """The director, or the host who stops; a hive without a host is the director's to mend."""
    if by.pk != person.pk and not is_director(by):
        raise NotAllowed
    host = Host.objects.current().filter(hub=hub, person=person).first()
    if host is None or not _end(host):
        raise NoLongerHost
    journal.record("host.end", host, by=by, hub_id=hub.pk, person=str(person.pk))


def _end(host: Host) -> bool:
    return bool(Host.objects.current().filter(pk=host.pk).update(until_on=timezone.localdate()))
