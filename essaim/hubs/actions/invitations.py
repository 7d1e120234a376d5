"""How one enters: a host invites, the person says yes. Nobody else opens an account."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.notifications import notify
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.hubs import notifications
from essaim.hubs.actions.residencies import ClosedHub, LivesHereAlready, tell_newcomer
from essaim.hubs.models import INVITATION, Host, Hub, Invitation, Residency
from essaim.hubs.rules import hosts_hub
from essaim.people import freshness
from essaim.people.models import PERSON, Person, PersonState

VALID_FOR = timedelta(days=14)
# A second letter within this time would only annoy.
BETWEEN_LETTERS = timedelta(minutes=10)


class AlreadyInvited(Refusal):
    message = _("This person is already invited here: send the letter again instead.")


class TooSoon(Refusal):
    message = _("The letter has just left. Give it ten minutes.")


class NoLongerValid(Refusal):
    message = _("This invitation can no longer be used.")


@transaction.atomic
def invite_person(
    *,
    hub: Hub,
    email: str,
    given_name: str,
    family_name: str,
    plan: str,
    message: str,
    by: Person,
) -> Invitation | None:
    """Answers None when the person is a member already: they gain a residency and need no link."""
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    if hub.closed_on is not None:
        raise ClosedHub
    person = known_or_new(email, given_name, family_name, by.language)
    if person.state == PersonState.ACTIVE:
        _add_member(person, hub, plan=plan, by=by)
        return None
    house(person, hub, plan=plan)
    return send_letter(person, hub, message=message, by=by)


@transaction.atomic
def invite_expected(*, person: Person, hub: Hub, message: str, by: Person) -> Invitation:
    """Sends the letter to someone whom an import has put among the hub's residents."""
    if not hosts_hub(by, hub.pk):
        raise NotAllowed
    person = _locked(person.email)
    if person.state != PersonState.EXPECTED:
        raise AlreadyInvited
    return send_letter(person, hub, message=message, by=by)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Person) -> None:
    if not hosts_hub(by, invitation.hub_id):
        raise NotAllowed
    now = timezone.now()
    # Two hosts who press at once send one letter.
    again = Invitation.objects.open().filter(pk=invitation.pk, sent_at__lt=now - BETWEEN_LETTERS)
    if not again.update(sent_at=now, expires_at=now + VALID_FOR):
        raise TooSoon if Invitation.objects.open().filter(pk=invitation.pk) else Overtaken
    invitation.refresh_from_db()
    journal.record("invitation.resend", invitation, by=by, hub_id=invitation.hub_id)
    _send(invitation)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Person) -> None:
    """The bed that was made is unmade; whoever is invited nowhere else is expected nowhere."""
    if not hosts_hub(by, invitation.hub_id):
        raise NotAllowed
    INVITATION.fire(invitation, "withdraw", answered_at=timezone.now())
    person = _locked(invitation.person.email)
    mine = Residency.objects.current().filter(person=person)
    if person.state == PersonState.INVITED:
        mine.filter(hub_id=invitation.hub_id).update(until_on=timezone.localdate())
        if not mine.exists():
            PERSON.fire(person, "leave")
        freshness.touch([person.pk])
    journal.record("invitation.withdraw", invitation, by=by, hub_id=invitation.hub_id)


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    given_name: str,
    family_name: str,
    language: str,
    password: str | None,
) -> Person:
    """The link proves the mailbox: the address is verified, every open invitation answered."""
    now = timezone.now()
    if invitation.expires_at <= now:
        raise NoLongerValid
    INVITATION.fire(invitation, "accept", answered_at=now)
    person = invitation.person
    PERSON.fire(person, "join", given_name=given_name, family_name=family_name, language=language)
    INVITATION.fire_all(person.invitations.all(), "accept", answered_at=now)
    house(person, invitation.hub, plan="")
    if password:
        person.set_password(password)
        person.save(update_fields=["password"])
    confirm_address(person=person)
    freshness.touch([person.pk])
    journal.record("invitation.accept", invitation, by=person, hub_id=invitation.hub_id)
    return person


@transaction.atomic
def ask_again(*, invitation: Invitation) -> None:
    """Whoever finds the link too old tells the host; once a day, and nothing to anybody else."""
    now = timezone.now()
    still = Invitation.objects.open().filter(pk=invitation.pk, expires_at__lte=now)
    if not still.exists():
        return
    person, hub_id = invitation.person, invitation.hub_id
    journal.record("invitation.ask_again", invitation, by=person, hub_id=hub_id)
    hosting = Host.objects.current().filter(hub_id=hub_id)
    for host in Person.objects.present().filter(pk__in=hosting.values("person")):
        notify(
            notifications.ASKED_AGAIN,
            to=host,
            title=format_lazy(_("{name} asks for a new invitation"), name=person.name),
            path=reverse("hubs:invitations") + "?state=expired",
            key=f"ask_again:{invitation.pk}:{timezone.localdate()}",
            name=person.name,
        )


def confirm_address(*, person: Person) -> None:
    """Tells the log-in library what we have seen: this person reads this mailbox."""
    EmailAddress.objects.filter(user=person, primary=True).exclude(email=person.email).update(
        primary=False
    )
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


def open_invitation_of(person: Person) -> Invitation | None:
    still = Invitation.objects.open().filter(person=person, expires_at__gt=timezone.now())
    return still.order_by("-sent_at").first()


def known_or_new(email: str, given_name: str, family_name: str, language: str) -> Person:
    email = email.strip().lower()
    new = Person(email=email, given_name=given_name, family_name=family_name, language=language)
    new.set_unusable_password()
    # Of two hosts who invite a newcomer at once, the second finds the row of the first.
    Person.objects.bulk_create([new], ignore_conflicts=True)
    return _locked(email)


def _locked(email: str) -> Person:
    person: Person = Person.objects.select_for_update().get(email=email)
    return person


def _add_member(person: Person, hub: Hub, *, plan: str, by: Person) -> None:
    if not house(person, hub, plan=plan):
        raise LivesHereAlready
    journal.record("residency.begin", person, by=by, hub_id=hub.pk)
    tell_newcomer(person=person, hub=hub, by=by)


def house(person: Person, hub: Hub, *, plan: str) -> bool:
    """Tells whether the person gained a residency; those who have one keep it."""
    if Residency.objects.current().filter(person=person, hub=hub).exists():
        return False
    Residency.objects.create(person=person, hub=hub, plan=plan)
    freshness.touch([person.pk])
    return True


def send_letter(person: Person, hub: Hub, *, message: str, by: Person | None) -> Invitation:
    if Invitation.objects.open().filter(person=person, hub=hub).exists():
        raise AlreadyInvited
    if PERSON.can(person, "invite"):
        PERSON.fire(person, "invite")
    invitation = Invitation.objects.create(
        person=person,
        hub=hub,
        invited_by=by,
        message=message,
        expires_at=timezone.now() + VALID_FOR,
    )
    journal.record("invitation.send", invitation, by=by, hub_id=hub.pk)
    _send(invitation)
    return invitation


def _send(invitation: Invitation) -> None:
    facts: dict[str, Any] = {"invitation": str(invitation.pk)}
    title = format_lazy(_("You are invited to {hub}"), hub=invitation.hub.name)
    letter = f"invitation:{invitation.pk}:{invitation.sent_at.isoformat()}"
    notify(notifications.INVITATION, to=invitation.person, title=title, key=letter, **facts)
