"""Who moves into which hub, and out again."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.notifications import notify
from essaim.core.refusals import NotAllowed, Refusal
from essaim.hubs import notifications
from essaim.hubs.models import INVITATION, CurrentQuerySet, Host, Hub, Residency
from essaim.hubs.rules import hosts_hub
from essaim.people.freshness import touch
from essaim.people.models import Person


class LivesHereAlready(Refusal):
    message = _("This person is already a resident here.")


class MovedOutAlready(Refusal):
    message = _("This person no longer resides here.")


class ClosedHub(Refusal):
    message = _("This hive is closed: nobody can move in.")


@transaction.atomic
def move_in(
    *,
    person: Person,
    hub: Hub,
    by: Person,
    plan: str = "",
    since_on: datetime.date | None = None,
) -> Residency:
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    if hub.closed_on is not None:
        raise ClosedHub
    residency = Residency(
        person=person, hub=hub, plan=plan, since_on=since_on or timezone.localdate()
    )
    try:
        with transaction.atomic():
            residency.save(force_insert=True)
    except IntegrityError as clash:
        raise LivesHereAlready from clash
    touch([person.pk])
    journal.record("residency.begin", residency, by=by, hub_id=hub.pk, person=str(person.pk))
    if person.pk != by.pk:
        tell_newcomer(person=person, hub=hub, by=by)
    return residency


def tell_newcomer(*, person: Person, hub: Hub, by: Person) -> None:
    """Nobody becomes the resident of one more hive without hearing of it."""
    notify(
        notifications.ONE_MORE_HUB,
        to=person,
        title=format_lazy(_("{name} welcomes you to {hub}"), name=by.name, hub=hub.name),
        key=f"one_more_hub:{hub.pk}:{timezone.localdate()}",
        hub=str(hub.pk),
        name=by.name,
    )


@transaction.atomic
def change_plan(*, residency: Residency, plan: str, by: Person) -> None:
    if not hosts_hub(by, residency.hub_id):
        raise NotAllowed
    if not _current(residency).update(plan=plan):
        raise MovedOutAlready
    journal.record("residency.change_plan", residency, by=by, hub_id=residency.hub_id)


@transaction.atomic
def move_out(*, residency: Residency, by: Person) -> None:
    if not hosts_hub(by, residency.hub_id):
        raise NotAllowed
    if not _current(residency).update(until_on=timezone.localdate()):
        raise MovedOutAlready
    touch([residency.person_id])
    journal.record("residency.end", residency, by=by, hub_id=residency.hub_id)


def end_everything(*, person: Person) -> None:
    """For the actions by which a person leaves or is erased, in their transaction."""
    today = timezone.localdate()
    Residency.objects.current().filter(person=person).update(until_on=today)
    Host.objects.current().filter(person=person).update(until_on=today)
    # A letter still on its way must not stand between this person and a later one.
    INVITATION.fire_all(person.invitations.all(), "withdraw", answered_at=timezone.now())


def _current(residency: Residency) -> CurrentQuerySet:
    return Residency.objects.current().filter(pk=residency.pk)
